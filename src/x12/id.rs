//! The ids of segments as numbers: every segment of an 837P is asked for its id several times over,
//! and a number is compared at once, whatever its length.

/// The id of a segment, of up to three bytes; those of all longer ones are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(u32);

impl Id {
    /// The id `text`.
    pub const fn of(text: &[u8]) -> Id {
        let first = match *text {
            [first, second, third, ..] => [first, second, third, 0],
            [first, second] => [first, second, 0, 0],
            [only] => [only, 0, 0, 0],
            [] => [0; 4],
        };
        Id::of_first(first, text.len())
    }

    /// The id that is the first `length` bytes of a segment that begins with `first`.
    #[inline]
    pub const fn of_first(first: [u8; 4], length: usize) -> Id {
        if length > 3 {
            return Id(u32::MAX);
        }
        // The length goes with it, or a zero byte behind an id would change nothing.
        let id = u32::from_le_bytes(first) & ((1 << (8 * length)) - 1);
        Id(id | (length as u32) << 24)
    }
}

macro_rules! ids {
    ($($id:ident)*) => {
        $(
            #[doc = concat!("`", stringify!($id), "`")]
            pub const $id: Id = Id::of(stringify!($id).as_bytes());
        )*
    };
}

ids! {
    ISA IEA GS GE ST SE TA1
    BHT HL NM1 DMG SBR
    CLM CL1 HI AMT REF LX SV1 DTP
    OI CAS MOA SVD
    PRV N3 N4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_same_only_where_their_bytes_are() {
        let ids = [&b""[..], b"\0", b"H", b"HL", b"HL\0", b"LH", b"CLM", b"MLC", b"CLMX"];
        for (left, text) in ids.iter().enumerate() {
            for (right, other) in ids.iter().enumerate() {
                assert_eq!(Id::of(text) == Id::of(other), left == right, "{text:?} {other:?}");
            }
        }
        assert_eq!(Id::of(b"LONG"), Id::of(b"LONGER"));
    }
}

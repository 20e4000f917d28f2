//! The ids of segments as numbers: every segment is asked for its id several times over, and a
//! number is compared at once, three bytes one after the other.

/// The id of a segment, of up to three bytes; those of all longer ones are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(u32);

impl Id {
    /// The id that stands in a segment.
    #[inline]
    pub const fn of(text: &[u8]) -> Id {
        // The length goes with it, or a zero byte behind an id would change nothing.
        match *text {
            [first, second, third] => Id(u32::from_be_bytes([3, first, second, third])),
            [first, second] => Id(u32::from_be_bytes([2, first, second, 0])),
            [only] => Id(u32::from_be_bytes([1, only, 0, 0])),
            [] => Id(0),
            _ => Id(u32::MAX),
        }
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

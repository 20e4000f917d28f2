//! Segments of a block that whoever answers a claim file needs: parties, claims, service lines, as
//! they stood there, each with its place and what it is. Kept only where it is asked for.

use crate::model::LocalPosition;

/// What a kept segment is, by the loop that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `ISA`, `GS` or `ST`.
    Control,
    /// The first bytes of a part whose delimiters cannot be told.
    Unreadable,
    /// `BHT`, or `NM1` of submitter or receiver, above the first level.
    Header,
    /// A billing provider begins (no text).
    BillingLevel,
    /// A subscriber begins (no text).
    SubscriberLevel,
    /// A patient begins (no text).
    PatientLevel,
    /// A level begins whose code cannot be read (no text).
    UnknownLevel,
    /// `NM1` of a billing provider, subscriber or patient.
    Party,
    /// `CLM`
    Claim,
    /// `REF` of a claim.
    ClaimDetail,
    /// `LX`, or the `SV1` of a service line that has none.
    Line,
    /// `SV1`
    Service,
    /// `DTP*472` or `REF*6R` of a service line.
    LineDetail,
    /// The claim at hand ends here, for what follows cannot be read (no text).
    End,
}

const ROLES: [Role; 14] = [
    Role::Control,
    Role::Unreadable,
    Role::Header,
    Role::BillingLevel,
    Role::SubscriberLevel,
    Role::PatientLevel,
    Role::UnknownLevel,
    Role::Party,
    Role::Claim,
    Role::ClaimDetail,
    Role::Line,
    Role::Service,
    Role::LineDetail,
    Role::End,
];
/// Role, number, byte, length.
const HEAD_BYTES: usize = 1 + 4 + 4 + 4;

/// Kept segments, one after the other.
#[derive(Default)]
pub struct Kept {
    bytes: Vec<u8>,
}

/// One of them.
#[derive(Clone, Copy)]
pub struct KeptSegment<'a> {
    /// What it is.
    pub role: Role,
    /// Where it begins in its block.
    pub at: LocalPosition,
    /// Its text, without terminator.
    pub text: &'a [u8],
}

impl Kept {
    /// Adds a segment, whose text comes in parts.
    pub fn push(&mut self, role: Role, at: LocalPosition, parts: &[&[u8]]) {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        self.bytes.reserve(HEAD_BYTES + length);
        let mut head = [role as u8; HEAD_BYTES];
        head[1..5].copy_from_slice(&at.number.to_le_bytes());
        head[5..9].copy_from_slice(&at.byte.to_le_bytes());
        head[9..13].copy_from_slice(&(length as u32).to_le_bytes());
        self.bytes.extend_from_slice(&head);
        parts.iter().for_each(|part| self.bytes.extend_from_slice(part));
    }

    /// All of them, in order.
    pub fn segments(&self) -> impl Iterator<Item = KeptSegment<'_>> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || {
            let (head, behind) = rest.split_at_checked(HEAD_BYTES)?;
            let number = |at: usize| {
                let bytes = head.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
                u32::from_le_bytes(bytes.unwrap_or_default())
            };
            let (text, behind) = behind.split_at_checked(number(9) as usize)?;
            rest = behind;
            let at = LocalPosition { number: number(1), byte: number(5) };
            Some(KeptSegment { role: *ROLES.get(usize::from(head[0]))?, at, text })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let mut kept = Kept::default();
        for (index, role) in ROLES.into_iter().enumerate() {
            let at = LocalPosition { number: index as u32, byte: 70_000 };
            kept.push(role, at, &[b"NM1", b"*", &vec![b'x'; index * 100]]);
        }
        let back: Vec<_> = kept.segments().collect();
        assert_eq!(back.len(), ROLES.len());
        for (index, segment) in back.iter().enumerate() {
            assert_eq!((segment.role, segment.at.number), (ROLES[index], index as u32));
            assert_eq!((segment.at.byte, segment.text.len()), (70_000, 4 + index * 100));
        }
    }
}

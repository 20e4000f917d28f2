//! The page stays small: each list has a share of it.

use super::markup::Html;

/// The share of the page that a list may take.
pub(super) struct Share {
    end: usize,
    /// Items in a row that were too large for what is left.
    misses: u32,
}

/// What became of an item.
pub(super) enum Room {
    /// It is written.
    Shown,
    /// It alone has no room.
    TooLarge,
    /// The list is at its end.
    Full,
}

impl Share {
    /// Items that may be too large before a list ends.
    const MOST_MISSES: u32 = 20;

    /// The next `bytes` of the page.
    pub(super) fn of(html: &Html, bytes: usize) -> Share {
        Share { end: html.len() + bytes, misses: 0 }
    }

    /// Writes an item, and takes it back where it has no room.
    pub(super) fn take(&mut self, html: &mut Html, write: impl FnOnce(&mut Html)) -> Room {
        let before = html.len();
        write(html);
        if html.len() <= self.end {
            self.misses = 0;
            return Room::Shown;
        }
        html.truncate(before);
        self.misses += 1;
        if self.misses > Share::MOST_MISSES { Room::Full } else { Room::TooLarge }
    }
}

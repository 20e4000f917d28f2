//! Markup of the page: text is escaped wherever it comes from, tables and notes look the same.

use crate::model::Cents;
use crate::report::plain_text::{grouped, plain};
use crate::report::terminal;

/// Characters of a text at most: a field of the input may be as long as a page.
const MOST_CHARACTERS: usize = 2_000;

/// The page while it is written.
#[derive(Default)]
pub(super) struct Html {
    text: String,
}

impl Html {
    /// Markup of ours, as it is.
    pub(super) fn raw(&mut self, markup: &str) -> &mut Html {
        self.text.push_str(markup);
        self
    }

    /// Text of any origin; what is longer than any text of ours is cut, and ends in `…`.
    pub(super) fn text(&mut self, text: &str) -> &mut Html {
        let full = text.len();
        let text = match text.char_indices().nth(MOST_CHARACTERS) {
            Some((end, _)) => &text[..end],
            None => text,
        };
        escape(&plain(text), &mut self.text);
        if text.len() < full {
            self.text.push('…');
        }
        self
    }

    /// Text inside a tag without attributes.
    pub(super) fn tag(&mut self, tag: &str, text: &str) -> &mut Html {
        self.raw("<").raw(tag).raw(">").text(text).raw("</").raw(tag).raw(">\n")
    }

    /// A heading that the contents point at.
    pub(super) fn section(&mut self, id: &str, title: &str) -> &mut Html {
        self.raw("<h2 id=\"").raw(id).raw("\">").text(title).raw("</h2>\n")
    }

    /// A paragraph in the quieter colour.
    pub(super) fn note(&mut self, text: &str) -> &mut Html {
        self.raw("<p class=\"soft\">").text(text).raw("</p>\n")
    }

    /// Opens a table that sorts, and filters where `filter` says what by. Columns that begin with
    /// `#` hold numbers, those that begin with `@` short texts that stay on one line.
    pub(super) fn open_table(&mut self, columns: &[&str], filter: Option<&str>) -> &mut Html {
        self.raw("<div class=\"wrap\"><table class=\"list\"");
        if let Some(filter) = filter {
            self.raw(" data-filter=\"").text(filter).raw("\"");
        }
        self.raw("><thead><tr>");
        for column in columns {
            match column.strip_prefix('#') {
                Some(number) => self.raw("<th scope=\"col\" class=\"n\">").text(number),
                None => self.raw("<th scope=\"col\">").text(column.trim_start_matches('@')),
            };
            self.raw("</th>");
        }
        self.raw("</tr></thead><tbody>\n")
    }

    /// A row; cells of columns with numbers are marked by the same `#` in `columns`.
    pub(super) fn row<S: AsRef<str>>(&mut self, columns: &[&str], cells: &[S]) -> &mut Html {
        self.raw("<tr>");
        for (column, cell) in columns.iter().zip(cells) {
            self.raw(match column.as_bytes().first() {
                Some(b'#') => "<td class=\"n\">",
                Some(b'@') => "<td class=\"d\">",
                _ => "<td>",
            });
            self.text(cell.as_ref()).raw("</td>");
        }
        self.raw("</tr>\n")
    }

    /// Closes a table.
    pub(super) fn close_table(&mut self) -> &mut Html {
        self.raw("</tbody></table></div>\n")
    }

    /// Bytes written so far.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Takes back what was written behind `length`.
    pub(super) fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
    }

    /// All of it.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
}

/// `1,234`
pub(super) fn count(value: u64) -> String {
    grouped(value)
}

/// `$1,234.50`
pub(super) fn dollars(amount: Cents) -> String {
    terminal::dollars(amount)
}

/// `12.3 %`
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_other_origin_is_markup() {
        let mut html = Html::default();
        html.text("<script>alert('x')</script> & \"q\"\u{1b}[31m\u{202e}");
        let expected = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;?[31m?";
        assert_eq!(html.into_text(), expected);
    }

    #[test]
    fn columns_of_numbers_are_marked() {
        let mut html = Html::default();
        html.row(&["a", "#b", "@c"], &["<1>", "2", "3"]);
        let expected = "<tr><td>&lt;1&gt;</td><td class=\"n\">2</td><td class=\"d\">3</td></tr>\n";
        assert_eq!(html.into_text(), expected);
    }
}

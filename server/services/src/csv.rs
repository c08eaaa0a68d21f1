//! CSV as it is handed out: for spreadsheets too, which take a cell that begins like a formula for one.

use std::fmt::Display;

/// A cell that no spreadsheet calculates.
pub(crate) struct Guarded(String);

impl Guarded {
    /// What people wrote.
    pub fn text(text: &str) -> Self {
        let formula = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
        Self(if formula { format!("'{text}") } else { text.to_owned() })
    }

    /// What comes from us: numbers, words of ours, times.
    pub fn plain(value: impl Display) -> Self {
        Self(value.to_string())
    }
}

/// Lines, taken piece by piece.
pub(crate) struct Writer {
    text: String,
}

impl Writer {
    /// Begins with a byte order mark, without which Excel takes the text for another encoding.
    pub fn with_head(names: &[&str]) -> Self {
        let mut writer = Self { text: String::from("\u{FEFF}") };
        writer.line(names.iter().copied());
        writer
    }

    pub fn row(&mut self, cells: &[Guarded]) {
        self.line(cells.iter().map(|cell| cell.0.as_str()));
    }

    /// RFC 4180.
    fn line<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        for (place, cell) in cells.enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            if cell.contains(['"', ',', ';', '\n', '\r', '\t']) {
                self.text.push('"');
                self.text.push_str(&cell.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(cell);
            }
        }
        self.text.push_str("\r\n");
    }

    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let mut writer = Writer::with_head(&["a", "b"]);
        for text in ["=1+1", "+49", "-x", "@SUM(A1)", " =1", "\tx", "plain", "a-b", "say \"x\", y"] {
            writer.row(&[Guarded::text(text), Guarded::plain(7)]);
        }
        let text = String::from_utf8(writer.take()).unwrap();
        let expected = "\u{FEFF}a,b\r\n'=1+1,7\r\n'+49,7\r\n'-x,7\r\n'@SUM(A1),7\r\n' =1,7\r\n\"'\tx\",7\r\nplain,7\r\na-b,7\r\n\"say \"\"x\"\", y\",7\r\n";
        assert_eq!(text, expected);
        assert!(writer.take().is_empty());
    }
}

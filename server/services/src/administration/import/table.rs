//! The file as lines: its encoding, its separator, its columns.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use stoa_domain::wire::problem::{FieldError, Problem};

use super::plan::Line;
use crate::Result;

const LINES_LIMIT: usize = 100_000;
const COLUMNS: [&str; 5] = ["name", "display_name", "email", "unit", "groups"];
const REQUIRED: usize = 2;
/// Between the names of groups: the other marks separate columns.
const BETWEEN_GROUPS: char = '|';

pub fn read(file: &[u8]) -> Result<Vec<Line>> {
    // The reader counts lines by their last mark alone: with two of them it would be one behind.
    let text = decoded(file)?.replace("\r\n", "\n");
    let head = text.lines().next().unwrap_or_default();
    // What separates the names in the head separates everything.
    let delimiter = [b';', b'\t', b','].into_iter().max_by_key(|mark| head.bytes().filter(|byte| byte == mark).count()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let head = reader.headers().map_err(|error| wrong("/columns", "unreadable", error.to_string()))?.clone();
    let places = columns(&head)?;
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong("/lines", "unreadable", error.to_string()))?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if lines.len() == LINES_LIMIT {
            return Err(wrong("/lines", "too-many", format!("At most {LINES_LIMIT} lines.")));
        }
        let cell = |column: usize| places[column].and_then(|place| record.get(place)).map(str::trim).filter(|cell| !cell.is_empty());
        lines.push(Line {
            number: record.position().map_or(0, csv::Position::line),
            name: cell(0).unwrap_or_default().to_owned(),
            display_name: cell(1).unwrap_or_default().to_owned(),
            email: cell(2).map(str::to_owned),
            unit: cell(3).map(str::to_owned),
            groups: cell(4)
                .map(|cell| cell.split(BETWEEN_GROUPS).map(|group| group.trim().to_owned()).filter(|group| !group.is_empty()).collect())
                .unwrap_or_default(),
            cells: (record.len() != head.len()).then_some((record.len(), head.len())),
        });
    }
    Ok(lines)
}

/// Where each column stands.
fn columns(head: &csv::StringRecord) -> Result<[Option<usize>; 5]> {
    let mut places = [None; 5];
    for (place, name) in head.iter().enumerate() {
        let name = name.trim().to_lowercase();
        let Some(column) = COLUMNS.iter().position(|column| *column == name) else {
            return Err(wrong("/columns", "unknown-column", format!("There is no column {name:?}; there are {}.", COLUMNS.join(", "))));
        };
        if places[column].replace(place).is_some() {
            return Err(wrong("/columns", "column-twice", format!("The column {name} stands there twice.")));
        }
    }
    match (0..REQUIRED).find(|column| places[*column].is_none()) {
        Some(missing) => Err(wrong("/columns", "missing-column", format!("The column {} is missing.", COLUMNS[missing]))),
        None => Ok(places),
    }
}

/// UTF-8, or UTF-16 where a mark at its beginning says so. Of any other encoding nobody could tell which.
fn decoded(file: &[u8]) -> Result<Cow<'_, str>> {
    let (encoding, mark) = Encoding::for_bom(file).unwrap_or((UTF_8, 0));
    let (text, bad) = encoding.decode_without_bom_handling(&file[mark..]);
    if bad || text.contains('\0') {
        return Err(wrong("/file", "encoding", String::from("The file is neither UTF-8 nor UTF-16 with a byte order mark: save it as one of them.")));
    }
    Ok(text)
}

fn wrong(field: &'static str, code: &'static str, message: String) -> Problem {
    let mut problem = Problem::invalid();
    problem.errors.push(FieldError { field: field.into(), code: code.into(), message });
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(file: &[u8]) -> Vec<(u64, String, Option<String>)> {
        read(file).unwrap().into_iter().map(|line| (line.number, line.display_name, line.email)).collect()
    }

    #[test]
    fn a_file_is_read_however_it_was_saved() {
        let expected = [(2, String::from("Zoë; K"), Some(String::from("z@x.example"))), (4, String::from("Ben"), None)];
        for mark in [',', '\t'] {
            let text = format!("Email{mark}name{mark} display_name\r\nz@x.example{mark}zoe{mark}Zoë; K\r\n{mark}{mark}\r\n{mark}ben{mark}Ben\r\n");
            let utf16 = |bytes: fn(u16) -> [u8; 2]| std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(bytes).collect::<Vec<u8>>();
            let with_mark = format!("\u{FEFF}{text}");
            for file in [text.as_bytes(), with_mark.as_bytes(), &utf16(u16::to_le_bytes), &utf16(u16::to_be_bytes)] {
                assert_eq!(names(file), expected, "{mark:?}");
            }
        }
        let quoted = "name;display_name\nzoe;\"Zoë; \"\"K\"\"\nof two lines\"\nben;Ben\n";
        assert_eq!(names(quoted.as_bytes()), [(2, String::from("Zoë; \"K\"\nof two lines"), None), (4, String::from("Ben"), None)]);
    }

    #[test]
    fn what_is_no_such_file_is_told() {
        let many = format!("name,display_name\n{}", "a,b\n".repeat(LINES_LIMIT + 1));
        for (file, code) in [
            (&b"name,display_name\nzo\xEB,Zo\xEB\n"[..], "encoding"),
            (b"name,display_name\nn\0o,x\n", "encoding"),
            (b"", "missing-column"),
            (b"name,email\n", "missing-column"),
            (b"name,display_name,name\n", "column-twice"),
            (b"name,display_name,colour\n", "unknown-column"),
            (many.as_bytes(), "too-many"),
        ] {
            assert_eq!(read(file).err().unwrap().errors[0].code, code, "{:?}", String::from_utf8_lossy(&file[..file.len().min(40)]));
        }
        assert_eq!(read(b"name,display_name\na\n").unwrap()[0].cells, Some((1, 2)));
    }
}

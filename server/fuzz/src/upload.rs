use stoa_domain::file::{NAME_BYTES, content_disposition, file_name};

use crate::disposition::name_in;
use crate::multipart::{Bad, Event, Parts, boundary};
use crate::{disposition, metadata};

/// How many places a form is cut at, one after the other.
const CUTS: usize = 24;

/// What comes with an upload: forms are read the same however they are cut, a file in one comes out as it went in, and
/// every name becomes a safe one.
pub fn upload(data: &[u8]) {
    let whole = read(data, data.len().max(1));
    for cut in (1..=data.len()).step_by(data.len() / CUTS + 1) {
        assert!(read(data, cut) == whole, "in pieces of {cut}");
    }
    let text = String::from_utf8_lossy(data);
    let form = [b"--YY\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\n", data, b"\r\n--YY--\r\n"].concat();
    // A browser chooses a boundary that the file doesn't have.
    if memchr::memmem::find(data, b"\r\n--YY").is_none() && !data.starts_with(b"--YY") {
        let (part, content) = (Event::Part(b"form-data; filename=\"a\"".to_vec()), Event::Data(data.to_vec()));
        assert_eq!(read_with("YY", &form, data.len() % 61 + 1), Ok(vec![part, content, Event::End]));
    }
    if let Some(boundary) = boundary(&text) {
        assert!((1..=70).contains(&boundary.len()) && boundary.is_ascii());
    }
    let names = [name_in(data), metadata::name_in(&text).ok().flatten(), Some(text.clone().into_owned())];
    for name in names.into_iter().flatten() {
        let safe = file_name(&name);
        assert!(!safe.is_empty() && safe.len() <= NAME_BYTES && !safe.contains(['/', '\\', '\0', '\r', '\n', '"']), "{safe:?}");
        assert_eq!(file_name(&safe), safe);
        for inline in [true, false] {
            let header = content_disposition(&safe, inline);
            assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{header}");
            assert_eq!(disposition::name_in(header.as_bytes()).as_deref(), Some(safe.as_str()), "what is written is read again");
        }
    }
}

/// The events, with the pieces of each part's content together.
fn read(data: &[u8], cut: usize) -> Result<Vec<Event>, Bad> {
    read_with("XX", data, cut)
}

fn read_with(boundary: &str, data: &[u8], cut: usize) -> Result<Vec<Event>, Bad> {
    let (mut parts, mut events) = (Parts::new(boundary), Vec::<Event>::new());
    for piece in data.chunks(cut) {
        parts.feed(piece);
        loop {
            match (parts.next(), events.last_mut()) {
                (Ok(Some(Event::Data(more))), Some(Event::Data(all))) => all.extend(more),
                (Ok(Some(event)), _) => events.push(event),
                (Ok(None), _) => break,
                (Err(bad), _) => return Err(bad),
            }
        }
    }
    // What isn't known yet to be content or the beginning of a boundary depends on nothing but the bytes.
    Ok(events)
}

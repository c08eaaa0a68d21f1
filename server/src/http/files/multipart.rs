//! Reading `multipart/form-data` (RFC 7578) as it comes: pure, bytes in, events out. Keeps no more than
//! a part's head, or as much as a boundary is long.

use memchr::memmem::Finder;

/// The longest head of a part.
const HEAD_LIMIT: usize = 16 * 1024;
/// RFC 2046 allows no longer boundary.
const BOUNDARY_LIMIT: usize = 70;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A part begins; its `Content-Disposition`, as it is.
    Part(Vec<u8>),
    Data(Vec<u8>),
    /// There is no more.
    End,
}

/// It is no such form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bad;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Preamble,
    /// Behind a boundary.
    Behind,
    Head,
    Data,
    End,
}

pub struct Parts {
    finder: Finder<'static>,
    buffer: Vec<u8>,
    state: State,
}

/// The boundary that a `Content-Type` names; none if it is no form.
pub fn boundary(content_type: &str) -> Option<String> {
    let (kind, rest) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = rest.split(';').find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    })?;
    let fits = (1..=BOUNDARY_LIMIT).contains(&value.len()) && value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    fits.then(|| value.to_owned())
}

impl Parts {
    pub fn new(boundary: &str) -> Self {
        let finder = Finder::new(format!("\r\n--{boundary}").as_bytes()).into_owned();
        // The first boundary may stand at the very beginning.
        Self { finder, buffer: b"\r\n".to_vec(), state: State::Preamble }
    }

    /// Takes what came; all events are to be taken out before the next.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.state != State::End {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The next event; none until more has come.
    pub fn next(&mut self) -> Result<Option<Event>, Bad> {
        loop {
            match self.state {
                State::End => return Ok(None),
                State::Preamble => match self.finder.find(&self.buffer) {
                    Some(at) => self.skip(at + self.finder.needle().len(), State::Behind),
                    None => {
                        let kept = self.buffer.len().saturating_sub(self.finder.needle().len() - 1);
                        self.buffer.drain(..kept);
                        return Ok(None);
                    }
                },
                State::Behind => {
                    // Spaces may stand behind a boundary.
                    let spaces = self.buffer.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                    if spaces > HEAD_LIMIT {
                        return Err(Bad);
                    }
                    match self.buffer.get(spaces..) {
                        Some([b'-', b'-', ..]) if spaces == 0 => {
                            self.buffer = Vec::new();
                            self.state = State::End;
                            return Ok(Some(Event::End));
                        }
                        // The end of the line also begins what may be an empty head.
                        Some([b'\r', b'\n', ..]) => self.skip(spaces, State::Head),
                        Some([] | [b'\r'] | [b'-']) => return Ok(None),
                        _ => return Err(Bad),
                    }
                }
                State::Head => match find(&self.buffer, b"\r\n\r\n") {
                    Some(at) if at <= HEAD_LIMIT => {
                        let disposition = disposition(self.buffer.get(..at).unwrap_or_default());
                        self.skip(at + 4, State::Data);
                        return Ok(Some(Event::Part(disposition)));
                    }
                    None if self.buffer.len() < HEAD_LIMIT + 4 => return Ok(None),
                    _ => return Err(Bad),
                },
                State::Data => return Ok(self.data()),
            }
        }
    }

    /// A boundary ends the part: the next one's head, or the end, follows.
    fn data(&mut self) -> Option<Event> {
        let length = self.finder.needle().len();
        let (end, found) = match self.finder.find(&self.buffer) {
            Some(at) => (at, true),
            // The end of what is here may begin a boundary.
            None => (self.buffer.len().saturating_sub(length - 1), false),
        };
        let data: Vec<u8> = self.buffer.drain(..end).collect();
        if found {
            self.skip(length, State::Behind);
        }
        if data.is_empty() && !found { None } else { Some(Event::Data(data)) }
    }

    fn skip(&mut self, bytes: usize, state: State) {
        self.buffer.drain(..bytes);
        self.state = state;
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(haystack, needle)
}

fn disposition(head: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"content-disposition:";
    let lines = head.split(|byte| *byte == b'\n').map(|line| line.trim_ascii());
    let value = lines.filter(|line| line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME))).find_map(|line| line.get(NAME.len()..));
    value.unwrap_or_default().trim_ascii().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &[u8], cut: usize) -> Result<Vec<Event>, Bad> {
        let (mut parts, mut events) = (Parts::new("XX"), Vec::<Event>::new());
        for piece in body.chunks(cut.max(1)) {
            parts.feed(piece);
            while let Some(event) = parts.next()? {
                match (events.last_mut(), event) {
                    (Some(Event::Data(all)), Event::Data(more)) => all.extend(more),
                    (_, event) => events.push(event),
                }
            }
        }
        Ok(events)
    }

    #[test]
    fn forms_are_read_however_they_are_cut() {
        let body = b"junk\r\n--XX\r\nContent-Type: x\r\ncontent-disposition: form-data; filename=\"a\"\r\n\r\nab\r\n--X\r\n\r\n--XX \t\r\n\r\nc\r\n--XX--after";
        let expected = [
            Event::Part(b"form-data; filename=\"a\"".to_vec()),
            Event::Data(b"ab\r\n--X\r\n".to_vec()),
            Event::Part(Vec::new()),
            Event::Data(b"c".to_vec()),
            Event::End,
        ];
        for cut in 1..=body.len() {
            assert_eq!(read(body, cut).as_deref(), Ok(&expected[..]), "in pieces of {cut}");
        }
        let empty = b"--XX\r\nContent-Disposition: x\r\n\r\n\r\n--XX--";
        assert_eq!(read(empty, 3).as_deref(), Ok(&[Event::Part(b"x".to_vec()), Event::Data(vec![]), Event::End][..]));
    }

    #[test]
    fn what_is_no_form_is_refused_or_never_ends() {
        assert_eq!(read(b"--XXy\r\n\r\n", 100), Err(Bad));
        assert_eq!(read(&[&b"--XX\r\n"[..], &vec![b'a'; HEAD_LIMIT + 10]].concat(), 1_000), Err(Bad));
        assert!(!read(b"--XX\r\nA: b\r\n\r\ncut off", 100).unwrap().contains(&Event::End));
        assert_eq!(boundary("multipart/form-data; charset=x; boundary=\"a b\""), Some("a b".into()));
        for wrong in ["multipart/form-data", "multipart/mixed; boundary=a", "multipart/form-data; boundary=", "multipart/form-data; boundary=\u{7f}"] {
            assert_eq!(boundary(wrong), None, "{wrong}");
        }
    }
}

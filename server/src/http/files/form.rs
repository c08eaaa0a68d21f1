//! A form with files, part by part as it comes.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use stoa_domain::wire::problem::Problem;
use stoa_services::files::{Body, Cut};
use tokio::sync::Mutex;

use super::disposition;
use super::multipart::{Event, Parts};

/// Fields before the file.
const BEFORE: usize = 64 * 1024;

pub struct Form {
    content: Body,
    parts: Parts,
    /// What ended the part before.
    ahead: Option<Event>,
    broken: bool,
}

impl Form {
    pub fn new(content: Body, boundary: &str) -> Self {
        Self { content, parts: Parts::new(boundary), ahead: None, broken: false }
    }

    async fn next(&mut self) -> Result<Event, Cut> {
        if let Some(event) = self.ahead.take() {
            return Ok(event);
        }
        loop {
            if let Some(event) = self.parts.next().map_err(|_| Cut)? {
                return Ok(event);
            }
            match self.content.next().await.transpose()? {
                Some(bytes) => self.parts.feed(&bytes),
                None => return Err(Cut),
            }
        }
    }

    /// The `Content-Disposition` of the next part; what is left of this one is passed over, up to a limit. None at the end.
    ///
    /// # Errors
    /// 400.
    pub async fn part(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        let mut passed = 0;
        loop {
            match self.next().await.map_err(unreadable)? {
                Event::Part(disposition) => return Ok(Some(disposition)),
                Event::End => return Ok(None),
                Event::Data(data) => {
                    passed += data.len();
                    if passed > BEFORE {
                        return Err(Problem::malformed().detail("The form has too much beside its files."));
                    }
                }
            }
        }
    }

    /// The text of this part.
    ///
    /// # Errors
    /// 400, also when it is longer than any field.
    pub async fn text(&mut self) -> Result<String, Problem> {
        let mut text = Vec::new();
        loop {
            match self.next().await.map_err(unreadable)? {
                Event::Data(data) => text.extend(data),
                other => {
                    self.ahead = Some(other);
                    return Ok(String::from_utf8_lossy(&text).into_owned());
                }
            }
            if text.len() > BEFORE {
                return Err(Problem::malformed().detail("A field of the form is too long."));
            }
        }
    }
}

fn unreadable(_: Cut) -> Problem {
    Problem::malformed().detail("The form can't be read.")
}

/// What is in this part of the form; what ends before the part does isn't whole.
pub fn content(form: &Arc<Mutex<Form>>) -> Body {
    Box::pin(futures_util::stream::unfold(Arc::clone(form), async |form| {
        let mut reading = form.lock().await;
        if reading.broken {
            return None;
        }
        let piece = match reading.next().await {
            Ok(Event::Data(data)) => Ok(Bytes::from(data)),
            Ok(other) => {
                reading.ahead = Some(other);
                return None;
            }
            Err(Cut) => {
                reading.broken = true;
                Err(Cut)
            }
        };
        drop(reading);
        Some((piece, form))
    }))
}

/// The first part of a form that has a file's name: that, and what is in it.
pub async fn first_file(from: Body, boundary: &str) -> Result<(Option<String>, Body), Problem> {
    let mut form = Form::new(from, boundary);
    let mut before = 0;
    while let Some(disposition) = form.part().await? {
        if let Some(name) = disposition::name_in(&disposition) {
            return Ok((Some(name), content(&Arc::new(Mutex::new(form)))));
        }
        before += form.text().await?.len();
        if before > BEFORE {
            return Err(Problem::malformed().detail("The form has too much before its file."));
        }
    }
    Err(Problem::invalid().field("/file", "required", "The form has no file."))
}

//! Files on their way to the server, by tus 1.0: what a bad line cuts off goes on from where it was.
//! One file of the page goes at a time, so that chat isn't held up by twenty.

use std::time::Duration;

use leptos::prelude::*;
use stoa_domain::id::FileId;
use stoa_domain::wire::problem::Problem;

use super::room::Room;

/// A file that somebody chose for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Tells it from the others of this page.
    pub key: u32,
    pub name: String,
    pub size: u64,
    pub stage: Stage,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Others go before.
    Waiting,
    /// So many bytes are there.
    Sending(u64),
    /// The line is away; it goes on from here.
    Held(u64),
    Done(FileId),
    Failed(Problem),
}

impl Upload {
    /// Whether it is still on its way.
    #[must_use]
    pub fn moves(&self) -> bool {
        matches!(self.stage, Stage::Waiting | Stage::Sending(_) | Stage::Held(_))
    }

    /// How far it is, of a hundred.
    #[must_use]
    pub fn percent(&self) -> u32 {
        let there = match self.stage {
            Stage::Sending(there) | Stage::Held(there) => there,
            Stage::Done(_) => self.size,
            Stage::Waiting | Stage::Failed(_) => 0,
        };
        // Of nothing, all is there.
        there.saturating_mul(100).checked_div(self.size).and_then(|percent| percent.try_into().ok()).unwrap_or(100)
    }
}

/// How long it waits before it tries again: longer each time.
fn pause(tries: u32) -> Duration {
    Duration::from_millis(500 << tries.min(6))
}

impl Room {
    fn stage(self, key: u32, stage: Stage) {
        self.uploads.try_update(|uploads| {
            if let Some(upload) = uploads.iter_mut().find(|upload| upload.key == key) {
                upload.stage = stage;
            }
        });
    }

    /// The files that are there, which a message can name; they are its own from now on.
    pub fn take_uploads(self) -> Vec<FileId> {
        let mut taken = Vec::new();
        self.uploads.update(|uploads| {
            uploads.retain(|upload| match upload.stage {
                Stage::Done(id) => {
                    taken.push(id);
                    false
                }
                _ => true,
            });
        });
        taken
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::cell::RefCell;
    use std::collections::HashMap;

    use leptos::prelude::*;
    use leptos::task::spawn_local;
    use stoa_domain::id::FileId;
    use stoa_domain::wire::problem::Problem;
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Blob, File, XmlHttpRequest};

    use super::{Room, Stage, Upload, pause};

    /// What only the browser has of an upload.
    struct Sent {
        room: Room,
        file: File,
        /// What is under way, to be broken off.
        request: Option<XmlHttpRequest>,
        /// Where the server has it.
        place: Option<String>,
    }

    #[derive(Default)]
    struct All {
        last: u32,
        /// In the order in which they were chosen.
        waiting: Vec<u32>,
        sent: HashMap<u32, Sent>,
        busy: bool,
    }

    thread_local! {
        static ALL: RefCell<All> = RefCell::default();
    }

    fn all<T>(with: impl FnOnce(&mut All) -> T) -> T {
        ALL.with_borrow_mut(with)
    }

    impl Room {
        /// Takes files for the next message.
        pub fn upload(self, files: impl IntoIterator<Item = File>) {
            for file in files {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is a whole number")]
                let (name, size) = (file.name(), file.size() as u64);
                // What would be refused for its size needn't be sent.
                let fits = self.info.with_untracked(|info| info.max_bytes).is_none_or(|most| size <= most);
                let key = all(|all| {
                    all.last += 1;
                    if fits {
                        all.waiting.push(all.last);
                    }
                    all.sent.insert(all.last, Sent { room: self, file, request: None, place: None });
                    all.last
                });
                self.uploads.update(|uploads| {
                    uploads.push(Upload { key, name, size, stage: if fits { Stage::Waiting } else { Stage::Failed(Problem::file_too_large()) } })
                });
            }
            next();
        }

        /// Takes a file away again, however far it is.
        pub fn discard_upload(self, key: u32) {
            self.uploads.update(|uploads| uploads.retain(|upload| upload.key != key));
            let Some(sent) = all(|all| {
                all.waiting.retain(|other| *other != key);
                all.sent.remove(&key)
            }) else {
                return;
            };
            if let Some(request) = sent.request {
                let _ = request.abort();
            }
            if let Some(place) = sent.place {
                // What isn't heard is removed after a day all the same.
                spawn_local(async move {
                    let _ = call(None, "DELETE", &place, &[], None, |_| {}).await;
                });
            }
        }

        /// Tries again what failed.
        pub fn retry_upload(self, key: u32) {
            self.stage(key, Stage::Waiting);
            all(|all| all.waiting.push(key));
            next();
        }
    }

    /// Begins with the next file, unless one is under way.
    fn next() {
        let Some(key) = all(|all| {
            if all.busy || all.waiting.is_empty() {
                return None;
            }
            all.busy = true;
            Some(all.waiting.remove(0))
        }) else {
            return;
        };
        spawn_local(async move {
            let ended = send(key).await;
            if let Some((room, stage)) = all(|all| all.sent.get(&key).map(|sent| sent.room)).zip(ended) {
                if matches!(stage, Stage::Done(_)) {
                    all(|all| all.sent.remove(&key));
                }
                room.stage(key, stage);
            }
            all(|all| all.busy = false);
            next();
        });
    }

    /// Sends one file to its end; none when it was taken away meanwhile.
    async fn send(key: u32) -> Option<Stage> {
        let (room, file) = all(|all| all.sent.get(&key).map(|sent| (sent.room, sent.file.clone())))?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is a whole number")]
        let size = file.size() as u64;
        let mut tries = 0;
        loop {
            match piece(key, room, &file, size).await? {
                Ok(id) => return Some(Stage::Done(id)),
                Err((problem, there)) if problem.status == 0 || problem.status == 423 || problem.status >= 500 || problem.status == 409 => {
                    // More of it than last time: the line isn't that bad.
                    room.stage(key, Stage::Held(there));
                    wait(pause(tries)).await;
                    tries += 1;
                }
                Err((problem, _))
                    if matches!(problem.status, 404 | 410) && all(|all| all.sent.get_mut(&key).and_then(|sent| sent.place.take())).is_some() && tries < 3 =>
                {
                    // The server has forgotten it: from the beginning.
                    tries += 1;
                }
                Err((Problem { retry_after: Some(seconds), .. }, there)) => {
                    room.stage(key, Stage::Held(there));
                    wait(std::time::Duration::from_secs(u64::from(seconds.clamp(1, 60)))).await;
                }
                Err((problem, _)) => return Some(Stage::Failed(problem)),
            }
        }
    }

    type Sending = Result<FileId, (Problem, u64)>;

    /// As much as goes through; what stopped it, and how much was there.
    async fn piece(key: u32, room: Room, file: &File, size: u64) -> Option<Sending> {
        let place = all(|all| all.sent.get(&key).map(|sent| sent.place.clone()))?;
        let (place, offset) = match place {
            Some(place) => {
                let answer = call(Some(key), "HEAD", &place, &[], None, |_| {}).await;
                match answer.offset {
                    Some(offset) if answer.status < 300 => (place, offset),
                    _ => return Some(Err((answer.problem(), 0))),
                }
            }
            None => {
                let about = format!("filename {}", base64(&file.name())?);
                let headers = [("Upload-Length", size.to_string()), ("Upload-Metadata", about)];
                let answer = call(Some(key), "POST", &format!("/api/v1/rooms/{}/uploads", room.id), &headers, None, |_| {}).await;
                let Some(place) = answer.location.clone().filter(|_| answer.status == 201) else { return Some(Err((answer.problem(), 0))) };
                all(|all| all.sent.get_mut(&key).map(|sent| sent.place = Some(place.clone())))?;
                (place, 0)
            }
        };
        let id = place.rsplit('/').next().and_then(|id| id.parse::<FileId>().ok());
        let Some(id) = id else { return Some(Err((Problem::internal(), 0))) };
        room.stage(key, Stage::Sending(offset));
        #[allow(clippy::cast_precision_loss, reason = "files aren't that large")]
        let rest = file.slice_with_f64_and_f64(offset as f64, size as f64).ok()?;
        let headers = [("Upload-Offset", offset.to_string()), ("Content-Type", "application/offset+octet-stream".to_owned())];
        let answer = call(Some(key), "PATCH", &place, &headers, Some(&rest), move |sent| room.stage(key, Stage::Sending((offset + sent).min(size)))).await;
        // Taken away meanwhile.
        all(|all| all.sent.contains_key(&key).then_some(()))?;
        let there = answer.offset.unwrap_or(offset);
        Some(if answer.status < 300 && there == size { Ok(id) } else { Err((answer.problem(), there)) })
    }

    async fn wait(time: std::time::Duration) {
        let promise = js_sys::Promise::new(&mut |resolve, _| set_timeout(move || drop(resolve.call0(&JsValue::NULL)), time));
        let _ = JsFuture::from(promise).await;
    }

    /// Of UTF-8, as the metadata of tus has it.
    fn base64(text: &str) -> Option<String> {
        let bytes: String = text.bytes().map(char::from).collect();
        window().btoa(&bytes).ok()
    }

    struct Answer {
        /// 0: no answer.
        status: u16,
        location: Option<String>,
        offset: Option<u64>,
        text: String,
    }

    impl Answer {
        fn problem(&self) -> Problem {
            let known = crate::api::problem(self.status, &self.text);
            // One that is in between may send an error of its own.
            Problem { status: self.status, ..known }
        }
    }

    /// One request, with how many bytes of the body went out; `fetch` doesn't tell that.
    async fn call(key: Option<u32>, method: &str, place: &str, headers: &[(&str, String)], body: Option<&Blob>, progress: impl Fn(u64) + 'static) -> Answer {
        let none = Answer { status: 0, location: None, offset: None, text: String::new() };
        let Ok(request) = XmlHttpRequest::new() else { return none };
        if let Some(key) = key {
            all(|all| {
                if let Some(sent) = all.sent.get_mut(&key) {
                    sent.request = Some(request.clone());
                }
            });
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number of bytes")]
        let told = Closure::<dyn Fn(web_sys::ProgressEvent)>::new(move |event: web_sys::ProgressEvent| progress(event.loaded() as u64));
        let begun = || -> Result<js_sys::Promise, JsValue> {
            request.open(method, place)?;
            request.set_request_header("Tus-Resumable", "1.0.0")?;
            for (name, value) in headers {
                request.set_request_header(name, value)?;
            }
            if body.is_some() {
                request.upload()?.set_onprogress(Some(told.as_ref().unchecked_ref()));
            }
            let ended = js_sys::Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
            request.send_with_opt_blob(body)?;
            Ok(ended)
        };
        let Ok(ended) = begun() else { return none };
        let _ = JsFuture::from(ended).await;
        drop(told);
        let header = |name: &str| request.get_response_header(name).ok().flatten();
        Answer {
            status: request.status().unwrap_or(0),
            location: header("Location"),
            offset: header("Upload-Offset").and_then(|offset| offset.parse().ok()),
            text: request.response_text().ok().flatten().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is() {
        let at = |size, stage| Upload { key: 1, name: String::new(), size, stage }.percent();
        assert_eq!([at(200, Stage::Waiting), at(200, Stage::Sending(50)), at(200, Stage::Held(199)), at(3, Stage::Sending(3))], [0, 25, 99, 100]);
        assert_eq!(at(0, Stage::Waiting), 100, "nothing is all there");
        assert_eq!(at(u64::MAX, Stage::Sending(u64::MAX)), 1, "larger than can be counted is no fault");
    }

    #[test]
    fn pauses_grow_to_half_a_minute() {
        assert_eq!([pause(0), pause(1), pause(6), pause(40)].map(|pause| pause.as_millis()), [500, 1_000, 32_000, 32_000]);
    }
}

//! The connection to the channel server: Lookup, a ticket, a WebSocket, and again when it is lost.
//! On the server there is none.

use stoa_domain::id::Nonce;
use stoa_domain::wire::problem::Problem;

#[cfg(feature = "hydrate")]
pub use browser::Link;
#[cfg(not(feature = "hydrate"))]
pub use nothing::Link;

const LOST: &str = "/problems/connection-lost";

const fn lost() -> Problem {
    Problem::new(503, LOST, "The connection was lost.")
}

/// No answer came before the connection was gone: nobody knows what became of the request.
#[must_use]
pub fn is_lost(problem: &Problem) -> bool {
    problem.kind == LOST
}

/// A new name for something that is sent, under which a repetition is known as one.
#[must_use]
pub fn new_nonce() -> Nonce {
    #[allow(unused_mut)]
    let mut random = [0; 10];
    #[cfg(feature = "hydrate")]
    if let Ok(crypto) = leptos::prelude::window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    Nonce::new(crate::when::now(), random)
}

#[cfg(not(feature = "hydrate"))]
mod nothing {
    use stoa_domain::wire::channel::{JoinRoom, Op};
    use stoa_domain::wire::problem::Problem;

    use crate::json::Read;
    use crate::live::Store;

    /// Stands where the browser's connection does, and never answers.
    #[derive(Clone, Copy)]
    pub struct Link;

    impl Link {
        pub const fn new() -> Self {
            Self
        }
        pub fn request<T: Read + 'static>(self, _: Op, _: impl FnOnce(Result<T, Problem>) + 'static) {}
        pub fn join(self, _: Store, _: Vec<JoinRoom>) {}
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::prelude::*;
    use leptos::task::spawn_local;
    use serde_json::Value;
    use stoa_domain::wire::channel::{ByeReason, JoinRoom, Op, Request, SUBPROTOCOL, Signal, TICKET_PREFIX};
    use stoa_domain::wire::lookup::ChannelAt;
    use stoa_domain::wire::problem::Problem;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

    use super::lost;
    use crate::json::Read;
    use crate::live::backoff::delay;
    use crate::live::map::Map;
    use crate::live::wire::{self, Frame, Joined};
    use crate::live::{Status, Store};
    use crate::when;

    const PING_EVERY: Duration = Duration::from_secs(25);
    /// Silence after which a connection counts as dead, in milliseconds: longer than two pings.
    const SILENCE: i64 = 60_000;

    /// What hears the answer to a request: its `ok`, or why there is none.
    type Waiting = Box<dyn FnOnce(Result<Value, Problem>)>;

    #[derive(Clone, Copy)]
    pub struct Link(StoredValue<State, LocalStorage>);

    #[derive(Default)]
    struct State {
        open: Option<Open>,
        /// Counts the tries, so that what belongs to an earlier one is passed over.
        run: u32,
        failures: u32,
        requests: u64,
        waiting: Map<u64, Waiting>,
        heard: i64,
        started: bool,
    }

    /// A socket and what hears it.
    struct Open {
        socket: WebSocket,
        _opened: Closure<dyn FnMut(Event)>,
        _message: Closure<dyn FnMut(MessageEvent)>,
        _closed: Closure<dyn FnMut(CloseEvent)>,
    }

    impl Drop for Open {
        fn drop(&mut self) {
            self.socket.set_onopen(None);
            self.socket.set_onmessage(None);
            self.socket.set_onclose(None);
            let _ = self.socket.close();
        }
    }

    impl Link {
        pub fn new() -> Self {
            Self(StoredValue::new_local(State::default()))
        }

        /// Sends a request; `done` gets its answer, or that the connection was lost before.
        pub fn request<T: Read + 'static>(self, op: Op, done: impl FnOnce(Result<T, Problem>) + 'static) {
            self.send(op, Box::new(move |answer| done(answer.and_then(|ok| T::read(&ok).ok_or_else(Problem::internal)))));
        }

        pub fn join(self, store: Store, rooms: Vec<JoinRoom>) {
            if rooms.is_empty() {
                return;
            }
            self.request(Op::Join { rooms }, move |answer: Result<Joined, Problem>| match answer {
                Ok(rooms) => store.joined(rooms),
                // Without its rooms a connection is of no use.
                Err(problem) if !super::is_lost(&problem) => self.lose(store, problem.retry_after),
                Err(_) => {}
            });
        }

        fn send(self, op: Op, done: Waiting) {
            let sent = self.0.try_update_value(|state| {
                state.requests += 1;
                let id = state.requests;
                let text = serde_json::to_string(&Request { id, op }).unwrap_or_default();
                let socket = state.open.as_ref().map(|open| &open.socket).filter(|socket| socket.ready_state() == WebSocket::OPEN);
                match socket.map(|socket| socket.send_with_str(&text)) {
                    Some(Ok(())) => {
                        state.waiting.insert(id, done);
                        None
                    }
                    _ => Some(done),
                }
            });
            if let Some(Some(done)) = sent {
                done(Err(lost()));
            }
        }

        /// Begins, once: connects, and stays connected as long as the page lives.
        pub fn start(self, store: Store) {
            if self.0.try_update_value(|state| std::mem::replace(&mut state.started, true)) != Some(false) {
                return;
            }
            let online = window_event_listener(leptos::ev::online, move |_| self.connect(store));
            let offline = window_event_listener(leptos::ev::offline, move |_| {
                self.close();
                store.disconnected(Status::Offline);
            });
            // A computer that slept finds out at once.
            let back = window_event_listener(leptos::ev::visibilitychange, move |_| {
                if !document().hidden() {
                    self.ping(store);
                }
            });
            let ping = set_interval_with_handle(move || self.ping(store), PING_EVERY);
            on_cleanup(move || {
                online.remove();
                offline.remove();
                back.remove();
                if let Ok(ping) = ping {
                    ping.clear();
                }
            });
            self.connect(store);
        }

        /// Connects now, whatever was planned.
        pub fn connect(self, store: Store) {
            self.close();
            let Some(run) = self.0.try_with_value(|state| state.run) else { return };
            spawn_local(async move {
                let answer = store.api().lookup().await;
                if self.0.try_with_value(|state| state.run) != Some(run) {
                    return;
                }
                match answer {
                    Ok(lookup) => {
                        store.looked_up(lookup.limits, lookup.rooms, lookup.invitations);
                        if self.open(store, &lookup.channel).is_none() {
                            self.lose(store, None);
                        }
                    }
                    Err(problem) if problem.status == 401 => store.disconnected(Status::SignedOut),
                    Err(problem) => self.lose(store, problem.retry_after),
                }
            });
        }

        fn open(self, store: Store, channel: &ChannelAt) -> Option<()> {
            let protocols = js_sys::Array::of2(&SUBPROTOCOL.into(), &format!("{TICKET_PREFIX}{}", channel.ticket).into());
            let socket = WebSocket::new_with_str_sequence(&channel.url, &protocols).ok()?;
            let opened = Closure::<dyn FnMut(Event)>::new(move |_| {
                self.0.update_value(|state| {
                    state.failures = 0;
                    state.heard = when::now().millis();
                });
                store.connected();
            });
            let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if let Some(text) = event.data().as_string() {
                    self.heard(store, &text);
                }
            });
            let closed = Closure::<dyn FnMut(CloseEvent)>::new(move |_| self.lose(store, None));
            socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
            socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
            socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
            self.0.update_value(|state| state.open = Some(Open { socket, _opened: opened, _message: message, _closed: closed }));
            Some(())
        }

        fn heard(self, store: Store, text: &str) {
            self.0.update_value(|state| state.heard = when::now().millis());
            match wire::frame(text) {
                Some(Frame::Answer { re, answer }) => {
                    if let Some(Some(done)) = self.0.try_update_value(|state| state.waiting.remove(&re)) {
                        done(answer);
                    }
                }
                Some(Frame::Event(event)) => store.event(*event),
                Some(Frame::Signal(signal)) => match *signal {
                    Signal::Bye { after_ms, reason } => self.bye(store, after_ms, reason),
                    signal => store.signal(signal),
                },
                // A newer server may know more.
                None => {}
            }
        }

        fn bye(self, store: Store, after_ms: u32, reason: ByeReason) {
            if reason == ByeReason::SessionEnded {
                self.close();
                return store.disconnected(Status::SignedOut);
            }
            self.wait(store, Duration::from_millis(u64::from(after_ms)));
        }

        /// The connection is lost, or couldn't be made: tries again later.
        fn lose(self, store: Store, retry_after: Option<u32>) {
            let Some(failures) = self.0.try_update_value(|state| {
                state.failures += 1;
                state.failures - 1
            }) else {
                return;
            };
            self.wait(store, delay(failures, retry_after, js_sys::Math::random()));
        }

        fn wait(self, store: Store, time: Duration) {
            self.close();
            if !window().navigator().on_line() {
                // The browser will say when it makes sense.
                return store.disconnected(Status::Offline);
            }
            store.disconnected(Status::Waiting { until: when::now().plus(time) });
            let run = self.0.with_value(|state| state.run);
            set_timeout(
                move || {
                    if self.0.try_with_value(|state| state.run) == Some(run) {
                        self.connect(store);
                    }
                },
                time,
            );
        }

        /// Ends the connection, and answers those who wait on it.
        fn close(self) {
            let Some((open, waiting)) = self.0.try_update_value(|state| {
                state.run += 1;
                (state.open.take(), std::mem::take(&mut state.waiting))
            }) else {
                return;
            };
            // What runs now may be one of its own callbacks.
            set_timeout(move || drop(open), Duration::ZERO);
            for (_, done) in waiting.into_iter() {
                done(Err(lost()));
            }
        }

        fn ping(self, store: Store) {
            let Some((open, heard)) = self.0.try_with_value(|state| (state.open.is_some(), state.heard)) else { return };
            if open && store.status.get_untracked() == Status::Online {
                if when::now().millis() - heard > SILENCE {
                    return self.lose(store, None);
                }
                self.request(Op::Ping, |_: Result<(), Problem>| {});
            }
        }
    }
}

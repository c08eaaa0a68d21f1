//! Rooms and who receives in them.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::io::{ErrorKind, IoSlice};
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::{Buf as _, Bytes};
use stoa_domain::time::Timestamp;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::spawn_local;
use uuid::Uuid;

use super::super::failure::{Result, fail};
use super::super::frame;

/// The text of a room's id: as requests name it, so that nothing has to be parsed.
pub type RoomKey = [u8; 36];

#[derive(Default)]
struct Room {
    sockets: Vec<Rc<Socket>>,
    last_seq: u64,
    /// The frames that no socket has got yet.
    fresh: Vec<u8>,
}

/// The sending half of a connection.
pub struct Socket {
    pub stream: TcpStream,
    queue: RefCell<VecDeque<Bytes>>,
    /// Whether a task waits for the kernel to take more.
    waits: Cell<bool>,
    pub closed: Cell<bool>,
}

pub struct Hub {
    rooms: RefCell<HashMap<RoomKey, Room>>,
    /// Rooms with fresh frames, and sockets with answers.
    changed: RefCell<Vec<RoomKey>>,
    answered: RefCell<Vec<Rc<Socket>>>,
    wake: Notify,
    buffer: RefCell<Vec<u8>>,
    scratch: RefCell<Vec<u8>>,
    /// The clock's text, made anew each millisecond.
    clock: RefCell<(u128, String)>,
}

impl Hub {
    pub fn new() -> Self {
        Self {
            rooms: RefCell::default(),
            changed: RefCell::default(),
            answered: RefCell::default(),
            wake: Notify::new(),
            buffer: RefCell::new(vec![0; 256 * 1024]),
            scratch: RefCell::default(),
            clock: RefCell::default(),
        }
    }

    pub fn add_room(&self) -> Uuid {
        let mut rooms = self.rooms.borrow_mut();
        let id = Uuid::from_u64_pair(0x0193_9c5e_7a00_7000, 0x8000_0000_0000_0000 | (rooms.len() as u64 + 1));
        rooms.insert(key(id), Room::default());
        id
    }

    /// Reads what is there, behind what is pending, through the one buffer of all sockets.
    /// False at the end of the stream.
    pub fn read(&self, stream: &TcpStream, pending: &mut Vec<u8>) -> Result<bool> {
        let mut buffer = self.buffer.borrow_mut();
        match stream.try_read(&mut buffer) {
            Ok(0) => Ok(false),
            Ok(got) => {
                pending.extend_from_slice(&buffer[..got]);
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets a socket receive what comes in a room, and tells its last seq.
    pub fn join(&self, room: &RoomKey, socket: &Rc<Socket>) -> Result<u64> {
        let mut rooms = self.rooms.borrow_mut();
        let room = rooms.get_mut(room).ok_or_else(|| fail("no such room"))?;
        room.sockets.push(Rc::clone(socket));
        Ok(room.last_seq)
    }

    /// Passes a message on. `body` is JSON text without its quotes, as it came.
    pub fn post(&self, room_key: RoomKey, author: &str, nonce: &[u8], body: &[u8]) -> Result<(u64, String)> {
        let mut rooms = self.rooms.borrow_mut();
        let room = rooms.get_mut(&room_key).ok_or_else(|| fail("no such room"))?;
        room.last_seq += 1;
        let (seq, at) = (room.last_seq, self.now());
        let mut json = self.scratch.borrow_mut();
        json.clear();
        json.extend_from_slice(b"{\"ev\":\"message\",\"room\":\"");
        json.extend_from_slice(&room_key);
        let place = format!("\"seq\":{seq},\"n\":{seq},\"id\":\"{}\",\"at\":\"{at}\"", Uuid::from_u64_pair(0x0193_9c5e_7a00_7000, seq));
        json.extend_from_slice(b"\",");
        json.extend_from_slice(place.as_bytes());
        json.extend_from_slice(b",\"author\":");
        json.extend_from_slice(author.as_bytes());
        json.extend_from_slice(b",\"kind\":\"chat\",\"body\":\"");
        json.extend_from_slice(body);
        json.extend_from_slice(b"\",\"nonce\":\"");
        json.extend_from_slice(nonce);
        json.extend_from_slice(b"\"}");
        if room.fresh.is_empty() {
            self.changed.borrow_mut().push(room_key);
            self.wake.notify_one();
        }
        frame::push(&mut room.fresh, frame::TEXT, &json);
        Ok((seq, place))
    }

    /// Queues an answer, to leave together with what else there is for the socket.
    pub fn answer(&self, socket: &Rc<Socket>, frames: Vec<u8>) {
        socket.queue.borrow_mut().push_back(frames.into());
        self.answered.borrow_mut().push(Rc::clone(socket));
        self.wake.notify_one();
    }

    /// Writes what has gathered while other tasks ran.
    pub async fn deliver(self: Rc<Self>) {
        loop {
            self.wake.notified().await;
            let changed = self.changed.take();
            for key in changed {
                let mut rooms = self.rooms.borrow_mut();
                let Some(room) = rooms.get_mut(&key) else { continue };
                let fresh = Bytes::from(std::mem::take(&mut room.fresh));
                room.sockets.retain(|socket| !socket.closed.get());
                for socket in &room.sockets {
                    socket.send(&fresh);
                }
            }
            for socket in self.answered.take() {
                socket.flush();
            }
        }
    }

    fn now(&self) -> String {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let mut clock = self.clock.borrow_mut();
        if clock.0 != millis {
            *clock = (millis, Timestamp::from_millis(i64::try_from(millis).unwrap_or_default()).to_string());
        }
        clock.1.clone()
    }
}

impl Socket {
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, queue: RefCell::default(), waits: Cell::new(false), closed: Cell::new(false) }
    }

    fn send(self: &Rc<Self>, frames: &Bytes) {
        // Nearly always nothing waits, and the shared bytes go straight to the kernel.
        if !self.queue.borrow().is_empty() {
            self.queue.borrow_mut().push_back(frames.clone());
            return self.flush();
        }
        match self.stream.try_write(frames) {
            Ok(sent) if sent == frames.len() => {}
            Ok(sent) => self.wait_with(frames.slice(sent..)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait_with(frames.clone()),
            Err(_) => self.closed.set(true),
        }
    }

    fn wait_with(self: &Rc<Self>, rest: Bytes) {
        self.queue.borrow_mut().push_back(rest);
        self.wait();
    }

    /// Writes the queue at once.
    fn flush(self: &Rc<Self>) {
        let mut queue = self.queue.borrow_mut();
        while !queue.is_empty() && !self.closed.get() {
            let slices: Vec<_> = queue.iter().take(64).map(|bytes| IoSlice::new(bytes)).collect();
            match self.stream.try_write_vectored(&slices) {
                Ok(mut sent) => {
                    while let Some(front) = queue.front_mut().filter(|_| sent > 0) {
                        let part = sent.min(front.len());
                        front.advance(part);
                        sent -= part;
                        if front.is_empty() {
                            queue.pop_front();
                        }
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return self.wait(),
                Err(_) => self.closed.set(true),
            }
        }
    }

    /// Goes on writing as soon as the kernel takes more.
    fn wait(self: &Rc<Self>) {
        if self.waits.replace(true) {
            return;
        }
        let socket = Rc::clone(self);
        spawn_local(async move {
            let writable = socket.stream.writable().await;
            socket.waits.set(false);
            match writable {
                Ok(()) => socket.flush(),
                Err(_) => socket.closed.set(true),
            }
        });
    }
}

fn key(id: Uuid) -> RoomKey {
    let mut key = [0; 36];
    id.hyphenated().encode_lower(&mut key);
    key
}

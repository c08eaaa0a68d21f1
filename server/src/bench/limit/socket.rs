//! The receiving half of a connection: finds in a request what passing it on needs.

use std::rc::Rc;

use memchr::memmem;
use stoa_domain::id::UserId;
use stoa_domain::time::Timestamp;
use tokio::net::TcpStream;

use super::super::failure::{Result, fail};
use super::super::frame;
use super::hub::{Hub, RoomKey, Socket};

/// Serves a socket until it ends.
pub async fn serve(hub: Rc<Hub>, stream: TcpStream, person: String, mut pending: Vec<u8>) -> Result<()> {
    let id = UserId::new(Timestamp::default(), [7; 10]);
    let author = format!(r#"{{"id":"{id}","name":"{person}","display_name":"{person}"}}"#).into_boxed_str();
    drop(person);
    let socket = Rc::new(Socket::new(stream));
    let served = requests(&hub, &socket, &author, &mut pending).await;
    socket.closed.set(true);
    served
}

async fn requests(hub: &Hub, socket: &Rc<Socket>, author: &str, pending: &mut Vec<u8>) -> Result<()> {
    loop {
        let mut answers = Vec::new();
        let mut done = 0;
        while let Some(head) = frame::head(&pending[done..])? {
            let payload = &mut pending[done + head.start..done + head.end];
            if let Some(mask) = head.mask.filter(|mask| *mask != [0; 4]) {
                payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
            }
            match head.opcode {
                frame::TEXT => request(hub, socket, author, payload, &mut answers)?,
                frame::PING => frame::push(&mut answers, frame::PONG, payload),
                frame::CLOSE => return Ok(()),
                _ => {}
            }
            done += head.end;
        }
        pending.drain(..done);
        // Most sockets only listen: they keep nothing.
        if pending.is_empty() && pending.capacity() > 0 && answers.is_empty() {
            *pending = Vec::new();
        }
        if !answers.is_empty() {
            hub.answer(socket, answers);
        }
        socket.stream.readable().await?;
        if !hub.read(&socket.stream, pending)? {
            return Ok(());
        }
    }
}

fn request(hub: &Hub, socket: &Rc<Socket>, author: &str, json: &[u8], answers: &mut Vec<u8>) -> Result<()> {
    let id = json.strip_prefix(b"{\"id\":").and_then(|rest| rest.split(|byte| *byte == b',').next());
    let id = std::str::from_utf8(id.unwrap_or(b"0"))?;
    let answer = if has(json, b"\"op\":\"post\"") {
        // The generator writes the body last.
        let body = after(json, b"\"body\":\"").and_then(|body| body.strip_suffix(b"\"}")).ok_or_else(|| fail("a post without body"))?;
        let nonce = after(json, b"\"nonce\":\"").and_then(<[u8]>::first_chunk::<36>).ok_or_else(|| fail("a post without nonce"))?;
        let (_, place) = hub.post(room(json)?, author, nonce, body)?;
        format!(r#"{{"re":{id},"ok":{{{place}}}}}"#)
    } else if has(json, b"\"op\":\"join\"") {
        let room = room(json)?;
        let last_seq = hub.join(&room, socket)?;
        format!(r#"{{"re":{id},"ok":{{"rooms":[{{"room":"{}","last_seq":{last_seq}}}]}}}}"#, String::from_utf8_lossy(&room))
    } else {
        format!(r#"{{"re":{id},"ok":{{}}}}"#)
    };
    frame::push(answers, frame::TEXT, answer.as_bytes());
    Ok(())
}

fn has(json: &[u8], what: &[u8]) -> bool {
    memmem::find(json, what).is_some()
}

fn after<'a>(json: &'a [u8], what: &[u8]) -> Option<&'a [u8]> {
    memmem::find(json, what).map(|at| &json[at + what.len()..])
}

fn room(json: &[u8]) -> Result<RoomKey> {
    after(json, b"\"room\":\"").and_then(<[u8]>::first_chunk).copied().ok_or_else(|| fail("a request without room"))
}

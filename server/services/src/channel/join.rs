//! Joining rooms: what a client missed, then the live events, nothing between.

use std::collections::HashSet;

use stoa_domain::id::{RoomId, Seq};
use stoa_domain::message::CHUNK_LIMIT;
use stoa_domain::wire::channel::{JoinRoom, Joined, JoinedRoom, OpenRoom, People, Signal};
use stoa_domain::wire::message::{Message, RoomEvent};
use stoa_domain::wire::problem::Problem;
use stoa_store::{FollowRow, Head};

use super::connection::Connection;
use crate::access::room_info;
use crate::{Result, StoreProblem};

/// What an answer shows of the stream.
enum Content {
    Events(Vec<RoomEvent>),
    Messages { messages: Vec<Message>, from_seq: Seq, truncated: bool },
}

/// Bytes of text after which an answer takes in no further room: all of it waits for its client in
/// memory, and may be read from the database again.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Seconds until a place on the socket may be free: it depends on the client alone.
const ROOM_AGAIN: u32 = 60;

fn too_many_rooms(most: usize) -> Problem {
    Problem::too_many().detail(format!("At most {most} rooms per connection.")).retry_after(ROOM_AGAIN)
}

fn answered_enough() -> Problem {
    Problem::too_many().detail(format!("One answer carries about {ANSWER_BYTES} bytes: join this room again.")).retry_after(1)
}

/// About how many bytes a room's content takes; what surrounds the texts only roughly.
fn weight(open: &OpenRoom) -> usize {
    const AROUND: usize = 256;
    let text = |subject: Option<&String>, body: Option<&String>| AROUND + subject.map_or(0, String::len) + body.map_or(0, String::len);
    let message = |message: &Message| text(message.subject.as_ref(), message.body.as_ref());
    let event = |event: &RoomEvent| match event {
        RoomEvent::Message { message: of, .. } => message(of),
        RoomEvent::Edited { subject, body, .. } => text(subject.as_ref(), body.as_ref()),
        RoomEvent::Cleared { of, text, .. } => AROUND + text.as_ref().map_or(0, String::len) + of.len() * 16,
        RoomEvent::Deleted { .. } | RoomEvent::Reaction { .. } | RoomEvent::Checked { .. } | RoomEvent::Notice { .. } => AROUND,
    };
    open.messages.iter().flatten().map(message).sum::<usize>() + open.events.iter().flatten().map(event).sum::<usize>()
}

/// How often a read is repeated because the room went on too fast.
const TRIES: usize = 3;

impl Connection {
    pub(super) async fn join(&self, rooms: Vec<JoinRoom>) -> Result<Joined> {
        let most = self.core.access.settings().rooms_per_socket as usize;
        if rooms.len() > most {
            return Err(too_many_rooms(most));
        }
        let mut named = HashSet::with_capacity(rooms.len());
        if !rooms.iter().all(|wanted| named.insert(wanted.room)) {
            return Err(Problem::invalid().field("/rooms", "repeated", "A join names each room once."));
        }
        let mut answers = Vec::with_capacity(rooms.len());
        let mut bytes = 0;
        for wanted in rooms {
            let room = wanted.room;
            // One room is always answered, so that whoever asks again gets on.
            let answer = if bytes > ANSWER_BYTES { Err(answered_enough()) } else { self.join_one(wanted).await };
            answers.push(match answer {
                Ok(open) => {
                    bytes += weight(&open);
                    JoinedRoom::Ok(Box::new(open))
                }
                Err(error) => JoinedRoom::Error { room, error },
            });
        }
        Ok(Joined { rooms: answers })
    }

    async fn join_one(&self, wanted: JoinRoom) -> Result<OpenRoom> {
        let (core, user, room) = (&self.core, self.socket.user, wanted.room);
        core.access.enter(user, room)?;
        let settings = core.access.settings();
        if !core.hub.is_in(&self.socket, room) && core.hub.joined(&self.socket) >= settings.rooms_per_socket as usize {
            return Err(too_many_rooms(settings.rooms_per_socket as usize));
        }
        if wanted.after_seq.is_some_and(|seq| seq < 0) {
            return Err(Problem::invalid().field("/after_seq", "out-of-range", "A seq isn't negative."));
        }
        let mut follow = core.store.follow(user, room).await.or_problem()?;
        let followed = follow.following;
        if !followed {
            core.store.set_following(user, &[room], true).await.or_problem()?;
            core.hub.tell(user, Some(self.socket.id), &Signal::Followed { room });
            // Who comes for the first time has read all that was there; who comes back has not.
            follow = core.store.follow(user, room).await.or_problem()?;
        }
        let _warmed = core.hub.warm(room);
        for _ in 0..TRIES {
            let (head, content) = self.content(&wanted, followed).await?;
            // Decided again after the read, on the newest snapshot, before anything is given out.
            let (snapshot, decision) = core.access.enter(user, room)?;
            let Some(known) = snapshot.room(room) else { return Err(Problem::room_not_found()) };
            if let Some((people, passage)) = core.hub.subscribe(&self.socket, room, head, settings.participant_limit, &snapshot) {
                core.record_passage(passage);
                // A change of access between the decision and the subscription was not seen by
                // the recheck, which only looks at subscribers: so look once more.
                if let Err(refusal) = core.access.enter(user, room) {
                    core.record_passage(core.hub.unsubscribe(&self.socket, room));
                    return Err(refusal);
                }
                return Ok(open_room(room, room_info(&snapshot, known, decision), people, head, &follow, content));
            }
        }
        Err(Problem::unavailable().detail("The room goes on too fast to join it right now.").retry_after(1))
    }

    /// The head that the answer ends at, and what it shows up to there.
    async fn content(&self, wanted: &JoinRoom, followed: bool) -> Result<(Head, Content)> {
        let (core, user, room) = (&self.core, self.socket.user, wanted.room);
        // Events hold what isn't kept: that is for who was away for a moment, not for who comes anew.
        if let Some(after) = wanted.after_seq.filter(|_| followed) {
            if let Some(recent) =
                core.hub.recent(room, after, core.environment.now()).filter(|recent| after <= recent.head.seq && recent.events.len() <= CHUNK_LIMIT as usize)
            {
                return Ok((recent.head, Content::Events(recent.events.iter().map(|event| RoomEvent::clone(event)).collect())));
            }
            let head = core.store.heads(&[room]).await.or_problem()?.pop().ok_or_else(Problem::room_not_found)?;
            if (0..=i64::from(CHUNK_LIMIT)).contains(&(head.seq - after)) {
                let events = core.store.events_after(room, after, CHUNK_LIMIT).await.or_problem()?;
                let head = events.last().map_or(head, |last| Head { room, seq: last.seq(), n: last.n() });
                return Ok((head, Content::Events(events)));
            }
        }
        let limit = wanted.limit.unwrap_or(core.access.settings().history_chunk).clamp(1, CHUNK_LIMIT);
        let (head, history) = core.store.latest(room, limit, user).await.or_problem()?;
        Ok((head, Content::Messages { messages: history.messages, from_seq: history.from_seq, truncated: wanted.after_seq.is_some() }))
    }
}

fn open_room(room: RoomId, description: stoa_domain::wire::room::RoomInfo, people: People, head: Head, follow: &FollowRow, content: Content) -> OpenRoom {
    let (events, messages, from_seq, truncated) = match content {
        Content::Events(events) => (Some(events), None, None, false),
        Content::Messages { messages, from_seq, truncated } => (None, Some(messages), Some(from_seq), truncated),
    };
    OpenRoom { room, description, people, last_seq: head.seq, last_n: head.n, read_seq: follow.read_seq, events, messages, from_seq, truncated }
}

//! Joining rooms: what a client missed, then the live events, nothing between.

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

/// How often a read is repeated because the room went on too fast.
const TRIES: usize = 3;

impl Connection {
    pub(super) async fn join(&self, rooms: Vec<JoinRoom>) -> Result<Joined> {
        let most = self.core.access.settings().rooms_per_socket as usize;
        if rooms.len() > most {
            return Err(Problem::too_many().detail(format!("At most {most} rooms per connection.")));
        }
        let mut answers = Vec::with_capacity(rooms.len());
        for wanted in rooms {
            let room = wanted.room;
            answers.push(match self.join_one(wanted).await {
                Ok(open) => JoinedRoom::Ok(Box::new(open)),
                Err(error) => {
                    self.core.hub.cool(room);
                    JoinedRoom::Error { room, error }
                }
            });
        }
        Ok(Joined { rooms: answers })
    }

    async fn join_one(&self, wanted: JoinRoom) -> Result<OpenRoom> {
        let (core, user, room) = (&self.core, self.socket.user, wanted.room);
        core.access.enter(user, room)?;
        let settings = core.access.settings();
        if !core.hub.is_in(&self.socket, room) && core.hub.joined(&self.socket) >= settings.rooms_per_socket as usize {
            return Err(Problem::too_many().detail(format!("At most {} rooms per connection.", settings.rooms_per_socket)));
        }
        let follow = core.store.follow(user, room).await.or_problem()?;
        if !follow.following {
            core.store.set_following(user, &[room], true).await.or_problem()?;
            core.hub.tell(user, Some(self.socket.id), &Signal::Followed { room });
        }
        core.hub.warm(room);
        for _ in 0..TRIES {
            let (head, content) = self.content(&wanted).await?;
            // Decided again after the read, on the newest snapshot, before anything is given out.
            let (snapshot, decision) = core.access.enter(user, room)?;
            let Some(known) = snapshot.rooms.get(&room) else { return Err(Problem::room_not_found()) };
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
    async fn content(&self, wanted: &JoinRoom) -> Result<(Head, Content)> {
        let (core, user, room) = (&self.core, self.socket.user, wanted.room);
        if let Some(after) = wanted.after_seq {
            if let Some(recent) = core.hub.recent(room, after).filter(|recent| after <= recent.head.seq && recent.events.len() <= CHUNK_LIMIT as usize) {
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
    // Who follows from now on has read all that was there.
    let read_seq = if follow.following { follow.read_seq } else { follow.read_seq.max(head.seq) };
    OpenRoom { room, description, people, last_seq: head.seq, last_n: head.n, read_seq, events, messages, from_seq, truncated }
}

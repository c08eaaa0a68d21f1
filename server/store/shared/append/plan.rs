//! Places the items of a batch one after the other, each seeing what those before it did.

use std::collections::{HashMap, HashSet};

use stoa_domain::id::{FileId, UserId};
use stoa_domain::time::Timestamp;
use stoa_store::{Append, Appended, Appending, Refused};

use super::{Content, Event, MessageKey, NonceKey, Offered, ReactionKey, RoomHead, Target, kind};

type RoomHeads = HashMap<stoa_domain::id::RoomId, RoomHead>;

pub struct Plan {
    pub(super) heads: RoomHeads,
    known: HashMap<NonceKey, (Appended, Content)>,
    pub(super) targets: HashMap<MessageKey, Target>,
    /// The reactions that are there before the batch.
    pub(super) had: HashSet<ReactionKey>,
    offered: HashMap<FileId, Offered>,

    pub(super) events: Vec<Event>,
    /// Which body a message has now, and since when.
    pub(super) edits: HashMap<MessageKey, (i64, Timestamp)>,
    pub(super) deletions: HashMap<MessageKey, (UserId, Timestamp)>,
    /// The event by which a reaction came, or none where it went.
    pub(super) reactions: HashMap<ReactionKey, Option<i64>>,
    /// Messages that aren't kept and came or changed, and when they did come.
    pub(super) passing: HashMap<MessageKey, Timestamp>,
    /// The files that have a message now: it, and the place in it.
    pub(super) files: Vec<(FileId, i64, i64)>,
}

impl Plan {
    pub(super) fn new(
        heads: RoomHeads,
        known: HashMap<NonceKey, (Appended, Content)>,
        targets: HashMap<MessageKey, Target>,
        had: HashSet<ReactionKey>,
        offered: HashMap<FileId, Offered>,
    ) -> Self {
        let (events, edits, deletions, reactions, passing, files) = Default::default();
        Self { heads, known, targets, had, offered, events, edits, deletions, reactions, passing, files }
    }

    pub fn place(&mut self, item: &Append) -> Result<Appended, Refused> {
        if !self.heads.contains_key(&item.room) {
            return Err(Refused::NoRoom);
        }
        let key = |of| (item.room, of);
        let target = match &item.what {
            Appending::Edit { of, .. } | Appending::Delete { of, .. } | Appending::React { of, .. } => self.targets.get(&key(*of)),
            Appending::Message { .. } | Appending::Notice { .. } => None,
        };
        let content = Content::of_item(&item.what, target);
        if let Some((place, earlier)) = item.nonce.and_then(|nonce| self.known.get(&(item.room, item.author, nonce))) {
            return if content.repeats(earlier) { Ok(*place) } else { Err(Refused::NonceReused) };
        }
        match &item.what {
            Appending::Message { mentions, reply_to, files, withheld, .. } => {
                if reply_to.is_some_and(|seq| !self.targets.contains_key(&key(seq))) {
                    return Err(Refused::NoMessage);
                }
                self.take(item, files)?;
                let place = self.message(item, content, mentions, *withheld);
                self.files.extend(files.iter().zip(0..).map(|(file, position)| (*file, place.seq, position)));
                Ok(place)
            }
            Appending::Edit { of, mentions, not_before, .. } => self.edit(item, content, *of, mentions, *not_before),
            Appending::Delete { of, as_manager } => {
                let target = self.targets.get_mut(&key(*of)).filter(|target| !target.gone).ok_or(Refused::NoMessage)?;
                if target.author != item.author && !as_manager {
                    return Err(Refused::NotYours);
                }
                target.gone = true;
                target.mentions.clear();
                self.deletions.insert(key(*of), (item.author, item.at));
                Ok(self.push(item, content, Vec::new(), false))
            }
            Appending::React { of, on, .. } => self.react(item, content, *of, *on),
            Appending::Notice { .. } => Ok(self.push(item, content, Vec::new(), false)),
        }
    }

    /// Each of them goes into one message only.
    fn take(&mut self, item: &Append, files: &[FileId]) -> Result<(), Refused> {
        let own = |file: &FileId| self.offered.get(file).filter(|offered| (offered.room, offered.uploader) == (item.room, item.author));
        // Found between the post's check and here.
        if files.iter().filter_map(own).any(|offered| offered.quarantined) {
            return Err(Refused::Withheld);
        }
        if !files.iter().all(|file| own(file).is_some_and(|offered| offered.free)) || once_each(files).len() < files.len() {
            return Err(Refused::NoFile);
        }
        for file in files {
            if let Some(offered) = self.offered.get_mut(file) {
                offered.free = false;
            }
        }
        Ok(())
    }

    fn message(&mut self, item: &Append, content: Content, mentions: &[UserId], withheld: bool) -> Appended {
        let mentions = once(mentions);
        let kind = content.kind;
        let place = self.push(item, content, mentions.clone(), withheld);
        if withheld {
            self.passing.insert((item.room, place.seq), place.at);
        }
        let target = Target { place, kind, author: item.author, gone: false, replaced: false, mentioned: Vec::new(), mentions };
        self.targets.insert((item.room, place.seq), target);
        place
    }

    fn edit(&mut self, item: &Append, content: Content, of: i64, mentions: &[UserId], not_before: Timestamp) -> Result<Appended, Refused> {
        let target = self.targets.get_mut(&(item.room, of)).filter(|target| !target.gone).ok_or(Refused::NoMessage)?;
        if target.author != item.author {
            return Err(Refused::NotYours);
        }
        if target.replaced {
            return Err(Refused::Replaced);
        }
        if target.place.at < not_before {
            return Err(Refused::TooLate);
        }
        let mentions = once(mentions);
        target.mentions.clone_from(&mentions);
        let message = target.place;
        let place = self.push(item, content, mentions, message.withheld);
        if message.withheld {
            self.passing.insert((item.room, of), message.at);
        }
        self.edits.insert((item.room, of), (place.seq, item.at));
        Ok(place)
    }

    fn react(&mut self, item: &Append, content: Content, of: i64, on: bool) -> Result<Appended, Refused> {
        let target = self.targets.get(&(item.room, of)).filter(|target| !target.gone).ok_or(Refused::NoMessage)?;
        let unchanged = Appended { new: false, ..target.place };
        let key = (item.room, of, content.body.clone().unwrap_or_default(), item.author);
        let is_on = self.reactions.get(&key).map_or_else(|| self.had.contains(&key), Option::is_some);
        if is_on == on {
            return Ok(unchanged);
        }
        let place = self.push(item, content, Vec::new(), false);
        self.reactions.insert(key, on.then_some(place.seq));
        Ok(place)
    }

    /// Gives the next seq. The head is there: [`Plan::place`] began with that.
    fn push(&mut self, item: &Append, content: Content, mentions: Vec<UserId>, withheld: bool) -> Appended {
        let head = self.heads.entry(item.room).or_insert(RoomHead { from: 0, seq: 0, n: 0, last_post_at: None });
        head.seq += 1;
        if content.kind <= kind::STORY {
            head.n += 1;
            head.last_post_at = head.last_post_at.max(Some(item.at));
        }
        let place = Appended { seq: head.seq, n: head.n, id: item.id, at: item.at, new: true, withheld };
        if let Some(nonce) = item.nonce {
            self.known.insert((item.room, item.author, nonce), (Appended { new: false, ..place }, content.clone()));
        }
        let (room, author, nonce, access_version) = (item.room, item.author, item.nonce, item.access_version);
        self.events.push(Event { room, place, author, nonce, access_version, content, mentions });
        place
    }
}

fn once_each(files: &[FileId]) -> HashSet<FileId> {
    files.iter().copied().collect()
}

fn once(users: &[UserId]) -> Vec<UserId> {
    let mut seen = HashSet::new();
    users.iter().copied().filter(|user| seen.insert(*user)).collect()
}

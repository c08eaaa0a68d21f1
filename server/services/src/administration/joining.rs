use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use stoa_domain::access::{ListOwner, Snapshot};
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::room::RoomList;
use stoa_domain::wire::channel::Signal;
use stoa_domain::wire::joining::{AnswerJoinRequest, JOIN_TEXT_LIMIT, JoinAnswer, JoinRequest, NewJoinRequest, WaitingRequests};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::{Audit, JoinAnswered, JoinRequestRow, JoinRequests, StoreError};

use super::Lists;
use super::carry::Seen;
use super::lists::plans;
use super::plan::{Given, Plan, Step};
use crate::access::{person, refused, room_info};
use crate::audit::is_own;
use crate::paging::{Keyed, paginate};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// Requests of one person that may wait at the same time.
const WAITING_LIMIT: usize = 100;

/// Asking to join closed rooms, and the answers.
pub struct Joining {
    core: Arc<Core>,
    lists: Lists,
}

/// A text that goes with a request or an answer.
fn check(field: &'static str, text: &str) -> Result<String> {
    if text.chars().count() > JOIN_TEXT_LIMIT {
        return Err(Problem::invalid().field(field, "too-long", format!("At most {JOIN_TEXT_LIMIT} characters.")));
    }
    super::check_text(field, text)
}

/// Whether it still waits: who lost the right to find the room, or came in otherwise, asks no more.
fn waits(snapshot: &Snapshot, row: &JoinRequestRow) -> bool {
    row.answered.is_none() && snapshot.decide(row.user, row.room).rights.ask
}

fn shown(snapshot: &Snapshot, row: JoinRequestRow) -> Option<JoinRequest> {
    let room = room_info(snapshot, snapshot.room(row.room)?, snapshot.decide(row.user, row.room));
    let mut request = JoinRequest {
        room: row.room,
        name: room.name,
        path: room.path,
        person: person(snapshot, row.user),
        at: row.at,
        text: row.text,
        answer: None,
        answered_by: None,
        answered_at: None,
        note: String::new(),
    };
    if let Some(answered) = row.answered {
        request.answer = Some(answered.answer);
        request.answered_by = answered.by.map(|by| person(snapshot, by));
        request.answered_at = Some(answered.at);
        request.note = answered.note;
    }
    Some(request)
}

/// A page of requests, the oldest first.
fn paged(list: &str, snapshot: &Snapshot, rows: Vec<JoinRequestRow>, page: &PageQuery) -> Result<Page<JoinRequest>> {
    let keyed = rows.into_iter().filter_map(|row| {
        let key = format!("{:020} {} {}", row.at.micros(), row.room, row.user);
        Some(Keyed { key, item: shown(snapshot, row)? })
    });
    paginate(list, keyed.collect(), page)
}

impl Joining {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { lists: Lists::new(Arc::clone(&core)), core }
    }

    /// Asks to join. Asked again while it waits, the new text takes the place of the old one.
    ///
    /// # Errors
    /// 404, 403 to who is kept out, 422, 409 to who may enter anyhow, 429.
    pub async fn ask(&self, caller: &Caller, room: RoomId, new: NewJoinRequest) -> Result<JoinRequest> {
        self.core.take(&self.core.hub.bucket(caller.user))?;
        let (snapshot, decision) = self.core.access.room(caller.user, room)?;
        if !decision.rights.ask && !decision.rights.enter {
            return Err(refused(decision));
        }
        let text = check("/text", &new.text)?;
        if decision.rights.enter {
            return Err(Problem::conflict().detail("You may enter this room as it is."));
        }
        let mine = self.core.store.join_requests(JoinRequests::By(caller.user)).await.or_problem()?;
        let before = mine.iter().find(|row| row.room == room && row.answered.is_none());
        if before.is_none() && mine.iter().filter(|row| waits(&snapshot, row)).count() >= WAITING_LIMIT {
            return Err(Problem::too_many().detail(format!("At most {WAITING_LIMIT} requests wait at the same time.")).retry_after(3600));
        }
        let at = before.map_or_else(|| self.core.environment.now(), |row| row.at);
        let row = JoinRequestRow { room, user: caller.user, text, at, access_version: snapshot.version, answered: None };
        if !self.core.store.ask_to_join(&row).await.or_problem()? {
            tell_waiting(&self.core, room).await.or_problem()?;
        }
        shown(&snapshot, row).ok_or_else(Problem::room_not_found)
    }

    /// What is asked of a caller whose request is bad: that he may ask here.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_ask(&self, caller: &Caller, room: RoomId) -> Result<()> {
        let (_, decision) = self.core.access.room(caller.user, room)?;
        if decision.rights.ask || decision.rights.enter { Ok(()) } else { Err(refused(decision)) }
    }

    /// Takes back one's own request, or puts its answer aside.
    ///
    /// # Errors
    /// 404 also where there is none.
    pub async fn withdraw(&self, caller: &Caller, room: RoomId) -> Result<()> {
        self.core.access.room(caller.user, room)?;
        if !self.core.store.withdraw_request(room, caller.user).await.or_problem()? {
            return Err(Problem::not_found());
        }
        tell_waiting(&self.core, room).await.or_problem()
    }

    /// What waits in a room.
    ///
    /// # Errors
    /// 404, 403 to who neither manages the room nor sees it in the console.
    pub async fn of_room(&self, caller: &Caller, room: RoomId, page: &PageQuery) -> Result<Page<JoinRequest>> {
        let (snapshot, decision) = self.core.access.room(caller.user, room)?;
        if !decision.rights.see_in_console {
            return Err(Problem::forbidden().detail("Only those who manage a room see who asked to join it."));
        }
        let rows = self.core.store.join_requests(JoinRequests::Of(room)).await.or_problem()?;
        let page = paged(&format!("requests {room}"), &snapshot, rows.into_iter().filter(|row| waits(&snapshot, row)).collect(), page)?;
        if !is_own(&snapshot, caller.user, ListOwner::Room(room, RoomList::Managers)) {
            self.core.looked(caller, "request.look", format!("room:{room}/join-requests"));
        }
        Ok(page)
    }

    /// What waits in all rooms that the caller manages.
    ///
    /// # Errors
    /// 400 for a cursor that is made up.
    pub async fn waiting(&self, caller: &Caller, page: &PageQuery) -> Result<WaitingRequests> {
        let snapshot = self.core.access.vouched()?;
        let rows = self.core.store.join_requests(JoinRequests::Waiting).await.or_problem()?;
        let mut managed: BTreeMap<RoomId, bool> = BTreeMap::new();
        let mut manages = |room| *managed.entry(room).or_insert_with(|| snapshot.decide(caller.user, room).rights.manage);
        let rows: Vec<_> = rows.into_iter().filter(|row| manages(row.room) && waits(&snapshot, row)).collect();
        let waiting = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let Page { items, next } = paged("requests", &snapshot, rows, page)?;
        Ok(WaitingRequests { items, next, waiting })
    }

    /// What the caller has asked for, with the answers that he hasn't put aside.
    ///
    /// # Errors
    /// 400 for a cursor that is made up.
    pub async fn mine(&self, caller: &Caller, page: &PageQuery) -> Result<Page<JoinRequest>> {
        let snapshot = self.core.access.vouched()?;
        let rows = self.core.store.join_requests(JoinRequests::By(caller.user)).await.or_problem()?;
        let stands = |row: &JoinRequestRow| {
            let rights = snapshot.decide(row.user, row.room).rights;
            match row.answered.as_ref().map(|answered| answered.answer) {
                None => rights.ask,
                Some(JoinAnswer::Yes) => rights.enter,
                // Who came in otherwise doesn't need to hear it.
                Some(JoinAnswer::No) => rights.ask,
            }
        };
        paged("my requests", &snapshot, rows.into_iter().filter(stands).collect(), page)
    }

    /// What is asked of a caller whose request is bad: that he manages the room.
    ///
    /// # Errors
    /// 404, 403.
    pub async fn may_answer(&self, caller: &Caller, room: RoomId) -> Result<()> {
        self.lists.may_change(caller, ListOwner::Room(room, RoomList::Members)).await.map(drop)
    }

    /// Answers a request; with yes the person gets an entry of the room's own members, and follows it.
    ///
    /// # Errors
    /// 404 also where that person doesn't wait, 403, 422.
    pub async fn answer(&self, caller: &Caller, room: RoomId, user: UserId, answer: AnswerJoinRequest) -> Result<JoinRequest> {
        self.may_answer(caller, room).await?;
        self.core.access.refresh().await.or_problem()?;
        let snapshot = self.core.access.vouched()?;
        let waiting = self.core.store.join_requests(JoinRequests::Of(room)).await.or_problem()?;
        let row = waiting.into_iter().find(|row| row.user == user && waits(&snapshot, row)).ok_or_else(nobody_asks)?;
        let note = check("/note", &answer.note)?;
        let now = self.core.environment.now();
        let yes = answer.answer == JoinAnswer::Yes;
        if answer.until.is_some_and(|until| !yes || until <= now) {
            return Err(Problem::invalid().field("/until", "out-of-range", "With yes, a moment to come."));
        }
        let answered = JoinAnswered { answer: answer.answer, by: Some(caller.user), at: now, note };
        let may = |given: &Given<'_>| plans::may(given, ListOwner::Room(room, RoomList::Members), true);
        let make = |given: &Given<'_>| {
            if yes {
                return plans::admit(given, room, user, answer.until, answered.clone());
            }
            let audit = Audit {
                action: "room.turn_away",
                object: format!("room:{room}/join-requests"),
                before: serde_json::json!({ "user": user, "text": row.text }),
                after: serde_json::json!({ "answer": answered.answer, "note": answered.note }),
            };
            Ok(Plan { steps: vec![Step::Answer(room, user, answered.clone())], audit })
        };
        self.core.carry_out(caller, Seen::Any, may, make).await?;
        if yes {
            self.core.hub.look_again();
            self.begin_to_follow(user, room).await;
        }
        if let Err(error) = tell_waiting(&self.core, room).await {
            tracing::warn!(%error, "how many requests wait isn't told");
        }
        let shown = shown(&snapshot, JoinRequestRow { answered: Some(answered), ..row }).ok_or_else(Problem::room_not_found)?;
        self.core.hub.tell(user, None, &Signal::Answered(Box::new(shown.clone())));
        Ok(shown)
    }

    /// The membership stands; what fails from here on the person does himself, led by the answer.
    async fn begin_to_follow(&self, user: UserId, room: RoomId) {
        if self.core.access.enter(user, room).is_err() {
            return;
        }
        match self.core.store.set_following(user, &[room], true).await {
            Ok(changed) if changed.is_empty() => {}
            Ok(_) => self.core.hub.tell(user, None, &Signal::Followed { room }),
            Err(error) => tracing::warn!(%error, "who was let in doesn't follow the room yet"),
        }
    }
}

fn nobody_asks() -> Problem {
    Problem::not_found().detail("That person doesn't ask to join this room, or was answered.")
}

/// Tells those who manage a room how many wait there now.
async fn tell_waiting(core: &Core, room: RoomId) -> Result<(), StoreError> {
    let rows = core.store.join_requests(JoinRequests::Of(room)).await?;
    let snapshot = core.access.snapshot();
    let waiting = u32::try_from(rows.iter().filter(|row| waits(&snapshot, row)).count()).unwrap_or(u32::MAX);
    for (index, user) in core.hub.users().into_iter().enumerate() {
        if index % 256 == 255 {
            tokio::task::yield_now().await;
        }
        if snapshot.decide(user, room).rights.manage {
            core.hub.tell(user, None, &Signal::Asked { room, waiting });
        }
    }
    Ok(())
}

/// Takes requests away whose askers lost the right to find the room, or have come in otherwise.
pub(crate) async fn tend(core: Arc<Core>) {
    /// Changes that follow each other are looked at together.
    const PAUSE: Duration = Duration::from_secs(1);
    let mut changes = core.access.changes();
    loop {
        if let Err(error) = forget_done(&core).await {
            tracing::warn!(%error, "requests to join not tended");
        }
        if changes.changed().await.is_err() {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn forget_done(core: &Core) -> Result<(), StoreError> {
    let snapshot = core.access.snapshot();
    let rows = core.store.join_requests(JoinRequests::Waiting).await?;
    let gone: Vec<_> = rows.iter().filter(|row| !waits(&snapshot, row)).map(|row| (row.room, row.user)).collect();
    if core.store.forget_requests(&gone, snapshot.version).await? > 0 {
        for room in gone.iter().map(|(room, _)| *room).collect::<HashSet<_>>() {
            tell_waiting(core, room).await?;
        }
    }
    Ok(())
}

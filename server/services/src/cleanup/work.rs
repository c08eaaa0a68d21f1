//! Carrying queries out, step by step, so that chat doesn't feel it; after a restart from where
//! they were.

use std::sync::Arc;
use std::time::{Duration, Instant};

use stoa_domain::id::RoomId;
use stoa_domain::wire::cleanup::{QueryAction, QueryState};
use stoa_domain::words::Words;
use stoa_store::{Audit, Candidate, ClearedEvent, QueryRow, QueryStep, Stepped, StoreError};
use tokio::sync::{Notify, watch};

use super::changes;
use crate::services::Core;

/// The most messages that one event tells of.
const SLICE: usize = 500;
/// Messages that a query remembers, to show them.
const SAMPLES: usize = 100;
/// When nobody said that there is something to do: another server may have begun it.
const LOOK: Duration = Duration::from_secs(10);
const ERASE: Duration = Duration::from_secs(60);
/// What a legal hold keeps is tried again after this long.
const HELD: Duration = Duration::from_secs(3_600);
/// At least so long between two steps.
const BREATH: Duration = Duration::from_millis(2);

/// What wakes the work, and what it tells.
pub(crate) struct Cleaning {
    pub wake: Notify,
    /// After each query that came to its end.
    pub done: watch::Sender<()>,
}

impl Default for Cleaning {
    fn default() -> Self {
        Self { wake: Notify::new(), done: watch::Sender::new(()) }
    }
}

pub(crate) async fn run(core: Arc<Core>) {
    let mut erased = Instant::now();
    loop {
        let began = Instant::now();
        match round(&core).await {
            // It takes turns with chat: what it took it leaves.
            Ok(true) => tokio::time::sleep(began.elapsed().max(BREATH)).await,
            Ok(false) => {
                let _ = tokio::time::timeout(LOOK, core.cleaning.wake.notified()).await;
            }
            Err(error) => {
                tracing::warn!(%error, "a clean-up of messages waits");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        if erased.elapsed() > ERASE {
            erased = Instant::now();
            if let Err(error) = erase(&core).await {
                tracing::warn!(%error, "erasing waits");
            }
        }
    }
}

/// One step of each query that has something to do, so that a small one needn't wait for a large
/// one. Whether there was any.
async fn round(core: &Core) -> Result<bool, StoreError> {
    let queries = core.store.queries_at_work().await?;
    for query in &queries {
        match query.state {
            QueryState::Running => step(core, query).await?,
            QueryState::Undoing => undo(core, query).await?,
            QueryState::Done | QueryState::Undone | QueryState::Erased => {}
        }
    }
    Ok(!queries.is_empty())
}

fn event(core: &Core, query: &QueryRow) -> Option<ClearedEvent> {
    let author = query.by.user?;
    let (id, at, access_version) = (core.environment.id(), core.environment.now(), core.access.snapshot().version);
    Some(ClearedEvent { id, author, at, access_version, text: query.query.text.clone() })
}

async fn step(core: &Core, query: &QueryRow) -> Result<(), StoreError> {
    let Some(part) = core.store.query_next(query.id).await? else { return finish(core, query).await };
    let looked = core.store.query_look(&part, &query.query).await?;
    let words = query.query.words.as_deref().and_then(Words::of);
    let has_words = |one: &Candidate| words.as_ref().is_none_or(|words| words.are_in([one.subject.as_deref(), one.body.as_deref()].into_iter().flatten()));
    let mut found: Vec<Candidate> = looked.candidates.into_iter().filter(has_words).collect();
    let mut until = looked.until;
    if found.len() > SLICE {
        found.truncate(SLICE);
        until = found.last().map_or(until, |last| last.seq);
    }
    let wanted = SAMPLES.saturating_sub(query.samples.len());
    let samples = if reads(core, query, part.room) { found.iter().take(wanted).map(|one| one.seq).collect() } else { Vec::new() };
    let event = if changes(&query.query) { event(core, query) } else { None };
    let told = event.is_some();
    match core.store.query_step(&QueryStep { part, until, found, samples, event }).await? {
        Stepped::Done(messages) if told && messages > 0 => core.hub.look_again(),
        // Somebody else is at it, or it is looked at anew in the next round.
        Stepped::Done(_) | Stepped::Again | Stepped::Gone => {}
    }
    Ok(())
}

/// Whether who asked may read the room: else nobody needs to see its messages.
fn reads(core: &Core, query: &QueryRow, room: RoomId) -> bool {
    query.by.user.is_some_and(|user| core.access.snapshot().decide(user, room).rights.enter)
}

async fn undo(core: &Core, query: &QueryRow) -> Result<(), StoreError> {
    let event = event(core, query).map(|event| ClearedEvent { text: None, ..event });
    if let Some(event) = event
        && core.store.query_undo(query.id, &event).await?
    {
        core.hub.look_again();
        return Ok(());
    }
    end(core, query, QueryState::Undoing, QueryState::Undone, "messages.undone").await
}

async fn finish(core: &Core, query: &QueryRow) -> Result<(), StoreError> {
    let action = match query.query.action {
        _ if !changes(&query.query) => "messages.found",
        QueryAction::Replace => "messages.replaced",
        QueryAction::Remove | QueryAction::Clear | QueryAction::Find => "messages.removed",
    };
    end(core, query, QueryState::Running, QueryState::Done, action).await
}

/// The record says what came of it.
async fn end(core: &Core, query: &QueryRow, from: QueryState, to: QueryState, action: &'static str) -> Result<(), StoreError> {
    let now = core.environment.now();
    let hid = to == QueryState::Done && changes(&query.query) && query.messages > 0;
    let undo_until = hid.then(|| now.plus(Duration::from_secs(u64::from(core.access.settings().undo_window))));
    let mut unit = core.store.begin(query.by.clone(), now).await?;
    match unit.turn_query(query.id, &[from], to, undo_until).await {
        Ok(()) => {}
        // Somebody else was quicker, or takes it back already.
        Err(StoreError::Stale | StoreError::Missing) => return Ok(()),
        Err(error) => return Err(error),
    }
    let after = serde_json::json!({
        "state": to, "messages": query.messages, "rooms": query.rooms, "authors": query.authors,
        "first_at": query.first_at, "last_at": query.last_at, "undo_until": undo_until,
    });
    unit.commit(Audit { action, object: format!("query:{}", query.id), before: serde_json::json!({ "state": from }), after }).await?;
    if let Err(error) = core.access.refresh().await {
        tracing::warn!(%error, "access not refreshed after a clean-up");
    }
    core.cleaning.done.send_replace(());
    Ok(())
}

/// Erases for good what was hidden and can't be undone any more, and what isn't kept; how many messages.
pub(crate) async fn erase(core: &Core) -> Result<i64, StoreError> {
    let mut erased = 0;
    loop {
        let now = core.environment.now();
        let Some(passed) = core.store.erase_passing(now, now.plus(HELD)).await? else { break };
        erased += passed.erased;
        if passed.held > 0 {
            tracing::info!(room = %passed.room, held = passed.held, "a legal hold keeps messages that history leaves out from being erased");
        }
        tokio::time::sleep(BREATH).await;
    }
    loop {
        let now = core.environment.now();
        let Some(slice) = core.store.query_erase(now, now.plus(HELD)).await? else { return Ok(erased) };
        erased += slice.erased;
        if slice.held > 0 {
            tracing::info!(query = %slice.query, held = slice.held, "a legal hold keeps messages from being erased");
        }
        tokio::time::sleep(BREATH).await;
    }
}

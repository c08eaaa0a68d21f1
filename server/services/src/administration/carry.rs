//! Carrying a plan out: one unit of work with its audit record.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use stoa_domain::access::{ListOwner, Snapshot};
use stoa_domain::id::{AccessVersion, UserId};
use stoa_domain::wire::problem::Problem;
use stoa_store::{Actor, Audit, Object, Unit};
use tokio::sync::OwnedMutexGuard;

use super::plan::{Given, Plan, Step};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// What has to be at the version that the caller saw.
#[derive(Clone, Copy)]
pub(super) enum Seen {
    Object(Object, AccessVersion),
    Account(UserId, AccessVersion),
    List(ListOwner, AccessVersion),
    /// Something that may be changed whatever came before.
    Any,
}

/// A unit of work, in this server's turn to change something. The database lets one at a time in; who
/// waited for that there would hold a connection that the one who is in may need.
pub(crate) struct Turn {
    unit: Box<dyn Unit>,
    _turn: OwnedMutexGuard<()>,
}

impl Deref for Turn {
    type Target = dyn Unit;
    fn deref(&self) -> &Self::Target {
        &*self.unit
    }
}

impl DerefMut for Turn {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut *self.unit
    }
}

impl Core {
    pub(crate) async fn unit(&self, caller: &Caller) -> Result<Turn> {
        self.running()?;
        self.turn(caller.actor()).await
    }

    pub(crate) async fn turn(&self, actor: Actor) -> Result<Turn> {
        let turn = Arc::clone(&self.changing).lock_owned().await;
        let unit = self.store.begin(actor, self.environment.now()).await.or_problem()?;
        Ok(Turn { unit, _turn: turn })
    }

    /// What a plan of the caller's is made from, with the present snapshot.
    pub(super) fn given<T>(&self, caller: &Caller, make: impl FnOnce(&Given<'_>) -> Result<T>) -> Result<T> {
        let snapshot = self.access.vouched()?;
        self.given_on(&snapshot, caller, make)
    }

    pub(super) fn given_on<T>(&self, snapshot: &Snapshot, caller: &Caller, make: impl FnOnce(&Given<'_>) -> Result<T>) -> Result<T> {
        make(&Given { snapshot, user: caller.user, now: self.environment.now(), settings: &self.access.settings() })
    }

    /// Makes a plan and carries it out. The unit's lock is held meanwhile, so that the snapshot is
    /// what the change will follow on: a tree can't become a circle by two changes at once.
    pub(super) async fn carry_out(
        &self,
        caller: &Caller,
        seen: Seen,
        may: impl Fn(&Given<'_>) -> Result<()>,
        make: impl FnOnce(&Given<'_>) -> Result<Plan>,
    ) -> Result<Done> {
        self.given(caller, &may)?;
        // Before the lock, what there is to catch up with; behind it, what came in between.
        self.access.refresh().await.or_problem()?;
        let mut unit = self.unit(caller).await?;
        self.access.refresh().await.or_problem()?;
        self.given(caller, &may)?;
        match seen {
            Seen::Object(object, version) => unit.expect(object, version).await,
            Seen::Account(user, version) => unit.expect_account(user, version).await,
            Seen::List(list, version) => unit.expect_list(list, version).await,
            Seen::Any => Ok(()),
        }
        .or_problem()?;
        let snapshot: Arc<Snapshot> = self.access.snapshot();
        let plan = self.given_on(&snapshot, caller, make)?;
        plan.write(self, caller, &mut *unit).await.or_problem()?;
        let done = self.commit(unit, plan.audit).await?;
        for step in plan.steps {
            if let Step::Invite(list, principals) = step {
                self.news.entered(Arc::clone(&snapshot), list, principals, caller.user);
            }
        }
        Ok(done)
    }

    /// Commits, and brings this server's snapshot up to it. If the database is lost between the
    /// two the change stands all the same, and the poll will find it.
    pub(crate) async fn commit(&self, turn: Turn, audit: Audit) -> Result<Done> {
        let version = turn.unit.commit(audit).await.or_problem()?;
        let refreshed = self.access.refresh().await;
        if let Err(error) = &refreshed {
            tracing::warn!(%error, "access not refreshed after a change");
        }
        Ok(Done { seen: refreshed.is_ok(), version })
    }
}

/// A change that stands.
pub(crate) struct Done {
    /// Whether this server sees it already.
    seen: bool,
    /// The version under which it stands.
    pub(super) version: AccessVersion,
}

impl Done {
    /// What is shown of it. Where it can't be seen yet the caller is told that, rather than that
    /// there is no such thing or that perhaps nothing was changed.
    pub(crate) fn shown<T>(&self, result: Result<T>) -> Result<T> {
        if self.seen {
            return result;
        }
        result.map_err(|_| {
            Problem::unavailable().detail("It is done, but can't be shown: the database was lost right after. Look again in a moment.").retry_after(2)
        })
    }
}

pub(super) mod plans;

use std::sync::Arc;

use stoa_domain::access::{self, Snapshot};
use stoa_domain::id::DomainId;
use stoa_domain::name::name_key;
use stoa_domain::principal::Principal;
use stoa_domain::wire::domain::{ChangeDomain, Domain, NewDomain};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::Object;

use super::carry::{Done, Seen};
use super::groups::plans::{administers, sees};
use super::plan::{Given, Plan};
use super::{Kept, Once, expected};
use crate::paging::{Keyed, paginate};
use crate::services::Core;
use crate::{Caller, Result};

/// Partners.
pub struct Domains {
    core: Arc<Core>,
}

impl Domains {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// By name.
    ///
    /// # Errors
    /// 403, 400 for a cursor that is made up.
    pub fn list(&self, caller: &Caller, q: Option<&str>, page: &PageQuery) -> Result<Page<Domain>> {
        let snapshot = self.core.access.vouched()?;
        if !sees(&snapshot, caller.user) {
            return Err(Problem::forbidden().detail("Only administrators of people see domains."));
        }
        let wanted = q.map(name_key);
        let domains = snapshot.domains().filter_map(|domain| {
            let key = name_key(&domain.name);
            let found = wanted.as_ref().is_none_or(|wanted| key.contains(wanted) || plans::ascii(&domain.name).contains(wanted));
            found.then(|| Keyed { key: format!("{key} {}", domain.id), item: domain })
        });
        let page = paginate("domains", domains.collect(), page)?;
        Ok(Page { items: page.items.into_iter().map(|domain| shown(&snapshot, domain)).collect(), next: page.next })
    }

    /// # Errors
    /// 404 also to who may not know of domains.
    pub fn get(&self, caller: &Caller, id: DomainId) -> Result<Domain> {
        self.core.given(caller, |given| Ok(shown(given.snapshot, plans::seen(given, id)?)))
    }

    /// Whether the caller creates domains.
    ///
    /// # Errors
    /// 403.
    pub fn may_create(&self, caller: &Caller) -> Result<()> {
        self.core.given(caller, administers)
    }

    /// The domain, if the caller may change it: its `ETag` is in it.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_change(&self, caller: &Caller, id: DomainId) -> Result<Domain> {
        self.core.given(caller, |given| Ok(shown(given.snapshot, plans::managed(given, id)?)))
    }

    /// # Errors
    /// 403, 422, 409 for one that is known.
    pub async fn create(&self, caller: &Caller, new: NewDomain, key: Option<&str>) -> Result<Domain> {
        self.may_create(caller)?;
        let once = Once::new(caller, "domains", key, &new)?;
        if let Some(made) = once.before(&self.core).await? {
            return self.get(caller, made.into());
        }
        let id: DomainId = self.core.environment.id();
        let plan = self.core.given(caller, |given| plans::create(given, id, &new))?;
        let mut unit = self.core.unit(caller).await?;
        let made = plan.write(&self.core, caller, &mut *unit).await.map(drop);
        let unit = match once.keep(&self.core, unit, id.0, made).await? {
            Kept::New(unit) => unit,
            Kept::Before(made) => return self.get(caller, made.into()),
        };
        self.core.commit(unit, plan.audit).await?.shown(self.get(caller, id))
    }

    async fn carry_out(&self, caller: &Caller, id: DomainId, if_match: Option<&str>, make: impl FnOnce(&Given<'_>) -> Result<Plan>) -> Result<Done> {
        let may = |given: &Given<'_>| plans::managed(given, id).map(drop);
        self.core.given(caller, may)?;
        self.core.carry_out(caller, Seen::Object(Object::Domain(id), expected(if_match)?), may, make).await
    }

    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 422, 409 for one that is known.
    pub async fn change(&self, caller: &Caller, id: DomainId, change: ChangeDomain, if_match: Option<&str>) -> Result<Domain> {
        self.carry_out(caller, id, if_match, |given| plans::change(given, id, &change)).await?.shown(self.get(caller, id))
    }

    /// Removes a domain that nobody comes from. Entries that name it stay, without effect.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 409 while somebody comes from it.
    pub async fn remove(&self, caller: &Caller, id: DomainId, if_match: Option<&str>) -> Result<()> {
        self.carry_out(caller, id, if_match, |given| plans::remove(given, id)).await.map(drop)
    }
}

fn shown(snapshot: &Snapshot, domain: &access::Domain) -> Domain {
    Domain {
        id: domain.id,
        name: domain.name.clone(),
        ascii: plans::ascii(&domain.name),
        people: snapshot.size(Principal::Domain(domain.id)),
        version: domain.version.to_string(),
    }
}

//! What changes of a partner's domain come to.

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use stoa_domain::access;
use stoa_domain::id::DomainId;
use stoa_domain::principal::Principal;
use stoa_domain::wire::domain::{ChangeDomain, NewDomain};
use stoa_domain::wire::problem::Problem;
use stoa_store::{Audit, Object};

use super::super::groups::plans::{administers, sees};
use super::super::plan::{Given, Plan, Step};
use crate::Result;

/// Who may not know of domains isn't told which there are.
pub fn seen<'a>(given: &Given<'a>, id: DomainId) -> Result<&'a access::Domain> {
    given.snapshot.domain(id).filter(|_| sees(given.snapshot, given.user)).ok_or_else(Problem::domain_not_found)
}

pub fn managed<'a>(given: &Given<'a>, id: DomainId) -> Result<&'a access::Domain> {
    let domain = seen(given, id)?;
    administers(given)?;
    Ok(domain)
}

pub fn create(given: &Given<'_>, id: DomainId, new: &NewDomain) -> Result<Plan> {
    administers(given)?;
    let domain = access::Domain { id, name: check_domain(&new.name)?, version: 0 };
    let audit = Audit { action: "domain.create", object: format!("domain:{id}"), before: serde_json::Value::Null, after: described(&domain) };
    Ok(Plan { steps: vec![Step::Domain(domain)], audit })
}

pub fn change(given: &Given<'_>, id: DomainId, change: &ChangeDomain) -> Result<Plan> {
    let before = managed(given, id)?;
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name = check_domain(name)?;
    }
    let audit = Audit { action: "domain.change", object: format!("domain:{id}"), before: described(before), after: described(&after) };
    Ok(Plan { steps: vec![Step::Domain(after)], audit })
}

pub fn remove(given: &Given<'_>, id: DomainId) -> Result<Plan> {
    let before = managed(given, id)?;
    let people = given.snapshot.size(Principal::Domain(id));
    if people > 0 {
        return Err(Problem::conflict().detail(format!("{people} people come from it, and accounts stay.")));
    }
    let audit = Audit { action: "domain.remove", object: format!("domain:{id}"), before: described(before), after: serde_json::Value::Null };
    Ok(Plan { steps: vec![Step::Remove(Object::Domain(id))], audit })
}

/// As it stands in the DNS.
pub fn ascii(name: &str) -> String {
    let ascii = Uts46::new().to_ascii(name.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify);
    ascii.map(String::from).unwrap_or_default()
}

/// The one form of a domain's name, whichever way it is written: then it has one key, too.
fn check_domain(name: &str) -> Result<String> {
    let wrong = || Problem::invalid().field("/name", "not-a-domain", "This is not the name of a domain, such as partner.example.");
    let ascii = ascii(name.trim());
    let labels: Vec<&str> = ascii.split('.').collect();
    // The last label of an address is a number.
    let address = labels.last().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if labels.len() < 2 || address {
        return Err(wrong());
    }
    match Uts46::new().to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::Check) {
        (name, Ok(())) => Ok(name.into_owned()),
        (_, Err(_)) => Err(wrong()),
    }
}

/// As the audit log shows it.
fn described(domain: &access::Domain) -> serde_json::Value {
    serde_json::json!({ "name": domain.name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_one_name_however_it_is_written() {
        for (written, name, dns) in [
            ("Partner.Example", "partner.example", "partner.example"),
            (" münchen.example ", "münchen.example", "xn--mnchen-3ya.example"),
            ("XN--MNCHEN-3YA.example", "münchen.example", "xn--mnchen-3ya.example"),
            ("ｐａｒｔｎｅｒ。example", "partner.example", "partner.example"),
        ] {
            assert_eq!((check_domain(written).unwrap().as_str(), ascii(name).as_str()), (name, dns), "{written}");
        }
        let long = format!("{}.example", "x".repeat(64));
        for wrong in ["", "example", "a..b", "a b.example", "-a.example", "a_b.example", "10.0.0.1", "a.example/x", "mira@a.example", &long, "xn--a.example"] {
            assert!(check_domain(wrong).is_err(), "{wrong}");
        }
    }
}

//! Going along a chain, link by link, and telling what the first break is.

use super::{Fault, Finding, Hash, Head, Link, Record, link_hash};

/// How far a chain was looked at and found whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walk {
    pub head: Head,
    /// A head that was noted earlier, to be met on the way.
    pub expected: Option<Head>,
}

/// Where a walk can't go on. Which fault it is may depend on where else in the chain a hash stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    Found(Finding),
    /// This link follows another one than the one before it.
    Follows {
        link: Link,
        previous: Hash,
    },
}

impl Break {
    /// The hash whose place has to be known first.
    #[must_use]
    pub const fn asks(&self) -> Option<Hash> {
        match self {
            Self::Follows { previous, .. } => Some(*previous),
            Self::Found(_) => None,
        }
    }

    /// What happened, given the position at which the link with the asked hash stands.
    #[must_use]
    pub fn finding(&self, stands: Option<i64>) -> Finding {
        let (link, previous) = match self {
            Self::Found(finding) => return *finding,
            Self::Follows { link, previous } => (link, previous),
        };
        let at = |fault, position, record| Finding { fault, position: Some(position), record };
        match if *previous == Hash::NOTHING { Some(0) } else { stands } {
            // What stands in between wasn't there when this was linked.
            Some(before) if before < link.position - 1 => at(Fault::Inserted, before + 1, None),
            Some(_) => at(Fault::Reordered, link.position, Some(link.record)),
            // What it follows was taken out and the rest closed up, or written anew together with its link.
            None => at(Fault::Missing, link.position, None),
        }
    }
}

impl Walk {
    /// Goes on over links in the order of their positions, each with its record.
    ///
    /// # Errors
    /// The first break; the head then is the last link that is right. A record that changed places
    /// is only known as such when the other one is among those given.
    pub fn over(&mut self, links: &[(Link, Option<Record>)]) -> Result<(), Break> {
        self.meet().map_err(Break::Found)?;
        links.iter().try_for_each(|(link, record)| {
            self.step(link, record.as_ref(), links)?;
            self.meet().map_err(Break::Found)
        })
    }

    fn step(&mut self, link: &Link, record: Option<&Record>, around: &[(Link, Option<Record>)]) -> Result<(), Break> {
        let found = |fault, position, record| Err(Break::Found(Finding { fault, position: Some(position), record }));
        let position = self.head.position + 1;
        if link.position != position {
            return found(Fault::Missing, link.position, None);
        }
        let Some(record) = record else { return found(Fault::Missing, position, Some(link.record)) };
        if link_hash(self.head.hash, record) == link.hash {
            if link.previous != self.head.hash {
                return found(Fault::Changed, position, Some(record.id));
            }
            self.head = Head { position, hash: link.hash };
            return Ok(());
        }
        if link_hash(link.previous, record) == link.hash {
            // Right in itself: it isn't the record that was touched.
            return Err(Break::Follows { link: *link, previous: link.previous });
        }
        let elsewhere = around.iter().filter_map(|(_, other)| other.as_ref()).any(|other| link_hash(link.previous, other) == link.hash);
        found(if elsewhere { Fault::Reordered } else { Fault::Changed }, position, Some(record.id))
    }

    fn meet(&self) -> Result<(), Finding> {
        match self.expected {
            Some(expected) if expected.position == self.head.position && expected.hash != self.head.hash => {
                Err(Finding { fault: Fault::Rewritten, position: Some(expected.position), record: None })
            }
            _ => Ok(()),
        }
    }

    /// To be asked where the chain ends.
    ///
    /// # Errors
    /// It ended before the head that was noted.
    pub fn end(&self) -> Result<Head, Finding> {
        self.meet()?;
        match self.expected {
            Some(expected) if expected.position > self.head.position => Err(Finding { fault: Fault::CutOff, position: Some(expected.position), record: None }),
            _ => Ok(self.head),
        }
    }
}

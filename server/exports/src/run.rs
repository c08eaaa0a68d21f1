use std::path::Path;

use stoa_domain::archive::Record;
use stoa_domain::archive::adapter::Adapter;

use crate::error::{ExportError, Result};
use crate::form::{self, Form};
use crate::manifest::{self, Counts, RunInfo, run_name};
use crate::staged::Staged;
use crate::stylesheet::Sheet;
use crate::work::Work;
use crate::{Site, text};

/// Records on their way into files. All of it is blocking.
pub struct Run {
    adapter: Adapter,
    info: RunInfo,
    work: Work,
    form: Box<dyn Form + Send>,
    counts: Counts,
}

impl Run {
    /// In this folder, which belongs to the adapter and is emptied first.
    ///
    /// # Errors
    /// When the settings can't be followed, the stylesheet isn't there or the folder fails.
    pub fn begin(adapter: &Adapter, info: RunInfo, staging: &Path, site: &Site) -> Result<Self> {
        if let Err(problem) = adapter.check() {
            let fields: Vec<_> = problem.errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
            return Err(ExportError::Settings(fields.join("; ")));
        }
        let sheet = adapter.format.stylesheet().map(|name| Sheet::find(site, name)).transpose()?;
        let work = Work::begin(staging, site.clone(), sheet)?;
        let form = form::of(adapter, &info, &work)?;
        let counts = Counts { first: info.from, last: info.from - 1, ..Counts::default() };
        Ok(Self { adapter: adapter.clone(), info, work, form, counts })
    }

    /// # Errors
    /// When it doesn't come in order, or the staging folder or the store of files fails. Then the run is over.
    pub fn push(&mut self, record: &Record) -> Result<()> {
        if record.position <= self.counts.last {
            return Err(ExportError::Order { last: self.counts.last, came: record.position });
        }
        if self.counts.records == 0 {
            self.counts.first = record.position;
        }
        self.counts.last = record.position;
        self.counts.records += 1;
        *self.counts.kinds.entry(record.kind.as_str()).or_default() += 1;
        self.form.push(record, &mut self.work)
    }

    /// How many records have come.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.counts.records
    }

    /// Puts together what belongs together, and says in the manifest what it is. A run without records has a manifest, and
    /// whatever else its form makes of nothing.
    ///
    /// # Errors
    /// When the staging folder or the store of files fails, or the stylesheet can't be applied.
    pub fn finish(mut self) -> Result<Staged> {
        let name = run_name(&self.adapter.name, self.counts.first, self.counts.last);
        self.form.finish(&name, &mut self.work)?;
        let staging = self.work.folder().to_owned();
        let summary = manifest::write(&mut self.work, &self.adapter, &self.info, &self.counts)?;
        Ok(Staged::new(staging, summary, text::host(&self.info.domain)))
    }
}

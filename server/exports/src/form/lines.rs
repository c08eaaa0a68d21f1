//! JSON Lines: each record as it is.

use std::io::Write;

use stoa_domain::archive::Record;

use super::Form;
use crate::error::Result;
use crate::work::{Output, Work};

pub struct Lines {
    output: Option<Output>,
}

impl Lines {
    pub fn new(work: &Work) -> Result<Self> {
        Ok(Self { output: Some(work.output(".jsonl")?) })
    }
}

impl Form for Lines {
    fn push(&mut self, record: &Record, _: &mut Work) -> Result<()> {
        if let Some(output) = &mut self.output {
            serde_json::to_writer(&mut *output, record)?;
            output.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &str, work: &mut Work) -> Result<()> {
        self.output.take().map_or(Ok(()), |output| work.keep(output))
    }
}

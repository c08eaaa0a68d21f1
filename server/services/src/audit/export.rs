//! The log as a file, piece by piece.

use std::sync::Arc;

use stoa_domain::wire::audit::{AuditQuery, AuditRecord, ExportFormat};

use super::{AuditLog, SLICE, Search, asked, shown};
use crate::{Caller, Result};

const COLUMNS: &str = "id,at,by,by_name,from,action,object,object_name,before,after,version,position,hash\r\n";

/// What is left of an export.
pub struct Export {
    log: AuditLog,
    caller: Caller,
    search: Search,
    format: ExportFormat,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    Beginning,
    Before(Option<i64>),
    End,
}

impl AuditLog {
    /// All records that fit, newest first; `cursor` and `limit` count for nothing here.
    ///
    /// # Errors
    /// 403.
    pub fn export(&self, caller: &Caller, query: &AuditQuery, format: ExportFormat) -> Result<Export> {
        self.seen(caller)?;
        self.core.looked_for(caller, "audit.export", "audit".to_owned(), asked(query));
        Ok(Export { log: Self { core: Arc::clone(&self.core) }, caller: caller.clone(), search: Search::new(query), format, place: Place::Beginning })
    }
}

impl Export {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// When the database doesn't answer, or the caller may not see the log any more: what was given is no whole then.
    pub async fn next(&mut self) -> Result<Option<String>> {
        let before = match self.place {
            Place::Beginning => None,
            Place::Before(id) => id,
            Place::End => return Ok(None),
        };
        let snapshot = self.log.seen(&self.caller)?;
        let (found, next) = self.log.find(&self.search, before, SLICE as usize).await?;
        let mut piece = String::new();
        if self.format == ExportFormat::Csv && matches!(self.place, Place::Beginning) {
            piece.push_str(COLUMNS);
        }
        for audited in found {
            let record = shown(&snapshot, audited);
            match self.format {
                ExportFormat::Csv => line(&mut piece, &record),
                ExportFormat::Jsonl => {
                    piece.push_str(&serde_json::to_string(&record).unwrap_or_default());
                    piece.push('\n');
                }
            }
        }
        self.place = next.map_or(Place::End, |id| Place::Before(Some(id)));
        Ok(Some(piece))
    }
}

fn line(into: &mut String, record: &AuditRecord) {
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let by = record.by.as_ref();
    let fields = [
        record.id.to_string(),
        record.at.to_string(),
        by.map(|by| by.id.to_string()).unwrap_or_default(),
        by.map(|by| by.name.clone()).unwrap_or_default(),
        record.from.clone(),
        record.action.clone(),
        record.object.clone(),
        record.object_name.clone().unwrap_or_default(),
        record.before.to_string(),
        record.after.to_string(),
        record.version.to_string(),
        number(record.position),
        record.hash.clone().unwrap_or_default(),
    ];
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            into.push(',');
        }
        push_field(into, field);
    }
    into.push_str("\r\n");
}

/// RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it: names are other people's.
fn push_field(into: &mut String, field: &str) {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']) && field.parse::<i64>().is_err();
    if !formula && !field.contains([',', '"', '\r', '\n']) {
        into.push_str(field);
        return;
    }
    into.push('"');
    if formula {
        into.push('\'');
    }
    into.push_str(&field.replace('"', "\"\""));
    into.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_one_field_each_and_no_formula() {
        let written = |field: &str| {
            let mut line = String::new();
            push_field(&mut line, field);
            line
        };
        assert_eq!(written("room:1"), "room:1");
        assert_eq!(written("a,b"), "\"a,b\"");
        assert_eq!(written("{\"a\":\"1\n\"}"), "\"{\"\"a\"\":\"\"1\n\"\"}\"");
        assert_eq!(written("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
        assert_eq!(written("-7"), "-7");
        assert_eq!(written("-7+A1"), "\"'-7+A1\"");
    }
}

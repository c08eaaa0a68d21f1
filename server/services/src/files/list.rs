//! A room's files.

use stoa_domain::archive::Kind;
use stoa_domain::file::file_name;
use stoa_domain::id::{RoomId, Seq};
use stoa_domain::name::name_key;
use stoa_domain::wire::file::{File, FilesQuery};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::FileFilter;

use super::{Files, shown};
use crate::paging::{cursor_at, read_cursor};
use crate::{Caller, Result, StoreProblem};

impl Files {
    /// What messages of the room have, the newest first.
    ///
    /// # Errors
    /// 404, 403, 400 for a cursor of another list.
    pub async fn list(&self, caller: &Caller, room: RoomId, query: &FilesQuery, page: &PageQuery) -> Result<Page<File>> {
        self.core.access.confirm().await;
        self.core.access.enter(caller.user, room)?;
        self.core.take(&self.core.hub.bucket(caller.user))?;
        let list = format!("files {room}");
        let behind = page.cursor.as_deref().map(|cursor| place(&list, cursor)).transpose()?;
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let name = filled(&query.q).map(|name| name_key(&file_name(&name)));
        let filter = FileFilter { name, kind: filled(&query.kind).map(|kind| kind.to_ascii_lowercase()), uploader: query.by, behind };
        let limit = page.limit.unwrap_or(50).clamp(1, 200);
        let mut rows = self.core.store.files_of(room, &filter, limit + 1).await.or_problem()?;
        // Who lost the room meanwhile doesn't get what was read for him.
        let (snapshot, _) = self.core.access.enter(caller.user, room)?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let last = rows.last().filter(|_| more).and_then(|(row, position)| Some(format!("{} {position} {}", row.seq?, row.id)));
        let items: Vec<File> = rows.iter().filter_map(|(row, _)| shown(&snapshot, row)).collect();
        let payload = serde_json::json!({ "files": items.len() });
        self.core.writer.record(self.core.record(Kind::FilesViewed, room, caller.user, payload));
        Ok(Page { items, next: last.map(|key| cursor_at(&list, &key)) })
    }
}

fn place(list: &str, cursor: &str) -> Result<(Seq, i64)> {
    let key = read_cursor(list, cursor)?;
    let mut parts = key.split(' ').map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(seq)), Some(Ok(position))) => Ok((seq, position)),
        _ => Err(Problem::bad_cursor()),
    }
}

//! Files of all rooms for whoever looks after them: which there are, and what they take.

use stoa_domain::id::FileId;
use stoa_store::{FileOrder, FileRow, Found, FoundFilter, StorageOf, Taken};
use uuid::Uuid;

use super::error::Work;
use super::files::{Row, files};
use super::history::not_kept;
use super::text::containing;
use crate::dialect::{Connection, ids, list};

macro_rules! found {
    ($value:literal, $than:literal, $down:literal) => {
        files!(concat!(
            "WHERE f.state IN (2, 3) AND COALESCE(f.scan, 0) <> 7 AND (NOT $1 OR f.room_id IN ",
            ids!(2),
            ") AND ($3 IS NULL OR f.name_key LIKE $3 ESCAPE '\\') AND ($4 IS NULL OR f.kind LIKE $4 ESCAPE '\\')
                AND ($5 IS NULL OR f.uploader_id = $5) AND ($6 IS NULL OR (",
            $value,
            ", f.id) ",
            $than,
            " ($6, $7)) ORDER BY ",
            $value,
            $down,
            ", f.id",
            $down,
            " LIMIT $8"
        ))
    };
}

pub async fn found(conn: &mut Connection, filter: &FoundFilter, limit: u32) -> Work<Vec<Found>> {
    let sql = match (filter.order, filter.descending) {
        (FileOrder::Size, true) => found!("f.size", "<", " DESC"),
        (FileOrder::Size, false) => found!("f.size", ">", ""),
        (FileOrder::Age, false) => found!("f.finished_at", "<", " DESC"),
        (FileOrder::Age, true) => found!("f.finished_at", ">", ""),
    };
    let begin = filter.kind.as_deref().map(|kind| containing(kind).trim_start_matches('%').to_owned());
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(filter.rooms.is_some())
        .bind(list(filter.rooms.iter().flatten().map(|room| room.0)))
        .bind(filter.name.as_deref().map(containing))
        .bind(begin)
        .bind(filter.uploader.map(|user| user.0))
        .bind(filter.behind.map(|(value, _)| value))
        .bind(filter.behind.map(|(_, FileId(id))| id))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.into_iter()
        .map(|row| {
            let row: FileRow = row.file()?;
            let place = match filter.order {
                FileOrder::Size => row.size.and_then(|size| i64::try_from(size).ok()).unwrap_or_default(),
                FileOrder::Age => row.finished_at.map(stoa_domain::time::Timestamp::micros).unwrap_or_default(),
            };
            Ok((row, place))
        })
        .collect()
}

pub async fn taken(conn: &mut Connection, of: StorageOf) -> Work<Vec<Taken>> {
    let sql = match of {
        StorageOf::Rooms => "SELECT room_id, count(*), CAST(sum(size) AS BIGINT) FROM files WHERE state IN (2, 3) GROUP BY room_id",
        StorageOf::People => "SELECT uploader_id, count(*), CAST(sum(size) AS BIGINT) FROM files WHERE state IN (2, 3) GROUP BY uploader_id",
    };
    let rows: Vec<(Uuid, i64, i64)> = sqlx::query_as(sql).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(id, files, bytes)| Taken { id, files: files.unsigned_abs(), bytes: bytes.unsigned_abs() }).collect())
}

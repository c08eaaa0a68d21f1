//! How long a million records take in each format, and how much memory:
//! `cargo run --release -p stoa-exports --example million -- FORMAT [RECORDS [ROOMS]]`.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use stoa_domain::archive::adapter::Adapter;
use stoa_domain::archive::{Content, Head, Party, Place, PlaceKind, Post, Record};
use stoa_domain::id::{MessageId, UserId};
use stoa_domain::message::{Importance, MessageKind};
use stoa_domain::room::{Privacy, RoomType};
use stoa_domain::time::Timestamp;
use stoa_exports::{Nothing, Run, RunInfo, Site};
use uuid::Uuid;

fn id(of: u64) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(of))
}

/// Nine posts of ten records, over rooms of which some are busy.
fn record(position: u64, rooms: u64) -> Record {
    let mixed = position.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
    let (room, person) = ((mixed % rooms).min(mixed / 7 % rooms), mixed % 5_000);
    let place = Place {
        kind: PlaceKind::Room,
        id: id(1_000_000 + room),
        name: format!("Room {room}"),
        description: "What is said here is about rates & more".to_owned(),
        path: Vec::new(),
        privacy: Privacy::Closed,
        room_type: RoomType::Normal,
    };
    let name = format!("person{person}");
    let number = i64::try_from(person).unwrap_or_default();
    let email = Some(format!("{name}@example.com"));
    let who = Party { id: UserId(id(person)), number, display_name: format!("Person Nº {person}"), name, email, domain: None };
    let content = match mixed % 20 {
        0 => Content::Join,
        1 => Content::Reaction { of: 1, emoji: "👍".to_owned(), on: true },
        _ => Content::Post(Post {
            id: MessageId(id(9_000_000 + position)),
            message: MessageKind::Chat,
            subject: None,
            body: "Buying 5 lots at <1.0735>, as \"agreed\" & confirmed by the desk this morning; more when the second half is through. "
                .repeat(1 + usize::try_from(mixed % 3).unwrap_or_default()),
            importance: Importance::Normal,
            reply_to: None,
            mentions: Vec::new(),
            files: Vec::new(),
            withheld: false,
        }),
    };
    let position = i64::try_from(position).unwrap_or_default();
    let at = Timestamp::from_millis(1_795_521_600_000 + position);
    Record {
        position,
        number: position,
        at,
        version: Some(1),
        place: Some(place),
        seq: Some(position),
        who: Some(who),
        kind: content.kind(),
        content: Some(content),
    }
}

/// The most memory that this process has had, in MiB, as Linux counts it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|count| count.parse::<u64>().ok()).unwrap_or_default() / 1024
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let format = arguments.next().unwrap_or_else(|| "group_chat".to_owned());
    let records = arguments.next().map_or(Ok(1_000_000), |count| count.parse::<u64>())?;
    let rooms = arguments.next().map_or(Ok(30_000), |count| count.parse::<u64>())?;
    let format: Value = match format.as_str() {
        "extended" => json!({ "kind": "group_chat", "dialect": "extended", "user_details": true, "room_details": true }),
        "one_room_per_file" => json!({ "kind": "group_chat", "one_room_per_file": true }),
        kind => json!({ "kind": kind }),
    };
    let adapter: Adapter = serde_json::from_value(json!({ "name": "million", "format": format, "destination": { "kind": "folder" } }))?;
    let folder = tempfile::tempdir()?;
    let site = Site::new(folder.path().to_owned(), Arc::new(Nothing));
    let began = Instant::now();
    let info = RunInfo { domain: "example.com".to_owned(), head: Head::START, from: 1 };
    let mut run = Run::begin(&adapter, info, &folder.path().join("staging"), &site)?;
    for position in 1..=records {
        run.push(&record(position, rooms))?;
    }
    let pushed = began.elapsed();
    let staged = run.finish()?;
    let finished = began.elapsed();
    let delivered = staged.deliver(&adapter.destination, &site).await?;
    let name = format.to_string();
    writeln!(
        std::io::stdout(),
        "{name}: {records} records of {rooms} rooms in {:.1} s (pushed {:.1} s, put together {:.1} s), {} files, {} MiB, peak memory {} MiB",
        began.elapsed().as_secs_f64(),
        pushed.as_secs_f64(),
        finished.as_secs_f64(),
        delivered.files,
        delivered.bytes / 1024 / 1024,
        peak()
    )?;
    Ok(())
}

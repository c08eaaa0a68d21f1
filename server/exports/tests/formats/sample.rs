//! Records as the archive has them, and what runs make of them.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use stoa_domain::archive::adapter::Adapter;
use stoa_domain::archive::{ArchivedFile, CategoryName, Content, Head, Kind, PartnerName, Party, Place, PlaceKind, Post, Record};
use stoa_domain::audit::Hash;
use stoa_domain::id::{CategoryId, DomainId, FileId, MessageId, QueryId, UserId};
use stoa_domain::message::{Clearing, Importance, MessageKind};
use stoa_domain::room::{Privacy, RoomType};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::file::Held;
use stoa_exports::{Contents, ExportError, Run, RunInfo, Site, Staged};
use tempfile::TempDir;
use uuid::Uuid;

/// 2026-11-24, at noon.
pub const NOON: i64 = 1_795_521_600_000;

pub fn id(of: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + of)
}

pub fn person(number: i64, name: &str) -> Party {
    let email = Some(format!("{name}@example.com"));
    Party { id: UserId(id(number.unsigned_abs().into())), number, name: name.to_owned(), display_name: format!("{name} Weiß"), email, domain: None }
}

pub fn partner() -> Party {
    let domain = Some(PartnerName { id: DomainId(id(900)), name: "partner.example".to_owned() });
    Party { domain, email: None, ..person(9, "paul") }
}

pub fn room(number: u128, name: &str) -> Place {
    let path = ["All", "Trading / FX"].iter().zip(500..).map(|(name, of)| CategoryName { id: CategoryId(id(of)), name: (*name).to_owned() }).collect();
    let (description, privacy, room_type) = ("Rates & more".to_owned(), Privacy::Closed, RoomType::Normal);
    Place { kind: PlaceKind::Room, id: id(1000 + number), name: name.to_owned(), description, path, privacy, room_type }
}

pub fn file(number: u128, name: &str, content: &[u8]) -> ArchivedFile {
    let sha256 = Hash(Sha256::digest(content).into()).to_string();
    ArchivedFile { id: FileId(id(7000 + number)), name: name.to_owned(), size: content.len() as u64, sha256, media_type: "application/pdf".to_owned() }
}

pub fn post(body: &str) -> Post {
    Post {
        id: MessageId(id(8000)),
        message: MessageKind::Chat,
        subject: None,
        body: body.to_owned(),
        importance: Importance::Normal,
        reply_to: None,
        mentions: Vec::new(),
        files: Vec::new(),
        withheld: false,
    }
}

/// A second after the one before it.
pub fn record(position: i64, place: Option<Place>, who: Option<Party>, content: Content) -> Record {
    let at = Timestamp::from_millis(NOON + position * 1_000);
    let seq = place.as_ref().map(|_| position + 10);
    Record { position, number: position * 2, at, version: Some(3), place, seq, who, kind: content.kind(), content: Some(content) }
}

/// One of each kind, in one room, a conversation and none; with what can be said of a message.
pub fn one_of_each() -> Vec<Record> {
    let (anna, otto) = (person(1, "anna"), person(2, "otto"));
    let report = file(1, "Report Q3.pdf", b"report");
    let story = Post {
        message: MessageKind::Story,
        subject: Some("Fixing".to_owned()),
        importance: Importance::High,
        reply_to: Some(12),
        mentions: vec![otto.id],
        files: vec![report.clone()],
        withheld: true,
        ..post("<b>4 & 5</b>\r\nnext \"line\"\t💬")
    };
    let contents = vec![
        Content::Join,
        Content::Post(post("Hello")),
        Content::FileUploaded { file: report.clone() },
        Content::Post(story),
        Content::Edit { of: 12, subject: None, body: "Hello!".to_owned(), mentions: vec![anna.id], withheld: false },
        Content::Delete { of: 12 },
        Content::Reaction { of: 14, emoji: "👍".to_owned(), on: true },
        Content::Cleared { how: Clearing::Replaced, of: vec![[11, 12], [14, 14]], text: Some("Removed.".to_owned()) },
        Content::FileShown { of: 14, file: report.id, held: Some(Held::Infected) },
        Content::Notice { text: "The room closes.".to_owned() },
        Content::HistoryViewed { from_seq: 1, to_seq: 30 },
        Content::MessagesFound { query: QueryId(id(600)), seqs: vec![12, 14] },
        Content::FilesViewed { files: 3 },
        Content::PreviewViewed { file: report.id, name: "Report Q3.pdf".to_owned(), edge: 1_920 },
        Content::Download { file: report.id, name: "Report Q3.pdf".to_owned(), from: 0, to: 6, size: 6 },
        Content::FileChecked { judged: json!({ "file": report.id, "verdict": "clean" }) },
        Content::FileRemoved { judged: json!({ "file": report.id }) },
        Content::Invited { person: otto.id },
        Content::Membership { joined: vec![otto.clone(), partner()], left: vec![anna.clone()] },
        Content::Configuration {
            action: "room.changed".to_owned(),
            object: "FX".to_owned(),
            from: "10.0.0.1".to_owned(),
            before: json!({ "name": "F" }),
            after: json!(null),
        },
        Content::Deleted { what: "messages".to_owned(), count: 4, rule: json!({ "before": "2020-01-01" }) },
        Content::Other { name: "poll".to_owned(), payload: json!({ "question": "?" }) },
        Content::Leave,
    ];
    let mut records: Vec<_> = (1..).zip(contents).map(|(position, content)| record(position, Some(room(1, "FX")), Some(anna.clone()), content)).collect();
    let next = |records: &[Record]| i64::try_from(records.len()).unwrap() + 1;
    let direct = Place { kind: PlaceKind::Conversation, name: "anna, otto".to_owned(), path: Vec::new(), ..room(2, "") };
    records.push(record(next(&records), Some(direct.clone()), None, Content::Conversation { people: vec![anna, otto] }));
    records.push(record(next(&records), Some(direct.clone()), Some(partner()), Content::Post(post("From elsewhere"))));
    records.push(record(next(&records), None, None, Content::Search { query: "all".to_owned(), found: 0 }));
    // What retention has been at, and a clock that jumped back.
    let mut gone = record(next(&records), Some(direct), Some(partner()), Content::Post(post("gone")));
    gone.content = None;
    gone.at = Timestamp::from_millis(NOON - 500);
    records.push(gone);
    assert!(records.iter().map(|record| record.kind).collect::<std::collections::BTreeSet<_>>().len() == Kind::ALL.len());
    records
}

/// Files by their ids.
#[derive(Default)]
pub struct Kept(pub HashMap<FileId, Vec<u8>>);

impl Contents for Kept {
    fn open(&self, file: &ArchivedFile) -> io::Result<Option<Box<dyn Read + Send>>> {
        Ok(self.0.get(&file.id).map(|bytes| Box::new(Cursor::new(bytes.clone())) as Box<dyn Read + Send>))
    }
}

/// A place for a run, and for what it makes.
pub struct Ground {
    pub folder: TempDir,
    pub site: Site,
}

impl Ground {
    pub fn new() -> Self {
        Self::with(Kept(HashMap::from([(file(1, "", b"").id, b"report".to_vec())])))
    }

    pub fn with(contents: impl Contents + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["exports", "styles", "secrets"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let mut site = Site::new(folder.path().join("exports"), Arc::new(contents));
        site.stylesheets = Some(folder.path().join("styles"));
        site.credentials = Some(folder.path().join("secrets"));
        Self { folder, site }
    }

    pub fn run(&self, adapter: &Adapter, records: &[Record]) -> Result<Staged, ExportError> {
        let head = Head { batch: 3, hash: Hash([7; 32]), position: 1000 };
        let info = RunInfo { domain: "example.com".to_owned(), head, from: records.first().map_or(1, |record| record.position) };
        let mut run = Run::begin(adapter, info, &self.folder.path().join("staging"), &self.site)?;
        records.iter().try_for_each(|record| run.push(record))?;
        run.finish()
    }

    /// All files that come out, by their names.
    pub async fn export(&self, adapter: &Adapter, records: &[Record]) -> Files {
        let staged = self.run(adapter, records).unwrap();
        let delivered = staged.deliver(&adapter.destination, &self.site).await.unwrap();
        let files = Files::read(&self.site.exports);
        assert_eq!((delivered.files, delivered.bytes), (files.0.len() as u64, files.0.values().map(|bytes| bytes.len() as u64).sum()));
        files
    }
}

/// Names and contents.
#[derive(PartialEq)]
pub struct Files(pub std::collections::BTreeMap<String, Vec<u8>>);

impl Files {
    pub fn read(folder: &Path) -> Self {
        fn walk(folder: &Path, before: &str, into: &mut std::collections::BTreeMap<String, Vec<u8>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let name = format!("{before}{}", entry.file_name().to_str().unwrap());
                if entry.path().is_dir() {
                    walk(&entry.path(), &format!("{name}/"), into);
                } else {
                    into.insert(name, fs::read(entry.path()).unwrap());
                }
            }
        }
        let mut all = std::collections::BTreeMap::new();
        walk(folder, "", &mut all);
        Self(all)
    }

    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    pub fn ending(&self, with: &str) -> Vec<(&str, &[u8])> {
        self.0.iter().filter(|(name, _)| name.ends_with(with)).map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect()
    }

    /// The only one that ends so, as a text.
    pub fn text(&self, ending: &str) -> &str {
        let found = self.ending(ending);
        assert_eq!(found.len(), 1, "{ending} of {:?}", self.names());
        std::str::from_utf8(found[0].1).unwrap()
    }

    pub fn manifest(&self) -> Value {
        serde_json::from_str(self.text(".manifest.json")).unwrap()
    }
}

pub fn adapter(format: Value) -> Adapter {
    serde_json::from_value(json!({ "name": "bank", "format": format, "destination": { "kind": "folder" } })).unwrap()
}

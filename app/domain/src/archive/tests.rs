use serde_json::json;

use super::*;
use crate::audit::Hash;
use crate::id::RoomId;

type Archive = Vec<(Batch, Vec<Kept>)>;

fn kept(position: i64, room: u128, seq: i64, text: &str) -> Kept {
    Kept {
        position,
        number: position * 10,
        at: Timestamp::from_micros(position),
        version: Some(1),
        room: Some(Uuid::from_u128(room)),
        place: Some(Hash([1; 32])),
        seq: (seq > 0).then_some(seq),
        who: None,
        kind: Kind::Post.as_str().to_owned(),
        text: Text::Whole(text.to_owned()),
    }
}

/// Two batches: three records in two rooms with a look between them, then two.
fn archive() -> Archive {
    let parts = [vec![kept(1, 7, 1, "a"), kept(2, 8, 1, "b"), kept(3, 7, 0, "look"), kept(4, 7, 2, "c")], vec![kept(5, 7, 3, "d"), kept(6, 8, 2, "e")]];
    let mut head = Head::START;
    let batch = |records: Vec<Kept>| {
        let batch = Batch::after(head, Timestamp::from_micros(99), &records);
        head = Head::from(&batch);
        (batch, records)
    };
    parts.into_iter().map(batch).collect()
}

fn walk(archive: &[(Batch, Vec<Kept>)], expected: Option<Head>) -> Result<Head, Finding> {
    let mut walk = Walk { expected, ..Walk::default() };
    archive.iter().try_for_each(|(batch, records)| walk.step(batch, records))?;
    walk.end()
}

/// As somebody would who knows how hashes are made: everything from this batch on is written anew.
fn rechain(archive: &mut [(Batch, Vec<Kept>)]) {
    let mut head = Head::START;
    for (batch, records) in archive {
        *batch = Batch::after(head, batch.written_at, records);
        head = Head::from(&*batch);
    }
}

#[test]
fn a_whole_archive_is_whole_also_without_a_text_that_was_deleted() {
    let mut archive = archive();
    let head = walk(&archive, None).unwrap();
    assert_eq!((head.batch, head.position), (2, 6));
    let text = &mut archive[0].1[1].text;
    *text = Text::Deleted(text.hash());
    assert_eq!(walk(&archive, Some(head)), Ok(head));
}

#[test]
fn every_planted_fault_is_found_and_named() {
    let whole = archive();
    let noted = walk(&whole, None).unwrap();
    let find = |change: &dyn Fn(&mut Archive)| {
        let mut archive = whole.clone();
        change(&mut archive);
        let found = walk(&archive, Some(noted)).unwrap_err();
        (found.fault, found.batch, found.position)
    };
    assert_eq!(find(&|archive| drop(archive[0].1.remove(1))), (Fault::Missing, 1, Some(2)));
    assert_eq!(find(&|archive| drop(archive[0].1.pop())), (Fault::Missing, 1, Some(4)));
    assert_eq!(find(&|archive| drop(archive.remove(0))), (Fault::Missing, 1, None));
    assert_eq!(find(&|archive| drop(archive.pop())), (Fault::CutOff, 2, None));
    assert_eq!(find(&|archive| archive[1].1.push(kept(7, 7, 4, "x"))), (Fault::Inserted, 2, Some(7)));
    assert_eq!(find(&|archive| archive[0].1[2].text = Text::Whole("other".into())), (Fault::Changed, 1, None));
    assert_eq!(find(&|archive| archive[0].1[0].place = None), (Fault::Changed, 1, None));
    assert_eq!(find(&|archive| archive[0].1[0].who = Some(Hash([9; 32]))), (Fault::Changed, 1, None));
    let swapped = |archive: &mut Archive| {
        archive[0].1.swap(0, 1);
        (1..).zip(&mut archive[0].1).for_each(|(position, record)| record.position = position);
    };
    assert_eq!(find(&swapped), (Fault::Changed, 1, None));
    // With hashes that were made to fit, up to the batch behind, and up to the end.
    let refitted = |archive: &mut Archive| {
        archive[0].1[2].text = Text::Whole("other".into());
        rechain(&mut archive[..1]);
    };
    assert_eq!(find(&refitted), (Fault::Unlinked, 2, None));
    let rewritten = |archive: &mut Archive| {
        archive[0].1[2].text = Text::Whole("other".into());
        rechain(archive);
    };
    assert_eq!(find(&rewritten), (Fault::Rewritten, 2, None));
    let gap = |archive: &mut Archive| {
        archive[1].1[0].seq = Some(4);
        rechain(archive);
    };
    assert_eq!(find(&gap), (Fault::Gap, 2, Some(5)));
    let doubled = |archive: &mut Archive| {
        archive[1].1[0].seq = Some(2);
        rechain(archive);
    };
    assert_eq!(find(&doubled), (Fault::Doubled, 2, Some(5)));
}

#[test]
fn what_is_queued_is_read_and_nothing_of_it_is_left_out() {
    assert_eq!(Content::queued("join", None), Content::Join);
    assert_eq!(Content::queued("history_viewed", Some(json!({ "from_seq": 1, "to_seq": 4 }))), Content::HistoryViewed { from_seq: 1, to_seq: 4 });
    let file = json!({ "file": RoomId(Uuid::nil()), "name": "a.txt", "size": 3, "sha256": "00", "type": "text/plain" });
    assert!(matches!(Content::queued("file_uploaded", Some(file)), Content::FileUploaded { .. }));
    for (name, payload) in [("join", json!({ "a": 1 })), ("history_viewed", json!({})), ("of tomorrow", json!({ "x": [1] })), ("join", json!([1]))] {
        assert_eq!(Content::queued(name, Some(payload.clone())), Content::Other { name: name.to_owned(), payload });
    }
    let judged = json!({ "file": "x", "was": null, "is": "clean" });
    let checked = Content::queued("file_checked", Some(judged.clone()));
    assert_eq!(checked, Content::FileChecked { judged });
    let text = serde_json::to_string(&checked).unwrap();
    assert_eq!(serde_json::from_str::<Content>(&text).unwrap(), checked);
}

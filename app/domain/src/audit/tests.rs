use proptest::prelude::*;

use super::{Break, Fault, Finding, Head, Link, Record, Walk, encode};
use crate::time::Timestamp;

fn texts() -> impl Strategy<Value = String> {
    // Short and of few characters, so that what could be confused comes up.
    prop_oneof!["[ab\\x00\\x01]{0,4}", ".{0,12}"]
}

prop_compose! {
    fn records()(
        numbers in prop::array::uniform3(prop_oneof![-2_i64..3, any::<i64>()]),
        by in prop::option::of(prop_oneof![Just(0_u128), any::<u128>()]),
        texts in prop::array::uniform5(texts()),
    ) -> Record {
        let [id, at, version] = numbers;
        let [from, action, object, before, after] = texts;
        let by = by.map(|id| uuid::Uuid::from_u128(id).into());
        Record { id, at: Timestamp::from_micros(at), by, from, action, object, before, after, version }
    }
}

/// Reads an encoding as its description says, with nothing left over.
fn decode(bytes: &[u8]) -> Option<Record> {
    fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = bytes.split_at_checked(count)?;
        *bytes = rest;
        Some(taken)
    }
    fn number(bytes: &mut &[u8]) -> Option<i64> {
        Some(i64::from_be_bytes(take(bytes, 8)?.try_into().ok()?))
    }
    fn text(bytes: &mut &[u8]) -> Option<String> {
        let length = usize::try_from(number(bytes)?).ok()?;
        String::from_utf8(take(bytes, length)?.to_vec()).ok()
    }
    let mut rest = bytes.strip_prefix(b"stoa audit record 1\n")?;
    let (id, at, version) = (number(&mut rest)?, number(&mut rest)?, number(&mut rest)?);
    let by = match take(&mut rest, 1)? {
        [0] => None,
        [1] => Some(uuid::Uuid::from_slice(take(&mut rest, 16)?).ok()?.into()),
        _ => return None,
    };
    let [from, action, object, before, after] = [(); 5].map(|()| text(&mut rest));
    let record = Record { id, at: Timestamp::from_micros(at), by, from: from?, action: action?, object: object?, before: before?, after: after?, version };
    rest.is_empty().then_some(record)
}

proptest! {
    /// What can be read again was written like nothing else.
    #[test]
    fn no_two_records_are_written_alike(one in records(), other in records()) {
        prop_assert_eq!(decode(&encode(&one)), Some(one.clone()));
        prop_assert_eq!(encode(&one) == encode(&other), one == other);
    }

    /// Whatever is done to one field of one record of a chain, the walk ends there.
    #[test]
    fn any_change_of_a_record_is_found(records in prop::collection::vec(records(), 1..8), at in any::<prop::sample::Index>(), other in records()) {
        let mut chain = linked(records);
        let at = at.index(chain.len());
        let id = chain[at].0.record;
        let was = chain[at].1.replace(Record { id, ..other });
        if was == chain[at].1 {
            prop_assert!(walk(&chain, None).is_ok());
        } else {
            let finding = walk(&chain, None).unwrap_err();
            prop_assert_eq!(finding.position, Some(i64::try_from(at).unwrap() + 1));
            prop_assert!(matches!(finding.fault, Fault::Changed | Fault::Reordered));
        }
    }
}

type Chain = Vec<(Link, Option<Record>)>;

fn linked(records: Vec<Record>) -> Chain {
    let mut head = Head::START;
    let linked = records.into_iter().enumerate().map(|(n, record)| {
        let record = Record { id: i64::try_from(n).unwrap() + 11, ..record };
        let link = Link::after(head, &record);
        head = Head::from(&link);
        (link, Some(record))
    });
    linked.collect()
}

fn chain(length: i64) -> Chain {
    let record = |n: i64| Record {
        id: n,
        at: Timestamp::from_micros(n),
        by: None,
        from: "test".into(),
        action: "room.change".into(),
        object: "room:1".into(),
        before: "null".into(),
        after: format!("{{\"n\":{n}}}"),
        version: n,
    };
    linked((0..length).map(record).collect())
}

fn walk(chain: &Chain, expected: Option<Head>) -> Result<Head, Finding> {
    let mut walk = Walk { expected, ..Walk::default() };
    walk.over(chain).map_err(|broken: Break| {
        let stands = broken.asks().and_then(|hash| chain.iter().find(|(link, _)| link.hash == hash).map(|(link, _)| link.position));
        broken.finding(stands)
    })?;
    walk.end()
}

/// The fault and its position.
fn fault(chain: &Chain, expected: Option<Head>) -> (Fault, i64) {
    let finding = walk(chain, expected).unwrap_err();
    (finding.fault, finding.position.unwrap())
}

#[test]
fn a_whole_chain_ends_in_its_head() {
    assert_eq!(walk(&Vec::new(), None), Ok(Head::START));
    let chain = chain(5);
    let head = Head::from(&chain[4].0);
    assert_eq!(walk(&chain, None), Ok(head));
    for (link, _) in &chain {
        assert_eq!(walk(&chain, Some(Head::from(link))), Ok(head));
    }
    assert_eq!(walk(&chain, Some(Head::START)), Ok(head));
    assert_eq!(head.to_string().parse(), Ok(head));
    for wrong in ["", "5", "5:", ":ab", "-1:00", &format!("5:{}", "g".repeat(64)), &format!("5:{}", "é".repeat(32))] {
        assert!(wrong.parse::<Head>().is_err(), "{wrong}");
    }
}

#[test]
fn the_hash_is_what_the_documents_say() {
    // Made by another program from the description alone; it must never become another one.
    let record = Record {
        id: 1,
        at: Timestamp::from_micros(1_700_000_000_000_000),
        by: Some(uuid::Uuid::from_u128(7).into()),
        from: "192.0.2.7".into(),
        action: "room.create".into(),
        object: "room:1".into(),
        before: "null".into(),
        after: "{\"name\":\"Größe\"}".into(),
        version: 2,
    };
    assert_eq!(Link::after(Head::START, &record).hash.to_string(), "244d821ce818ba79dffa47bbfb559d248f184a0a38e618d8516d5a0d2a732325");
}

#[test]
fn what_is_gone_is_missing() {
    let whole = chain(6);
    let mut no_record = whole.clone();
    no_record[2].1 = None;
    assert_eq!(walk(&no_record, None), Err(Finding { fault: Fault::Missing, position: Some(3), record: Some(13) }));
    let mut neither = whole.clone();
    neither.remove(2);
    assert_eq!(fault(&neither, None), (Fault::Missing, 4));
    // Taken out, and the rest closed up.
    for (link, _) in &mut neither[2..] {
        link.position -= 1;
    }
    assert_eq!(fault(&neither, None), (Fault::Missing, 3));
}

#[test]
fn a_link_that_is_touched_is_found_as_well() {
    let whole = chain(6);
    for touch in [|link: &mut Link| link.hash.0[0] ^= 1, |link: &mut Link| link.previous.0[31] ^= 1] {
        let mut chain = whole.clone();
        touch(&mut chain[3].0);
        assert_eq!(fault(&chain, None), (Fault::Changed, 4));
    }
    // A record that is changed together with its own link isn't what the next one follows.
    let mut chain = whole;
    chain[2].1.as_mut().unwrap().after = "{}".into();
    chain[2].0.hash = super::link_hash(chain[2].0.previous, chain[2].1.as_ref().unwrap());
    assert_eq!(fault(&chain, None), (Fault::Missing, 4));
}

#[test]
fn what_was_put_in_between_is_inserted() {
    for at in [0_usize, 3] {
        let mut whole = chain(6);
        let head = if at == 0 { Head::START } else { Head::from(&whole[at - 1].0) };
        let record = Record { id: 99, ..whole[0].1.clone().unwrap() };
        for (link, _) in &mut whole[at..] {
            link.position += 1;
        }
        whole.insert(at, (Link::after(head, &record), Some(record)));
        assert_eq!(fault(&whole, None), (Fault::Inserted, i64::try_from(at).unwrap() + 1));
    }
}

#[test]
fn what_changed_places_is_reordered() {
    let mut links = chain(6);
    links.swap(2, 3);
    (links[2].0.position, links[3].0.position) = (3, 4);
    assert_eq!(fault(&links, None), (Fault::Reordered, 3));
    let mut records = chain(6);
    let (one, other) = (records[1].1.take(), records[4].1.take());
    (records[1].0.record, records[4].0.record) = (records[4].0.record, records[1].0.record);
    (records[1].1, records[4].1) = (other, one);
    assert_eq!(fault(&records, None), (Fault::Reordered, 2));
}

#[test]
fn a_cut_off_end_shows_by_a_noted_head_alone() {
    let whole = chain(6);
    let noted = Head::from(&whole[4].0);
    let cut = whole[..3].to_vec();
    assert_eq!(walk(&cut, None), Ok(Head::from(&cut[2].0)));
    assert_eq!(fault(&cut, Some(noted)), (Fault::CutOff, 5));
    // Cut off and gone on with: right in itself, and not what was noted.
    let mut others: Vec<_> = whole.into_iter().filter_map(|(_, record)| record).collect();
    others[3].after = "{}".into();
    assert_eq!(fault(&linked(others), Some(noted)), (Fault::Rewritten, 5));
}

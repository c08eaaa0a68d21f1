use super::*;
use proptest::prelude::*;
use stoa_domain::id::{FileId, MessageId, RoomId};
use stoa_domain::message::{Importance, MessageKind};
use stoa_domain::wire::file::{Attachment, Held};
use stoa_domain::wire::message::Quote;
use uuid::Uuid;

fn person(n: u128) -> Person {
    Person { id: Uuid::from_u128(n).into(), name: format!("p{n}"), display_name: format!("Person {n}") }
}
fn me() -> UserId {
    person(1).id
}
fn room() -> RoomId {
    Uuid::from_u128(99).into()
}
fn nonce(n: u128) -> Nonce {
    Uuid::from_u128(n).into()
}
fn at(seq: Seq) -> Timestamp {
    Timestamp::from_millis(seq * 1_000)
}
fn message(seq: Seq, author: u128) -> Message {
    Message {
        seq,
        n: seq,
        id: MessageId(Uuid::from_u128(u128::try_from(seq).unwrap())),
        at: at(seq),
        author: person(author),
        kind: MessageKind::Chat,
        subject: None,
        body: Some(format!("message {seq}")),
        importance: Importance::Normal,
        reply_to: None,
        mentions: Vec::new(),
        attachments: Vec::new(),
        edited_at: None,
        deleted: None,
        replaced: None,
        withheld: false,
        reactions: Vec::new(),
        nonce: None,
    }
}
fn head(seq: Seq, author: u128) -> EventHead {
    EventHead { room: room(), seq, n: seq, at: at(seq), author: person(author), nonce: None }
}
fn posted(seq: Seq, author: u128) -> RoomEvent {
    RoomEvent::Message { room: room(), message: message(seq, author) }
}
fn new_message(n: u128) -> NewMessage {
    let (kind, importance) = (MessageKind::Chat, Importance::Normal);
    NewMessage { nonce: nonce(n), body: format!("draft {n}"), kind, subject: None, importance, reply_to: None, attachments: Vec::new() }
}
fn seqs(span: &Span) -> Vec<Seq> {
    span.items.iter().map(Item::seq).collect()
}

#[test]
fn events_continue_the_tail_one_by_one() {
    let mut timeline = Timeline::new(me());
    assert_eq!(timeline.apply(posted(1, 2)), Applied::Gap);
    timeline.merge(1, 2, vec![message(1, 2), message(2, 2)]);
    assert_eq!(timeline.apply(posted(2, 2)), Applied::Known);
    assert_eq!(timeline.apply(posted(4, 2)), Applied::Gap);
    assert_eq!(timeline.apply(posted(3, 2)), Applied::Appended(3));
    assert_eq!(timeline.head(), Some(3));
}

#[test]
fn pages_meet_the_tail() {
    let mut timeline = Timeline::new(me());
    timeline.expect_after(100, 0);
    assert_eq!(timeline.apply(posted(101, 2)), Applied::Appended(101));
    timeline.merge(40, 60, vec![message(50, 2)]);
    assert_eq!(timeline.spans.len(), 2);
    assert_eq!(timeline.span(Some(50)).map(seqs), Some(vec![50]));
    timeline.merge(61, 100, vec![message(70, 2)]);
    assert_eq!(timeline.spans.len(), 1);
    assert_eq!(timeline.span(None).map(seqs), Some(vec![50, 70, 101]));
    assert_eq!(timeline.span(None).map(|span| (span.from, span.to)), Some((40, 101)));
}

#[test]
fn a_short_distance_is_left_to_the_join() {
    let mut timeline = Timeline::new(me());
    timeline.merge(1, 10, vec![message(10, 2)]);
    timeline.expect_after(30, 100);
    assert_eq!(timeline.head(), Some(10));
    timeline.expect_after(300, 100);
    assert_eq!(timeline.head(), Some(300));
}

#[test]
fn a_change_that_overtook_its_page_is_made_again() {
    let mut timeline = Timeline::new(me());
    timeline.expect_after(10, 0);
    let edited = RoomEvent::Edited { head: head(11, 2), of: 5, subject: None, body: Some("new".into()), mentions: vec![], withheld: false };
    assert_eq!(timeline.apply(edited), Applied::Nothing);
    assert_eq!(timeline.apply(RoomEvent::Deleted { head: head(12, 2), of: 6 }), Applied::Nothing);
    timeline.merge(1, 10, vec![message(5, 2), message(6, 2)]);
    assert_eq!(timeline.message(5).unwrap().body.as_deref(), Some("new"));
    assert!(timeline.message(6).unwrap().deleted.is_some());
}

#[test]
fn reactions_are_counted_and_mine_only_once() {
    let mut timeline = Timeline::new(me());
    timeline.merge(1, 1, vec![message(1, 2)]);
    let react = |seq, author, on| RoomEvent::Reaction { head: head(seq, author), of: 1, emoji: "👍".into(), on };
    for (event, count, mine) in [(react(2, 2, true), 1, false), (react(3, 1, true), 2, true), (react(4, 1, true), 2, true), (react(5, 2, false), 1, true)] {
        assert_eq!(timeline.apply(event), Applied::Changed(1));
        assert_eq!(timeline.message(1).unwrap().reactions, [Reaction { emoji: "👍".into(), count, mine }]);
    }
    timeline.apply(react(6, 1, false));
    assert!(timeline.message(1).unwrap().reactions.is_empty());
}

#[test]
fn a_post_is_confirmed_by_whichever_comes_first() {
    let answer = Posted { seq: 2, n: 2, id: MessageId(Uuid::nil()), at: at(2) };
    let own = || {
        let mut event = posted(2, 1);
        event.set_nonce(Some(nonce(7)));
        event
    };
    for event_first in [true, false] {
        let mut timeline = Timeline::new(me());
        timeline.merge(1, 1, vec![message(1, 2)]);
        timeline.push(new_message(7), at(2));
        timeline.set(nonce(7), Progress::Sent);
        if event_first {
            assert_eq!(timeline.apply(own()), Applied::Appended(2));
            assert!(timeline.pending().is_empty());
            timeline.answered(nonce(7), Ok(answer));
        } else {
            timeline.answered(nonce(7), Ok(answer));
            assert_eq!(timeline.pending()[0].progress, Progress::Kept(2));
            assert_eq!(timeline.apply(own()), Applied::Appended(2));
        }
        assert!(timeline.pending().is_empty());
        assert_eq!(timeline.span(None).map(seqs), Some(vec![1, 2]));
    }
}

#[test]
fn what_was_on_its_way_goes_again_and_what_failed_stays() {
    let mut timeline = Timeline::new(me());
    timeline.merge(1, 1, vec![]);
    for n in 7..10 {
        timeline.push(new_message(n), at(1));
    }
    timeline.set(nonce(7), Progress::Sent);
    timeline.answered(nonce(8), Err(Problem::forbidden()));
    timeline.requeue();
    let progress: Vec<_> = timeline.pending().iter().map(|pending| pending.progress.clone()).collect();
    assert_eq!(progress, [Progress::Queued, Progress::Failed(Problem::forbidden()), Progress::Queued]);
    assert_eq!(timeline.discard(nonce(8)).map(|message| message.body), Some("draft 8".to_owned()));
    assert_eq!(timeline.pending().len(), 2);
}

#[test]
fn trimming_keeps_the_tail_complete() {
    let mut timeline = Timeline::new(me());
    timeline.merge(1, 10, (1..=10).map(|seq| message(seq, 2)).collect());
    timeline.merge(20, 40, (20..=40).map(|seq| message(seq, 2)).collect());
    timeline.trim(5);
    assert_eq!(timeline.spans.len(), 1);
    assert_eq!(timeline.span(None).map(|span| (span.from, span.to, seqs(span))), Some((36, 40, vec![36, 37, 38, 39, 40])));
    timeline.merge(30, 35, vec![message(30, 2)]);
    assert_eq!(timeline.span(None).map(|span| span.from), Some(30));
}

/// A room's whole stream, as the server has it.
fn stream() -> impl Strategy<Value = Vec<RoomEvent>> {
    prop::collection::vec((0..10u8, any::<prop::sample::Index>(), 1..4u128), 1..80).prop_map(|plan| {
        let mut messages: Vec<Seq> = Vec::new();
        plan.into_iter()
            .enumerate()
            .map(|(index, (kind, of, author))| {
                let seq = Seq::try_from(index).unwrap() + 1;
                let of = (!messages.is_empty()).then(|| messages[of.index(messages.len())]);
                match (kind, of) {
                    (0, Some(of)) => {
                        RoomEvent::Edited { head: head(seq, author), of, subject: None, body: Some(format!("edit {seq}")), mentions: vec![], withheld: false }
                    }
                    (1, Some(of)) => RoomEvent::Deleted { head: head(seq, author), of },
                    (2, _) => RoomEvent::Notice { head: head(seq, author), text: "notice".into() },
                    _ => {
                        messages.push(seq);
                        posted(seq, author)
                    }
                }
            })
            .collect()
    })
}

/// The state of a stream after its first `upto` events: what a page of history is cut from.
fn state(stream: &[RoomEvent], upto: usize) -> Timeline {
    let mut timeline = Timeline::new(me());
    timeline.expect_after(0, 0);
    for event in &stream[..upto] {
        timeline.apply(event.clone());
    }
    timeline
}

fn page(of: &Timeline, from: Seq, to: Seq) -> Vec<Message> {
    of.span(None)
        .map(|span| &span.items[..])
        .unwrap_or_default()
        .iter()
        .filter_map(|item| match item {
            Item::Message(message) if (from..=to).contains(&message.seq) => Some((**message).clone()),
            _ => None,
        })
        .collect()
}

proptest! {
    /// Whatever pages come, in whatever order, however old, between the live events: at the end
    /// every message is there once, in order, in its last state.
    #[test]
    fn pages_and_events_end_in_the_same_state(
        stream in stream(),
        join in any::<prop::sample::Index>(),
        pages in prop::collection::vec((any::<prop::sample::Index>(), 1..40i64, any::<prop::sample::Index>()), 0..8),
    ) {
        let length = stream.len();
        let joined = join.index(length + 1);
        let mut timeline = Timeline::new(me());
        timeline.expect_after(Seq::try_from(joined).unwrap(), 0);
        let mut pages: Vec<_> = pages.iter().map(|(at, size, delay)| {
            let read_at = joined + at.index(length - joined + 1);
            // A page arrives some events after it was read, within what is remembered.
            (read_at, (read_at + delay.index(RECENT / 2)).min(length), *size)
        }).collect();
        pages.sort_by_key(|(_, arrives, _)| *arrives);
        let mut pages = pages.into_iter().peekable();
        for done in joined..=length {
            while let Some((read_at, _, size)) = pages.next_if(|(_, arrives, _)| *arrives == done) {
                let tail = timeline.span(None).unwrap().from;
                let (from, to) = ((tail - size).max(1), tail - 1);
                if to >= from && usize::try_from(to).unwrap() <= read_at {
                    timeline.merge(from, to, page(&state(&stream, read_at), from, to));
                }
            }
            if done < length {
                let applied = timeline.apply(stream[done].clone());
                prop_assert!(!matches!(applied, Applied::Gap | Applied::Known));
            }
        }
        let truth = state(&stream, length);
        let tail = timeline.span(None).unwrap();
        let shown: Vec<_> = tail.items.iter().filter_map(|item| match item { Item::Message(message) => Some((**message).clone()), Item::Notice(_) => None }).collect();
        prop_assert_eq!(shown, page(&truth, tail.from, tail.to));
        prop_assert_eq!(tail.to, Seq::try_from(length).unwrap());
        prop_assert_eq!(timeline.spans.len(), 1);
    }

    /// Events that come twice, or after a gap, never do harm.
    #[test]
    fn repeated_and_missing_events_change_nothing(stream in stream(), order in prop::collection::vec(any::<prop::sample::Index>(), 0..200)) {
        let mut timeline = state(&stream, 0);
        for index in order {
            let event = stream[index.index(stream.len())].clone();
            let (before, seq) = (timeline.head().unwrap(), event.seq());
            let applied = timeline.apply(event);
            prop_assert_eq!(applied == Applied::Gap, seq > before + 1);
            prop_assert_eq!(applied == Applied::Known, seq <= before);
        }
        let known = usize::try_from(timeline.head().unwrap()).unwrap();
        prop_assert_eq!(timeline.spans, state(&stream, known).spans);
    }

    /// Spans are always apart, in order, and their items inside and ascending.
    #[test]
    fn spans_stay_in_order(pages in prop::collection::vec((1..200i64, 0..40i64), 1..20)) {
        let mut timeline = Timeline::new(me());
        for (from, length) in pages {
            timeline.merge(from, from + length, (from..=from + length).map(|seq| message(seq, 2)).collect());
            for pair in timeline.spans.windows(2) {
                prop_assert!(pair[0].to + 1 < pair[1].from);
            }
            for span in &timeline.spans {
                prop_assert_eq!(seqs(span), (span.from..=span.to).collect::<Vec<_>>());
            }
        }
    }
}

fn cleared(seq: Seq, how: Clearing, of: &[[Seq; 2]], text: Option<&str>) -> RoomEvent {
    RoomEvent::Cleared { head: head(seq, 9), how, of: of.to_vec(), text: text.map(str::to_owned) }
}

#[test]
fn a_clean_up_hides_messages_and_what_quotes_them() {
    let mut timeline = Timeline::new(person(1).id);
    let quote = Quote { seq: 1, author: person(1), excerpt: Some("message 1".into()) };
    let reply = Message { reply_to: Some(quote), ..message(4, 2) };
    timeline.merge(1, 4, vec![message(1, 1), message(2, 1), message(3, 1), reply]);
    timeline.apply(cleared(5, Clearing::Removed, &[[1, 1], [3, 3]], None));
    let bodies = |timeline: &Timeline| (1..=4).map(|seq| timeline.message(seq).unwrap().body.is_some()).collect::<Vec<_>>();
    assert_eq!(bodies(&timeline), [false, true, false, true]);
    assert_eq!(timeline.message(1).unwrap().deleted.as_ref().map(|deleted| deleted.by.id), Some(person(9).id));
    assert_eq!(timeline.message(4).unwrap().reply_to.as_ref().unwrap().excerpt, None);
    timeline.apply(cleared(6, Clearing::Replaced, &[[1, 2]], Some("**other**")));
    let two = timeline.message(2).unwrap();
    assert_eq!((two.body.as_deref(), two.replaced.is_some()), (Some("**other**"), true));
    assert_eq!(timeline.message(1).unwrap().body, None, "what is gone stays so");
    // A page of history that was read before doesn't bring it back.
    let mut late = Timeline::new(person(1).id);
    late.expect_after(4, 0);
    late.apply(cleared(5, Clearing::Removed, &[[1, 4]], None));
    late.merge(1, 4, (1..=4).map(|seq| message(seq, 1)).collect());
    assert_eq!(bodies(&late), [false; 4]);
}

#[test]
fn what_is_shown_again_is_read_anew() {
    let mut timeline = Timeline::new(person(1).id);
    timeline.merge(1, 2, vec![message(1, 1), message(2, 1)]);
    timeline.apply(cleared(3, Clearing::Removed, &[[1, 2]], None));
    timeline.apply(cleared(4, Clearing::Restored, &[[1, 2]], None));
    timeline.begin_anew();
    assert_eq!((timeline.head(), timeline.message(1)), (Some(4), None));
    timeline.merge(1, 4, vec![message(1, 1), message(2, 1)]);
    assert!(timeline.message(1).unwrap().body.is_some(), "nothing remembered hides it again");
    assert_eq!(timeline.apply(posted(5, 2)), Applied::Appended(5));
}

#[test]
fn a_file_is_shown_as_it_was_last_found() {
    let file = |id: u128, held| Attachment {
        id: FileId(Uuid::from_u128(id)),
        name: "a.txt".into(),
        kind: "text/plain".into(),
        size: 1,
        sha256: "00".into(),
        width: None,
        height: None,
        lost: false,
        held,
    };
    let with = || Message { attachments: vec![file(1, Some(Held::Checking)), file(2, None)], ..message(1, 1) };
    let checked = |seq, held| RoomEvent::Checked { head: head(seq, 1), of: 1, file: FileId(Uuid::from_u128(1)), held };
    let held = |timeline: &Timeline| timeline.message(1).unwrap().attachments.iter().map(|file| file.held).collect::<Vec<_>>();
    let mut timeline = Timeline::new(person(1).id);
    timeline.merge(1, 1, vec![with()]);
    assert_eq!((timeline.apply(checked(2, None)), held(&timeline)), (Applied::Changed(1), vec![None, None]));
    assert_eq!((timeline.apply(checked(3, Some(Held::Infected))), held(&timeline)), (Applied::Changed(1), vec![Some(Held::Infected), None]));
    // A page that was read before the file was looked at.
    let mut late = Timeline::new(person(1).id);
    late.expect_after(1, 0);
    late.apply(checked(2, None));
    late.merge(1, 1, vec![with()]);
    assert_eq!(held(&late), [None, None]);
}

//! Over random trees, groups and changes: every way of asking gives the answer that the
//! domain document's sentences give.

use proptest::prelude::*;

use super::super::{Changed, ListOwner, Place, Rights, Snapshot};
use super::model::{CATEGORIES, Op, ROOMS, USERS, World, any_ops, category, room, user};

/// A world that came about by some changes, told to the snapshot one after the other.
fn lived(steps: &[Vec<Op>]) -> (World, Snapshot) {
    let (mut world, mut snapshot) = World::start();
    for ops in steps {
        snapshot = snapshot.next(world.apply(ops));
    }
    (world, snapshot)
}

fn everything() -> impl Iterator<Item = (u128, u128)> {
    (0..USERS).flat_map(|user| (0..ROOMS).map(move |room| (user, room)))
}

fn any_life() -> impl Strategy<Value = Vec<Vec<Op>>> {
    prop::collection::vec(any_ops(14), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_snapshot_decides_as_the_document_says(life in any_life()) {
        let (world, snapshot) = lived(&life);
        for (who, at) in everything() {
            prop_assert_eq!(snapshot.decide(user(who), room(at)), world.decide(user(who), room(at)), "user {} in room {}", who, at);
        }
    }

    #[test]
    fn explain_agrees_with_decide(life in any_life()) {
        let (_, snapshot) = lived(&life);
        for (who, at) in everything() {
            let explained = snapshot.explain(user(who), room(at)).unwrap();
            prop_assert_eq!(explained.decision, snapshot.decide(user(who), room(at)));
            for reason in explained.because {
                let (Some(list), Some(last)) = (reason.list, reason.via.last()) else { continue };
                // The chain begins at the person, each step is in the next, and the last one was entered.
                prop_assert_eq!(reason.via[0], crate::principal::Principal::User(user(who)));
                prop_assert!(snapshot.list(list).contains(*last));
                for step in reason.via.windows(2) {
                    if let crate::principal::Principal::Group(group) = step[1] {
                        prop_assert!(snapshot.list(super::super::ListOwner::Group(group)).contains(step[0]));
                    }
                }
            }
        }
    }

    #[test]
    fn a_category_explains_itself_as_it_decides(life in any_life()) {
        let (_, snapshot) = lived(&life);
        for at in (0..CATEGORIES).map(category) {
            let passing: Vec<_> = snapshot.who_passes(at).into_iter().map(|user| user.id).collect();
            prop_assert_eq!(snapshot.passing(at), passing.len() as u64);
            for who in (0..USERS).map(user) {
                let explained = snapshot.explain_category(who, at).unwrap();
                prop_assert_eq!(explained.passes, passing.contains(&who));
                prop_assert_eq!(explained.manages, snapshot.may_manage_category(who, at));
                prop_assert_eq!(explained.creates, snapshot.may_create_room(who, at));
            }
        }
    }

    #[test]
    fn an_entry_without_effect_can_go_and_nobody_loses_anything(life in any_life()) {
        let (mut world, before) = lived(&life);
        let idle: Vec<Op> = before
            .all()
            .entries
            .into_iter()
            .filter(|(owner, _, entry)| {
                // What a group or a role comes to is another list's matter.
                matches!(owner, ListOwner::Room(..) | ListOwner::Category(..)) && entry.is_some_and(|entry| before.effect(*owner, &entry).1.is_some())
            })
            .map(|(owner, principal, _)| Op::Take(owner, principal))
            .collect();
        let after = before.next(world.apply(&idle));
        for (who, at) in everything() {
            prop_assert_eq!(before.decide(user(who), room(at)), after.decide(user(who), room(at)), "user {} in room {}", who, at);
        }
    }

    #[test]
    fn reach_is_decide_for_everyone(life in any_life()) {
        let (_, snapshot) = lived(&life);
        for at in 0..ROOMS {
            let entering: Vec<_> = snapshot.who_enters(room(at)).into_iter().map(|user| user.id).collect();
            let belonging: Vec<_> = snapshot.who_belongs(room(at)).into_iter().map(|user| user.id).collect();
            for who in 0..USERS {
                prop_assert_eq!(entering.contains(&user(who)), snapshot.decide(user(who), room(at)).rights.enter);
                prop_assert_eq!(belonging.contains(&user(who)), snapshot.belongs(user(who), room(at)));
            }
        }
    }

    #[test]
    fn what_changed_finds_its_place_in_each_order(life in any_life()) {
        let orders = |snapshot: &Snapshot| {
            let keys = |all: Box<dyn Iterator<Item = (&str, &super::super::Room)> + '_>| all.map(|(key, room)| (key.to_owned(), room.id)).collect::<Vec<_>>();
            let by_path = keys(snapshot.rooms_by_path(None, false));
            let mut backwards = keys(snapshot.rooms_by_path(None, true));
            backwards.reverse();
            let groups: Vec<_> = snapshot.groups_by_name(None).map(|(key, group)| (key.to_owned(), group.id)).collect();
            let people: Vec<_> = snapshot.people_by_name().iter().map(|placed| placed.key.clone()).collect();
            (by_path, backwards, keys(snapshot.rooms_by_name(None, false)), groups, people)
        };
        let (mut world, mut snapshot) = World::start();
        for ops in &life {
            // Asked for, so that the next one goes on from it.
            orders(&snapshot);
            snapshot = snapshot.next(world.apply(ops));
            let present = orders(&snapshot);
            prop_assert_eq!(&present, &orders(&Snapshot::new(snapshot.all())));
            prop_assert_eq!(&present.0, &present.1);
            if let Some((after, _)) = present.0.first() {
                let rest: Vec<_> = snapshot.rooms_by_path(Some(after), false).map(|(_, room)| room.id).collect();
                prop_assert_eq!(rest, present.0.iter().skip(1).map(|(_, id)| *id).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn people_come_by_their_names(life in any_life()) {
        let (_, snapshot) = lived(&life);
        for at in 0..ROOMS {
            let mut expected: Vec<_> = snapshot.who_enters(room(at)).iter().map(|user| (crate::name::name_key(&user.display_name), user.id)).collect();
            expected.sort();
            let named: Vec<_> = snapshot.entering_by_name(room(at), None).map(|(_, user)| user.id).collect();
            prop_assert_eq!(named, expected.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
        }
    }

    #[test]
    fn diff_equals_decide_before_and_after(life in any_life(), change in any_ops(6), page in 1..4_usize) {
        let (mut world, before) = lived(&life);
        let change: Vec<_> = change.into_iter().filter(|op| !matches!(op, Op::Later(_))).collect();
        let after = before.next(world.apply(&change));

        let all = |_| true;
        let mut listed: Vec<Changed> = Vec::new();
        let mut more = true;
        while more {
            let behind = listed.last().map(|last| Place { room: last.room, user: last.user });
            let (items, goes_on) = before.changes(&after, behind, page, all);
            prop_assert!(items.len() == page || !goes_on);
            listed.extend(items);
            more = goes_on;
        }
        let told = |rights: Rights| Rights { ask: false, see_in_console: false, ..rights };
        let minus = |one: Rights, other: Rights| Rights {
            find: one.find && !other.find,
            see_members: one.see_members && !other.see_members,
            enter: one.enter && !other.enter,
            post: one.post && !other.post,
            manage: one.manage && !other.manage,
            ..Rights::default()
        };
        let mut expected = Vec::new();
        for (at, who) in (0..ROOMS).flat_map(|room| (0..USERS).map(move |user| (room, user))) {
            let [one, two] = [&before, &after].map(|snapshot| told(snapshot.decide(user(who), room(at)).rights));
            let (gained, lost) = (minus(two, one), minus(one, two));
            if gained != Rights::default() || lost != Rights::default() {
                expected.push(Changed { user: user(who), room: room(at), gained, lost });
            }
        }
        prop_assert_eq!(&listed, &expected);
        let count = before.count_changes(&after, all);
        let distinct = |some: &dyn Fn(&Changed) -> bool| expected.iter().filter(|item| some(item)).map(|item| item.user).collect::<std::collections::BTreeSet<_>>().len() as u64;
        prop_assert_eq!(count.gained, distinct(&|item| item.gained != Rights::default()));
        prop_assert_eq!(count.lost, distinct(&|item| item.lost != Rights::default()));
        prop_assert_eq!(count.rooms, expected.iter().map(|item| item.room).collect::<std::collections::BTreeSet<_>>().len() as u64);

        // Who sees one room only sees what happens there.
        let seen = |id| id == room(0);
        expected.retain(|item| seen(item.room));
        prop_assert_eq!(before.changes(&after, None, usize::MAX, seen), (expected.clone(), false));
        prop_assert_eq!(before.count_changes(&after, seen).rooms, u64::from(!expected.is_empty()));
    }
}

//! The one conformance suite: what every store has to do, run by each database crate against a
//! fresh database per case.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "these are tests, which other crates run")]

mod access;
mod accounts;
mod audit;
mod cleanup;
mod files;
mod history;
mod joining;
mod me;
mod passing;
mod posting;
mod retries;
mod scans;
mod world;

use std::pin::Pin;
use std::sync::Arc;

use crate::Store;
use world::World;

type Case = (&'static str, fn(World) -> Pin<Box<dyn Future<Output = ()> + Send>>);

macro_rules! cases {
    ($($module:ident: $($case:ident),+;)+) => {
        const CASES: &[Case] = &[$($((concat!(stringify!($module), "::", stringify!($case)), |world| Box::pin($module::$case(world)))),+),+];
    };
}

cases! {
    posting: seqs_follow_each_other_in_batches_of_several_rooms, a_batch_sees_what_it_did_before, edits_are_for_the_author_in_time,
        deletions_are_for_the_author_and_managers, reactions_come_once_and_go_once, answers_need_their_message, rooms_have_to_exist,
        everything_is_queued_for_the_archive, texts_of_all_kinds_come_back, mentions_follow_the_text, ten_writers_leave_no_gap;
    retries: a_nonce_again_gives_the_first_place, a_nonce_with_something_else_is_refused, a_nonce_twice_in_a_batch_counts_once,
        nonces_are_the_authors_own, who_gives_up_midway_holds_nobody_up;
    history: spans_before_after_and_around, spans_skip_what_is_no_message, messages_stand_as_they_are_now, answers_quote,
        reactions_are_counted, events_come_in_order, the_latest_come_with_the_head, unknown_rooms_are_missing;
    me: following_begins_read, read_marks_advance, ones_own_post_advances_the_mark, mentions_are_counted_behind_the_mark,
        what_one_sets_stays, last_posts;
    access: a_fresh_pool_has_a_root, changes_count_the_version_up, what_is_dropped_never_happened, rooms_keep_their_versions,
        names_are_unique_by_key, lists_keep_their_versions, changes_follow_each_other, settings_have_defaults, records_of_changes,
        principals_keep_their_versions;
    joining: requests_wait_until_answered, requests_of_old_go_new_ones_stay, invitations_are_found_by_who_is_meant;
    cleanup: what_is_removed_is_hidden_everywhere_until_it_is_undone, another_text_stands_in_the_place_of_what_is_replaced,
        a_query_looks_only_where_it_is_told, each_step_is_made_once,
        texts_are_erased_after_the_window_when_archived_and_not_held, what_is_erased_is_gone_for_good;
    passing: what_isnt_kept_is_there_for_a_while, who_deletes_what_isnt_kept_deletes_it_at_once,
        a_hold_keeps_what_isnt_kept_but_shows_it_to_nobody, files_of_what_isnt_kept_go_with_it;
    files: an_upload_is_finished_once, quotas_hold_and_are_given_back, a_message_takes_its_files, nobody_posts_what_isnt_his_to_post,
        what_nobody_posts_runs_out, hidden_messages_hide_their_files, files_go_with_texts_that_are_erased,
        files_of_all_rooms_are_found_and_counted;
    scans: a_file_is_claimed_by_one_and_not_lost, the_room_is_told_who_can_read, what_nobody_can_read_goes_first,
        what_is_in_quarantine_can_be_let_go_or_deleted, posts_and_scans_dont_wait_for_each_other,
        what_is_removed_leaves_a_tombstone;
    accounts: accounts_come_and_go, the_last_administrator_stays, accounts_are_paged, cursors_are_checked, sessions_live_and_end,
        keys_of_idempotency, an_import_says_how_far_it_is;
    audit: records_are_found_by_each_filter, looks_are_records_that_change_nothing, links_follow_each_other, leases_have_one_holder;
}

/// Runs every case against a store of its own, and panics with the names of those that failed.
pub async fn run(fresh: impl AsyncFn() -> Arc<dyn Store>) {
    let mut failed = Vec::new();
    for (name, case) in CASES {
        let store = fresh().await;
        let result = tokio::spawn(case(World::new(Arc::clone(&store)))).await;
        store.close().await;
        println!("{name}: {}", if result.is_ok() { "ok" } else { "FAILED" });
        if result.is_err() {
            failed.push(*name);
        }
    }
    assert!(failed.is_empty(), "failed: {failed:?}");
}

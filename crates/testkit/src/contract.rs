//! Contract suites of the store ports: what every engine must do, with its concurrent cases.
//!
//! An engine runs them all with [`store_contract!`](crate::store_contract), which takes a function
//! that makes fresh [`Ports`].

#![expect(
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    reason = "these are tests: a failed expectation is how they say so"
)]

pub mod approvals;
pub mod conversations;
pub mod edits;
pub mod feed;
pub mod identity;
pub mod journal;
pub mod racing;
pub mod streams;
pub mod things;
pub mod world;

use std::{any::Any, sync::Arc};

use weald_domain::ports::{
    Approvals, Assets, Blobs, Clock, Conversations, Feed, Folders, Identity, Ids, Inbox, Journal,
    LiveLog, Presets, Projects, Providers, RequestKeys, SecretStore, SessionStreams, Sessions,
    Settings, Workspaces,
};

use crate::clock::FakeClock;

/// The ports of one store, freshly made, with the clock and ids it was given.
#[expect(missing_docs, reason = "each field is the port of its name")]
#[derive(Clone)]
pub struct Ports {
    pub clock: FakeClock,
    pub ids: Arc<dyn Ids>,
    pub approvals: Arc<dyn Approvals>,
    pub assets: Arc<dyn Assets>,
    pub blobs: Arc<dyn Blobs>,
    pub conversations: Arc<dyn Conversations>,
    pub feed: Arc<dyn Feed>,
    pub folders: Arc<dyn Folders>,
    pub identity: Arc<dyn Identity>,
    pub inbox: Arc<dyn Inbox>,
    pub journal: Arc<dyn Journal>,
    pub live_log: Arc<dyn LiveLog>,
    pub presets: Arc<dyn Presets>,
    pub projects: Arc<dyn Projects>,
    pub providers: Arc<dyn Providers>,
    pub request_keys: Arc<dyn RequestKeys>,
    pub secrets: Arc<dyn SecretStore>,
    pub sessions: Arc<dyn Sessions>,
    pub streams: Arc<dyn SessionStreams>,
    pub settings: Arc<dyn Settings>,
    pub workspaces: Arc<dyn Workspaces>,
    /// Whatever must live as long as the store, such as its temporary folder.
    pub keep: Arc<dyn Any + Send + Sync>,
}

impl Ports {
    /// The time by the store's clock.
    #[must_use]
    pub fn now(&self) -> weald_domain::time::UnixMillis {
        self.clock.now()
    }
}

/// Makes one test of each case of the contract; `$fresh` is an async function without arguments
/// that answers [`Ports`].
#[macro_export]
macro_rules! store_contract {
    ($fresh:path) => {
        $crate::store_contract! { @suite $fresh; journal:
            a_run_begins_with_all_its_rows, a_second_run_of_a_busy_conversation_is_refused,
            racing_runs_of_one_conversation_have_one_winner,
            a_run_on_a_missing_parent_is_refused, an_append_moves_the_head,
            a_stale_lease_writes_nothing, racing_appends_of_one_lease_have_one_winner,
            a_payload_above_the_limit_is_refused, a_large_payload_reads_back,
            text_is_stored_once_and_filled_in_when_read, a_request_key_begins_one_session,
            racing_request_keys_begin_one_session, an_end_frees_the_conversation,
            a_parked_stream_is_woken_by_a_post, park_and_post_never_miss_each_other,
            a_handed_back_stream_is_claimed_once, an_abandoned_stream_is_an_orphan,
            a_seized_stream_can_be_ended, an_open_step_is_found_by_its_claim,
            an_ended_session_takes_no_post, a_held_stream_is_not_waiting,
            parts_of_another_session_are_refused }
        $crate::store_contract! { @suite $fresh; streams:
            a_follower_sees_history_and_then_live, a_cursor_continues_where_it_stopped,
            cursors_beyond_the_head_and_after_the_end_are_told,
            a_session_that_is_long_over_is_gone, a_slow_reader_is_resynced_whole,
            a_reader_of_the_live_log_sees_what_was_written,
            a_backlog_above_the_limit_is_one_resync,
            many_followers_with_cuts_lose_and_double_nothing, the_sweep_takes_logs_of_ended_sessions }
        $crate::store_contract! { @suite $fresh; feed:
            the_feed_has_every_event_once_in_order, positions_are_gapless_under_concurrency,
            deltas_stand_between_their_events, a_feed_cursor_continues_where_it_stopped,
            a_feed_cursor_beyond_the_head_is_told, a_feed_never_hands_out_a_cursor_that_it_refuses, foreign_events_are_not_seen,
            settings_are_seen_by_their_user_only }
        $crate::store_contract! { @suite $fresh; conversations:
            the_first_start_makes_what_a_newcomer_needs, a_conversation_is_listed_and_found,
            a_list_is_paged_whole, garbage_is_not_a_page, metadata_is_matched_by_containment,
            a_patch_changes_only_what_it_names, a_busy_conversation_is_not_deleted,
            a_deleted_conversation_leaves_skeletons, a_branch_has_its_siblings,
            foreign_conversations_are_not_seen, the_context_is_the_path_to_the_leaf,
            sessions_are_read_as_rows }
        $crate::store_contract! { @suite $fresh; approvals:
            two_answers_have_one_winner, an_answer_wakes_the_parked_session,
            an_answer_beyond_once_leaves_grants, a_foreign_approval_is_not_seen,
            an_interrupted_session_expires_its_approvals, a_late_answer_is_an_expiry }
        $crate::store_contract! { @suite $fresh; edits:
            folders_nest_without_cycles, a_deleted_folder_hands_on_what_it_holds,
            one_preset_is_the_default, a_preset_in_use_is_not_deleted, slugs_are_taken_once,
            the_workspace_chooses_its_default_preset, projects_keep_the_order_of_their_workspace,
            the_first_project_is_active, the_builtin_provider_cannot_be_changed,
            a_provider_in_use_is_not_deleted, models_keep_their_id_and_switch,
            a_workspace_is_made_whole, the_last_workspace_is_not_deleted,
            a_busy_workspace_is_not_deleted, a_deleted_workspace_is_gone_with_all_it_holds }
        $crate::store_contract! { @suite $fresh; identity:
            a_login_ends_in_time_and_when_told, the_root_token_is_kept_as_a_hash,
            settings_merge_and_clear, a_request_key_answers_the_first_response,
            racing_reservations_have_one_winner, a_released_key_is_free_again,
            a_key_is_forgotten_after_a_day }
        $crate::store_contract! { @suite $fresh; racing:
            settings_keep_what_each_patch_says, a_conversation_keeps_what_each_patch_says,
            two_changes_of_different_members_both_stay,
            projects_all_have_their_place, presets_leave_one_default,
            folders_are_not_moved_into_each_other, the_last_two_workspaces_are_not_both_deleted,
            a_run_is_not_begun_in_a_conversation_that_goes,
            an_answer_and_the_end_of_its_session_do_not_wait_for_each_other }
        $crate::store_contract! { @suite $fresh; things:
            blobs_are_replaced_whole, names_out_of_the_folder_are_refused,
            an_asset_lives_as_long_as_its_conversation, secrets_are_kept }
    };
    (@suite $fresh:path; $suite:ident: $($case:ident),+ $(,)?) => {
        mod $suite {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                $crate::contract::$suite::$case($fresh().await).await;
            })+
        }
    };
}

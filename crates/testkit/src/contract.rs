//! Contract suites of the store ports: what every engine must do, with its concurrent cases.
//!
//! An engine runs them all with [`store_contract!`](crate::store_contract), which takes a function
//! that makes fresh [`Ports`].

pub mod journal;
pub mod world;

use std::{any::Any, sync::Arc};

use weald_domain::ports::{
    Approvals, Blobs, Clock, Conversations, Feed, Folders, Identity, Ids, Inbox, Journal, LiveLog,
    Presets, Projects, Providers, RequestKeys, SecretStore, SessionStreams, Sessions, Settings,
    Workspaces,
};

use crate::clock::FakeClock;

/// The ports of one store, freshly made, with the clock and ids it was given.
#[expect(missing_docs, reason = "each field is the port of its name")]
#[derive(Clone)]
pub struct Ports {
    pub clock: FakeClock,
    pub ids: Arc<dyn Ids>,
    pub approvals: Arc<dyn Approvals>,
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
            a_handed_back_stream_is_claimed_once, an_open_step_is_found_by_its_claim,
            an_ended_session_takes_no_post, a_held_stream_is_not_waiting,
            parts_of_another_session_are_refused }
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

//! Named places where a test can make this crate fail, one at each durable boundary.
//!
//! They do nothing unless the `fail` crate is built with `failpoints`, which only tests do.

use weald_domain::ports::StoreError;

/// Every fail point of the store.
pub const FAIL_POINTS: &[&str] = &[
    "journal.begin.before_commit",
    "journal.begin.after_commit",
    "journal.begin.before_publish",
    "journal.append.before_commit",
    "journal.append.after_commit",
    "journal.append.before_publish",
    "checkpoint.before_commit",
    "checkpoint.after_commit",
    "checkpoint.before_publish",
    "journal.claim.before_commit",
    "journal.claim.after_commit",
    "journal.claim.before_publish",
    "journal.renew.before_commit",
    "journal.renew.after_commit",
    "journal.renew.before_publish",
    "inbox.post.before_commit",
    "inbox.post.after_commit",
    "inbox.post.before_publish",
    "approval.answer.before_commit",
    "approval.answer.after_commit",
    "approval.answer.before_publish",
    "edit.before_commit",
    "edit.after_commit",
    "edit.before_publish",
    "live.before_write",
    "live.after_write",
    "live.before_publish",
    "blob.before_rename",
    "vault.before_rename",
];

/// Where a test can take the answer of a commit away: the server has committed, and nobody here
/// knows. PostgreSQL alone has them; a commit of SQLite is a call that returns.
pub const UNANSWERED: &[&str] = &[
    "journal.begin.unanswered",
    "journal.append.unanswered",
    "checkpoint.unanswered",
    "journal.claim.unanswered",
    "journal.renew.unanswered",
    "inbox.post.unanswered",
    "approval.answer.unanswered",
    "edit.unanswered",
];

/// Whether a test asked the named place to fail; it may also panic, sleep or end the process here.
pub(crate) fn asked(name: &str) -> bool {
    let _ = name;
    fail::fail_point!(name, |_| true);
    false
}

/// An error of the named place, when a test asked for it.
pub(crate) fn hit(name: &str) -> Result<(), StoreError> {
    if asked(name) {
        Err(StoreError::Unavailable(format!("fail point {name}").into()))
    } else {
        Ok(())
    }
}

/// The places around one commit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Boundary {
    pub(crate) before_commit: &'static str,
    pub(crate) unanswered: &'static str,
    pub(crate) after_commit: &'static str,
    pub(crate) before_publish: &'static str,
}

macro_rules! boundaries {
    ($($name:ident = $text:literal),+ $(,)?) => {
        $(pub(crate) const $name: Boundary = Boundary {
            before_commit: concat!($text, ".before_commit"),
            unanswered: concat!($text, ".unanswered"),
            after_commit: concat!($text, ".after_commit"),
            before_publish: concat!($text, ".before_publish"),
        };)+
    };
}

boundaries! {
    BEGIN = "journal.begin",
    APPEND = "journal.append",
    CHECKPOINT = "checkpoint",
    CLAIM = "journal.claim",
    RENEW = "journal.renew",
    POST = "inbox.post",
    ANSWER = "approval.answer",
    EDIT = "edit",
}

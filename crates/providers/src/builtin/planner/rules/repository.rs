//! Rules about git.

use super::super::{
    intent::{DiffRange, Intent},
    period::Period,
    slot::Slots,
};

/// Status and diff.
pub(super) fn state(slots: &Slots<'_>, period: Option<&Period>) -> Option<Intent> {
    let is_status = slots.has(&["status", "uncommitted", "untracked", "dirty", "unclean"])
        || [
            "which branch",
            "what branch",
            "current branch",
            "modified files",
            "not committed",
        ]
        .iter()
        .any(|phrase| slots.says(phrase))
        || (slots.has(&["branch"]) && slots.has(&["which", "what"]));
    if is_status {
        return Some(Intent::Status);
    }
    let is_diff = slots.has(&[
        "diff",
        "diffs",
        "difference",
        "differences",
        "staged",
        "unstaged",
        "patch",
    ]) || ["my changes", "local changes", "did i change"]
        .iter()
        .any(|phrase| slots.says(phrase))
        || (period.is_none() && slots.has(&["show"]) && slots.has(&["changes"]));
    is_diff.then(|| Intent::Diff {
        path: slots.file(),
        range: diff_range(slots),
    })
}

fn diff_range(slots: &Slots<'_>) -> DiffRange {
    if slots.has(&["staged", "cached", "index"]) {
        return DiffRange::Staged;
    }
    if let Some((from, to)) = slots.range() {
        return DiffRange::Between { from, to: Some(to) };
    }
    match slots.word_behind(&["against", "since", "with", "to"]) {
        Some(from) => DiffRange::Between { from, to: None },
        None => DiffRange::Unstaged,
    }
}

/// The history.
pub(super) fn log(slots: &Slots<'_>, period: Option<Period>) -> Option<Intent> {
    is_log(slots, period.as_ref()).then(|| Intent::Log {
        path: slots.file(),
        limit: slots.count_of(&["commits", "commit", "changes"]),
        period,
    })
}

/// Whether a request is about the history.
pub(super) fn is_log(slots: &Slots<'_>, period: Option<&Period>) -> bool {
    let names_it = slots.has(&["log", "commit", "commits", "committed", "history"]);
    let asks_for_change = slots.has(&[
        "changed", "changes", "change", "happened", "worked", "new", "news",
    ]) && (period.is_some()
        || slots.has(&["who", "recently", "lately"])
        || slots.says("what changed")
        || (slots.has(&["what"]) && slots.has(&["changed", "happened"])));
    names_it || asks_for_change
}

//! Rules about files.

use super::{
    super::{
        intent::{Intent, Subject},
        period::Period,
        slot::Slots,
    },
    Known, Place, repository,
};

const READ_VERBS: [&str; 10] = [
    "read", "open", "cat", "show", "print", "display", "view", "see", "say", "says",
];
const SEARCH_VERBS: [&str; 9] = [
    "search",
    "grep",
    "contains",
    "contain",
    "containing",
    "occurrences",
    "mentions",
    "mentioning",
    "usages",
];
const SUMMARY_VERBS: [&str; 7] = [
    "summarise",
    "summarize",
    "summary",
    "summarised",
    "summarized",
    "tldr",
    "tl;dr",
];
/// Words for what was named before.
const PRONOUNS: [&str; 9] = [
    "it", "that", "this", "them", "these", "those", "its", "their", "each",
];
/// What is read when the documents of a folder are to be summarised.
const DOCUMENTS: &str = "*.{md,txt,rst,adoc}";

/// The files that a clause is about.
pub(super) fn subject(
    slots: &Slots<'_>,
    known: &Known<'_>,
    place: Place,
    before: &[Intent],
) -> Subject {
    if let Some(file) = slots.file() {
        return Subject::File(file);
    }
    let nth = slots.ordinal().filter(|_| slots.lines().is_none());
    let earlier = before.iter().rev().find_map(Intent::subject);
    match (place, nth, earlier) {
        (Place::BehindFound, Some(nth), _) => Subject::Nth(nth),
        (Place::BehindFound, None, _) => Subject::Found,
        (Place::First, _, Some(earlier)) => earlier.clone(),
        (Place::First, Some(nth), None) => {
            let listed = nth.checked_sub(1).and_then(|at| known.listed.get(at));
            listed.map_or(Subject::Unnamed, |path| Subject::File(path.clone()))
        }
        (Place::First, None, None) => match &known.last_file {
            Some(path) if slots.has(&PRONOUNS) => Subject::File(path.clone()),
            Some(_) | None => Subject::Unnamed,
        },
    }
}

/// A step about all files of a pattern is two: find them, then that.
fn with_pattern(slots: &Slots<'_>, of: Subject, make: impl Fn(Subject) -> Intent) -> Vec<Intent> {
    let pattern = slots.pattern().filter(|_| !matches!(of, Subject::File(_)));
    match pattern {
        Some(glob) => {
            let find = Intent::Find {
                path: folder(slots),
                glob: Some(glob),
            };
            vec![find, make(Subject::Found)]
        }
        None => vec![make(of)],
    }
}

pub(super) fn summarise(
    slots: &Slots<'_>,
    period: Option<&Period>,
    of: Subject,
) -> Option<Vec<Intent>> {
    let is_summary = slots.has(&SUMMARY_VERBS) || slots.says("sum up");
    if !is_summary || (repository::is_log(slots, period) && slots.file().is_none()) {
        return None;
    }
    let make = |of| Intent::Summarise { of };
    if slots.pattern().is_some() || of != Subject::Unnamed {
        return Some(with_pattern(slots, of, make));
    }
    if let Some(path) = slots.folder().filter(|path| path != ".") {
        let glob = Some(DOCUMENTS.to_owned());
        return Some(vec![Intent::Find { path, glob }, make(Subject::Found)]);
    }
    let is_whole = slots.has(&["project", "repo", "repository", "codebase", "workspace"]);
    let of = if is_whole {
        Subject::File("README.md".to_owned())
    } else {
        of
    };
    Some(vec![make(of)])
}

pub(super) fn count(
    slots: &Slots<'_>,
    period: Option<&Period>,
    place: Place,
    of: Subject,
) -> Option<Vec<Intent>> {
    let is_count = slots.has(&["count"]) || slots.says("how many") || slots.says("number of");
    if !is_count {
        return None;
    }
    if slots.has(&["commit", "commits"]) {
        return Some(vec![Intent::Log {
            path: None,
            period: period.cloned(),
            limit: None,
        }]);
    }
    if slots.has(&["line", "lines"]) {
        return Some(with_pattern(slots, of, |of| Intent::CountLines { of }));
    }
    if slots.has(&["times", "occurrences", "matches", "usages"]) && place == Place::First {
        return Some(vec![search(slots)]);
    }
    if place == Place::BehindFound && slots.pattern().is_none() {
        return Some(vec![Intent::Count]);
    }
    let is_files = slots.has(&["file", "files"]) || slots.glob().is_some();
    is_files.then(|| {
        vec![Intent::CountFiles {
            path: folder(slots),
            glob: slots.glob().unwrap_or_else(|| "*".to_owned()),
        }]
    })
}

pub(super) fn largest(slots: &Slots<'_>) -> Option<Intent> {
    let is_largest = slots.has(&["largest", "biggest", "heaviest", "big", "large"]);
    is_largest.then(|| Intent::Largest {
        path: folder(slots),
    })
}

/// `find` means names when something looks like a name, and text otherwise.
pub(super) fn search_or_find(slots: &Slots<'_>) -> Option<Intent> {
    if slots.has(&SEARCH_VERBS) || slots.says("look for") || slots.says("looking for") {
        return Some(search(slots));
    }
    if slots.has(&["find", "locate", "where"]) {
        let is_name = slots.glob().is_some() || slots.has(&["file", "files", "named", "called"]);
        return Some(if is_name {
            Intent::Find {
                path: folder(slots),
                glob: slots.glob().or_else(|| slots.quoted().map(str::to_owned)),
            }
        } else {
            search(slots)
        });
    }
    let has_glob = slots.glob().is_some_and(|glob| glob.contains('*')) && slots.file().is_none();
    let reads = slots.has(&["read", "open", "cat"]);
    (has_glob && !reads).then(|| Intent::Find {
        path: folder(slots),
        glob: slots.glob(),
    })
}

fn search(slots: &Slots<'_>) -> Intent {
    let markers = [
        "for",
        "containing",
        "contains",
        "contain",
        "mentions",
        "mentioning",
        "of",
        "grep",
        "search",
    ];
    let behind = || {
        slots
            .text_behind(&markers)
            .or_else(|| slots.text_behind(&["find", "locate", "is"]))
    };
    let text = slots.quoted().map(str::to_owned).or_else(behind);
    // `usages of ModelStream` names no folder.
    let folder = slots
        .folder()
        .filter(|folder| text.as_ref() != Some(folder));
    let place = folder.or_else(|| slots.file());
    Intent::Search {
        path: place.unwrap_or_else(|| ".".to_owned()),
        text,
    }
}

pub(super) fn read(slots: &Slots<'_>, of: Subject) -> Option<Vec<Intent>> {
    let is_read = slots.has(&["read", "cat", "open"]);
    let names_file = matches!(of, Subject::File(_) | Subject::Nth(_) | Subject::Found);
    let asks_what = slots.has(&["what", "what's"]) && slots.file().is_some();
    let is_bare = slots.words().len() == 1 && slots.file().is_some();
    let asks = slots.has(&READ_VERBS) || asks_what || is_bare;
    let wants = is_read || (names_file && asks);
    if !wants {
        return None;
    }
    let of = match (of, slots.quoted()) {
        (Subject::Unnamed, Some(quoted)) => Subject::File(quoted.to_owned()),
        (of, _) => of,
    };
    let lines = slots.lines();
    Some(with_pattern(slots, of, |of| Intent::Read { of, lines }))
}

pub(super) fn list(slots: &Slots<'_>) -> Option<Intent> {
    let names_it = slots.has(&["list", "ls", "dir", "tree"]);
    let asks = slots.has(&[
        "files",
        "file",
        "folder",
        "folders",
        "directory",
        "directories",
    ]);
    let asks_what = [
        "what is in",
        "what's in",
        "whats in",
        "what is here",
        "what's here",
    ]
    .iter()
    .any(|phrase| slots.says(phrase));
    (names_it || asks || asks_what).then(|| Intent::List {
        path: slots
            .folder_behind(&["list", "ls", "tree"])
            .unwrap_or_else(|| folder(slots)),
    })
}

fn folder(slots: &Slots<'_>) -> String {
    slots.folder().unwrap_or_else(|| ".".to_owned())
}

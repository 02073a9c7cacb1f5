//! What a request wants, by fixed rules in a fixed order.

use weald_domain::{model::ModelRequest, tool::ToolSpec};

use super::{
    period::{self, Period},
    slot::Slots,
    word::{Word, words},
};

/// What a request wants; a slot that was not named is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Intent {
    List {
        path: String,
    },
    Largest {
        path: String,
    },
    Find {
        path: String,
        glob: Option<String>,
    },
    CountFiles {
        path: String,
        glob: String,
    },
    Read {
        path: Option<String>,
        lines: Option<(u64, u64)>,
    },
    CountLines {
        path: Option<String>,
    },
    Search {
        path: String,
        text: Option<String>,
    },
    Log {
        path: Option<String>,
        period: Option<Period>,
        limit: Option<u64>,
    },
    Status,
    Diff {
        path: Option<String>,
        range: DiffRange,
    },
    /// A tool that the request names by its keywords.
    Tool {
        name: String,
    },
    Help,
    Greeting,
    Unknown,
}

/// What a diff compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DiffRange {
    /// The work tree with the index.
    Unstaged,
    /// The index with the last commit.
    Staged,
    /// A revision with the work tree, or with another.
    Between { from: String, to: Option<String> },
}

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

/// Recognises what a text wants.
pub(super) fn recognise(text: &str, request: &ModelRequest) -> Intent {
    let words = words(text);
    let slots = Slots::new(&words);
    let today = period::day_of(request.session_id);
    let period = period::named(&words, today);
    if words.is_empty() {
        return Intent::Unknown;
    }
    git_state(&slots)
        .or_else(|| count(&slots, period.as_ref()))
        .or_else(|| log(&slots, period))
        .or_else(|| largest(&slots))
        .or_else(|| search_or_find(&slots))
        .or_else(|| read(&slots))
        .or_else(|| list(&slots))
        .or_else(|| talk(&slots, &words))
        .or_else(|| tool_of_keywords(&words, &request.tools))
        .unwrap_or(Intent::Unknown)
}

fn git_state(slots: &Slots<'_>) -> Option<Intent> {
    let is_status = slots.has(&["status", "uncommitted", "untracked", "dirty", "unclean"])
        || slots.says("which branch")
        || slots.says("what branch")
        || slots.says("current branch")
        || slots.says("modified files");
    if is_status {
        return Some(Intent::Status);
    }
    let is_diff = slots.has(&["diff", "diffs", "staged", "unstaged", "patch"])
        || slots.says("my changes")
        || slots.says("local changes")
        || slots.says("did i change");
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

fn count(slots: &Slots<'_>, period: Option<&Period>) -> Option<Intent> {
    let is_count = slots.has(&["count"]) || slots.says("how many") || slots.says("number of");
    if !is_count {
        return None;
    }
    if slots.has(&["commit", "commits"]) {
        return Some(Intent::Log {
            path: None,
            period: period.cloned(),
            limit: None,
        });
    }
    if slots.has(&["line", "lines"]) {
        return Some(Intent::CountLines { path: slots.file() });
    }
    if slots.has(&["times", "occurrences", "matches", "usages"]) {
        return Some(search(slots));
    }
    let is_files = slots.has(&["file", "files"]) || slots.glob().is_some();
    is_files.then(|| Intent::CountFiles {
        path: folder(slots),
        glob: slots.glob().unwrap_or_else(|| "*".to_owned()),
    })
}

fn log(slots: &Slots<'_>, period: Option<Period>) -> Option<Intent> {
    let names_it = slots.has(&["log", "commit", "commits", "committed", "history"]);
    let asks_for_change = slots.has(&["changed", "changes", "happened", "worked", "new", "news"])
        && (period.is_some()
            || slots.has(&["who", "recently", "lately"])
            || slots.says("what changed")
            || slots.says("what happened"));
    (names_it || asks_for_change).then(|| Intent::Log {
        path: slots.file(),
        limit: slots.count_of(&["commits", "commit", "changes"]),
        period,
    })
}

fn largest(slots: &Slots<'_>) -> Option<Intent> {
    let is_largest = slots.has(&["largest", "biggest", "heaviest", "big", "large"]);
    is_largest.then(|| Intent::Largest {
        path: folder(slots),
    })
}

/// `find` means names when something looks like a name, and text otherwise.
fn search_or_find(slots: &Slots<'_>) -> Option<Intent> {
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
    has_glob.then(|| Intent::Find {
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
    let place = slots.folder().or_else(|| slots.file());
    Intent::Search {
        path: place.unwrap_or_else(|| ".".to_owned()),
        text: slots.quoted().map(str::to_owned).or_else(behind),
    }
}

fn read(slots: &Slots<'_>) -> Option<Intent> {
    let file = slots.file();
    let is_read = slots.has(&["read", "cat", "open"]);
    let shows_file = file.is_some() && (slots.has(&READ_VERBS) || slots.has(&["what", "what's"]));
    (is_read || shows_file).then(|| Intent::Read {
        path: file.or_else(|| slots.quoted().map(str::to_owned)),
        lines: slots.lines(),
    })
}

fn list(slots: &Slots<'_>) -> Option<Intent> {
    let names_it = slots.has(&["list", "ls", "dir", "tree"]);
    let asks = slots.has(&[
        "files",
        "file",
        "folder",
        "folders",
        "directory",
        "directories",
    ]);
    let asks_what = slots.says("what is in")
        || slots.says("what's in")
        || slots.says("whats in")
        || slots.says("what is here")
        || slots.says("what's here");
    (names_it || asks || asks_what).then(|| Intent::List {
        path: folder(slots),
    })
}

fn folder(slots: &Slots<'_>) -> String {
    slots.folder().unwrap_or_else(|| ".".to_owned())
}

fn talk(slots: &Slots<'_>, words: &[Word]) -> Option<Intent> {
    let is_help = slots.has(&["help", "examples"])
        || slots.says("can you do")
        || slots.says("who are you")
        || slots.says("what are you")
        || slots.says("how do you work");
    if is_help {
        return Some(Intent::Help);
    }
    let greetings = [
        "hi",
        "hello",
        "hey",
        "hallo",
        "moin",
        "morning",
        "afternoon",
        "evening",
    ];
    (words.len() <= 5 && slots.has(&greetings)).then_some(Intent::Greeting)
}

/// The tool whose keywords a request names most; it must need no argument, and stand alone.
fn tool_of_keywords(words: &[Word], tools: &[ToolSpec]) -> Option<Intent> {
    let hits = |tool: &ToolSpec| {
        let name = |word: &&Word| word.lower == tool.name;
        let keyword = |word: &&Word| {
            tool.keywords
                .iter()
                .any(|k| k.eq_ignore_ascii_case(&word.lower))
        };
        words
            .iter()
            .filter(|word| name(word) || keyword(word))
            .count()
    };
    let best = tools.iter().map(hits).max().filter(|most| *most > 0)?;
    let mut candidates = tools.iter().filter(|tool| hits(tool) == best);
    let tool = candidates.next()?;
    let is_alone = candidates.next().is_none();
    let required = tool.input_schema.get("required").and_then(|r| r.as_array());
    let needs_nothing = required.is_none_or(Vec::is_empty);
    (is_alone && needs_nothing).then(|| Intent::Tool {
        name: tool.name.clone(),
    })
}

//! From an intent to the first call, or to the question for what is missing.

use serde_json::{Value, json};
use weald_domain::tool::ToolSpec;

use super::{
    Reply,
    intent::{DiffRange, Intent},
    markdown::code,
    talk,
};

/// Commits that are asked for when a period bounds them, and when nothing does.
const COMMITS_OF_PERIOD: u64 = 200;
const COMMITS: u64 = 20;
const COMMITS_MAX: u64 = 1_000;
/// Lines that are read when a request names none: more would not fit into an answer.
const LINES: u64 = 400;

/// What to do with a new request.
pub(super) fn first_step(intent: &Intent, tools: &[ToolSpec]) -> Reply {
    match intent {
        Intent::List { path } | Intent::Largest { path } => {
            let lead = format!("I list {}.", place(path));
            call(tools, lead, "fs_list", json!({"path": path}))
        }
        Intent::Find { glob: None, .. } => {
            ask("Which files shall I find? A name or a pattern helps, such as `*.rs`.")
        }
        Intent::Find {
            path,
            glob: Some(glob),
        }
        | Intent::CountFiles { path, glob } => {
            let lead = format!("I look for {} in {}.", code(glob), place(path));
            call(tools, lead, "fs_find", json!({"path": path, "glob": glob}))
        }
        Intent::Read { path: None, .. } => {
            ask("Which file shall I read? Its path helps, such as `src/main.rs`.")
        }
        Intent::CountLines { path: None } => {
            ask("Of which file shall I count the lines? Its path helps, such as `src/main.rs`.")
        }
        Intent::Read {
            path: Some(path),
            lines,
        } => {
            let args = match lines {
                Some((offset, limit)) => json!({"path": path, "offset": offset, "limit": limit}),
                None => json!({"path": path, "limit": LINES}),
            };
            call(tools, format!("I read {}.", code(path)), "fs_read", args)
        }
        Intent::CountLines { path: Some(path) } => {
            let lead = format!("I count the lines of {}.", code(path));
            call(tools, lead, "fs_read", json!({"path": path, "limit": 1}))
        }
        Intent::Search { text: None, .. } => {
            ask("What shall I search for? Quotes help, such as `search for \"two words\" in src`.")
        }
        Intent::Search {
            path,
            text: Some(text),
        } => {
            let lead = format!("I search {} for {}.", place(path), code(text));
            let args = json!({"path": path, "pattern": pattern(text)});
            call(tools, lead, "fs_search", args)
        }
        Intent::Log { .. } => log(intent, tools),
        Intent::Status => call(tools, "I ask git.".into(), "git_status", json!({})),
        Intent::Diff { path, range } => diff(path.as_deref(), range, tools),
        Intent::Tool { name } => {
            let lead = format!("I call {}.", code(name));
            call(tools, lead, name, json!({}))
        }
        Intent::Help => Reply::Say(talk::help(tools)),
        Intent::Greeting => Reply::Say(talk::greeting(tools)),
        Intent::Unknown => Reply::Say(talk::unknown(tools)),
    }
}

fn log(intent: &Intent, tools: &[ToolSpec]) -> Reply {
    let Intent::Log {
        path,
        period,
        limit,
    } = intent
    else {
        return Reply::Say(talk::unknown(tools));
    };
    let mut args = serde_json::Map::new();
    if let Some(path) = path {
        args.insert("path".into(), json!(path));
    }
    let mut lead = "I look at the commits".to_owned();
    if let Some(period) = period {
        lead = format!("{lead} {}", period.words);
        args.insert("since".into(), json!(period.since));
        if let Some(until) = &period.until {
            args.insert("until".into(), json!(until));
        }
    }
    let usual = if period.is_some() {
        COMMITS_OF_PERIOD
    } else {
        COMMITS
    };
    args.insert(
        "limit".into(),
        json!(limit.unwrap_or(usual).clamp(1, COMMITS_MAX)),
    );
    call(tools, format!("{lead}."), "git_log", Value::Object(args))
}

fn diff(path: Option<&str>, range: &DiffRange, tools: &[ToolSpec]) -> Reply {
    let mut args = serde_json::Map::new();
    if let Some(path) = path {
        args.insert("path".into(), json!(path));
    }
    let lead = match range {
        DiffRange::Unstaged => "I ask git what has changed.".to_owned(),
        DiffRange::Staged => {
            args.insert("staged".into(), json!(true));
            "I ask git what is staged.".to_owned()
        }
        DiffRange::Between { from, to } => {
            args.insert("from".into(), json!(from));
            match to {
                Some(to) => {
                    args.insert("to".into(), json!(to));
                    format!("I compare {} with {}.", code(from), code(to))
                }
                None => format!("I compare {} with what is here.", code(from)),
            }
        }
    };
    call(tools, lead, "git_diff", Value::Object(args))
}

/// A text as a pattern: literal, and without regard to case unless it has upper case.
pub(super) fn pattern(text: &str) -> String {
    let literal = regex::escape(text);
    if text.chars().any(char::is_uppercase) {
        literal
    } else {
        format!("(?i){literal}")
    }
}

pub(super) fn call(tools: &[ToolSpec], lead: String, name: &str, args: Value) -> Reply {
    if tools.iter().any(|tool| tool.name == name) {
        Reply::Call {
            lead: format!("{lead}\n\n"),
            tool: name.to_owned(),
            args,
        }
    } else {
        Reply::Say(talk::missing_tool(name, tools))
    }
}

fn ask(question: &str) -> Reply {
    Reply::Say(format!("{question}\n"))
}

/// A folder in a sentence.
pub(super) fn place(path: &str) -> String {
    if path == "." {
        "the project".to_owned()
    } else {
        code(path)
    }
}

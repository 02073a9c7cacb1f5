//! What a step calls its tool with, and what is said before.

use serde_json::{Map, Value, json};

use super::super::{
    intent::{DiffRange, Intent},
    language::Language,
    markdown::code,
    period::Period,
};

/// Commits that are asked for when a period bounds them, and when nothing does.
const COMMITS_OF_PERIOD: u64 = 200;
const COMMITS: u64 = 20;
const COMMITS_MAX: u64 = 1_000;

/// The lead and the arguments of a step that is one call.
pub(super) fn of(step: &Intent, language: Language) -> Option<(String, Value)> {
    Some(match step {
        Intent::List { path } | Intent::Largest { path } => {
            let place = language.place(path);
            let lead = match language {
                Language::English => format!("I list {place}."),
                Language::German => format!("Ich liste {place} auf."),
                Language::Chinese => format!("我列出{place}。"),
            };
            (lead, json!({"path": path}))
        }
        Intent::Find {
            path,
            glob: Some(glob),
        }
        | Intent::CountFiles { path, glob } => {
            let lead = looks_for(path, glob, language);
            (lead, json!({"path": path, "glob": glob}))
        }
        Intent::Search {
            path,
            text: Some(text),
        } => {
            let lead = looks_for(path, text, language);
            (lead, json!({"path": path, "pattern": pattern(text)}))
        }
        Intent::Log {
            path,
            period,
            limit,
        } => log(path.as_deref(), period.as_ref(), *limit, language),
        Intent::Status => {
            let lead = language.pick("I ask git.", "Ich frage git.", "我问一下 git。");
            (lead.to_owned(), json!({}))
        }
        Intent::Diff { path, range } => diff(path.as_deref(), range, language),
        Intent::Tool { name, args } => {
            let name = code(name);
            let lead = match language {
                Language::English => format!("I call {name}."),
                Language::German => format!("Ich rufe {name} auf."),
                Language::Chinese => format!("我调用 {name}。"),
            };
            (lead, Value::Object(args.clone()))
        }
        Intent::Find { glob: None, .. }
        | Intent::Search { text: None, .. }
        | Intent::Count
        | Intent::Read { .. }
        | Intent::CountLines { .. }
        | Intent::Summarise { .. }
        | Intent::WhichTool { .. }
        | Intent::Talk(_) => return None,
    })
}

fn looks_for(path: &str, what: &str, language: Language) -> String {
    let (place, what) = (language.within(path), code(what));
    match language {
        Language::English => format!("I look for {what} {place}."),
        Language::German => format!("Ich suche {what} {place}."),
        Language::Chinese => format!("我在{place}查找 {what}。"),
    }
}

fn log(
    path: Option<&str>,
    period: Option<&Period>,
    limit: Option<u64>,
    language: Language,
) -> (String, Value) {
    let mut args = Map::new();
    if let Some(path) = path {
        args.insert("path".into(), json!(path));
    }
    let mut when = String::new();
    if let Some(period) = period {
        when = format!(" {}", period.words(language));
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
    let limit = limit.unwrap_or(usual).clamp(1, COMMITS_MAX);
    args.insert("limit".into(), json!(limit));
    let lead = language.pick(
        "I look at the commits",
        "Ich sehe die Commits an",
        "我查看提交记录",
    );
    let stop = language.pick(".", ".", "。");
    (format!("{lead}{when}{stop}"), Value::Object(args))
}

fn diff(path: Option<&str>, range: &DiffRange, language: Language) -> (String, Value) {
    let mut args = Map::new();
    if let Some(path) = path {
        args.insert("path".into(), json!(path));
    }
    let lead = match range {
        DiffRange::Unstaged => language
            .pick(
                "I ask git what has changed.",
                "Ich frage git, was sich geändert hat.",
                "我问 git 有什么变化。",
            )
            .to_owned(),
        DiffRange::Staged => {
            args.insert("staged".into(), json!(true));
            language
                .pick(
                    "I ask git what is staged.",
                    "Ich frage git, was vorgemerkt ist.",
                    "我问 git 暂存了什么。",
                )
                .to_owned()
        }
        DiffRange::Between { from, to } => {
            args.insert("from".into(), json!(from));
            let here = language.pick("what is here", "dem, was hier ist", "当前内容");
            let other = to.as_deref().map_or_else(|| here.to_owned(), code);
            if let Some(to) = to {
                args.insert("to".into(), json!(to));
            }
            let from = code(from);
            match language {
                Language::English => format!("I compare {from} with {other}."),
                Language::German => format!("Ich vergleiche {from} mit {other}."),
                Language::Chinese => format!("我比较 {from} 和 {other}。"),
            }
        }
    };
    (lead, Value::Object(args))
}

/// A text as a pattern: literal, and without regard to case unless it has upper case.
fn pattern(text: &str) -> String {
    let literal = regex::escape(text);
    if text.chars().any(char::is_uppercase) {
        literal
    } else {
        format!("(?i){literal}")
    }
}

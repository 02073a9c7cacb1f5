//! Answers about a repository.

use serde_json::Value;

use super::super::{
    markdown::{block, code, counted, plain, table},
    period::Period,
};

/// Commits and files that an answer names at most, and lines of a patch that it shows.
const COMMITS_MAX: usize = 50;
const FILES_MAX: usize = 100;
const PATCH_LINES_MAX: usize = 300;

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("")
}

fn number(value: &Value, member: &str) -> u64 {
    value.get(member).and_then(Value::as_u64).unwrap_or(0)
}

fn is_truncated(result: &Value) -> bool {
    result.get("truncated").and_then(Value::as_bool) == Some(true)
}

pub(super) fn status(result: &Value) -> Option<String> {
    let files = result.get("files")?.as_array()?;
    let branch = match text(result, "branch") {
        "" => "no branch".to_owned(),
        branch => format!("branch {}", code(branch)),
    };
    let (ahead, behind) = (number(result, "ahead"), number(result, "behind"));
    let distance = match (ahead, behind) {
        (0, 0) => String::new(),
        (ahead, 0) => format!(", {ahead} ahead"),
        (0, behind) => format!(", {behind} behind"),
        (ahead, behind) => format!(", {ahead} ahead and {behind} behind"),
    };
    if files.is_empty() {
        return Some(format!("On {branch}{distance}; nothing is uncommitted.\n"));
    }
    let rows: Vec<Vec<String>> = files
        .iter()
        .take(FILES_MAX)
        .map(|file| {
            vec![
                code(text(file, "path")),
                state(text(file, "index")),
                state(text(file, "worktree")),
            ]
        })
        .collect();
    let mut out = format!(
        "On {branch}{distance}; {} changed:\n\n{}",
        counted(files.len(), "file has", "files have"),
        table(&["File", "Staged", "Not staged"], &rows)
    );
    push_rest(&mut out, files.len(), FILES_MAX, result);
    Some(out)
}

/// A letter of git, or a word, as a word.
fn state(state: &str) -> String {
    let word = match state {
        "M" | "m" => "modified",
        "A" => "added",
        "D" => "deleted",
        "R" => "renamed",
        "C" => "copied",
        "T" => "type changed",
        "U" => "conflict",
        "?" => "untracked",
        "!" => "ignored",
        "." | " " | "" | "unmodified" => "",
        other => return plain(other),
    };
    word.to_owned()
}

pub(super) fn log(period: Option<&Period>, result: &Value) -> Option<String> {
    let commits = result.get("commits")?.as_array()?;
    let when = period.map_or_else(String::new, |period| format!(" {}", period.words));
    if commits.is_empty() {
        return Some(format!("No commit was made{when}.\n"));
    }
    let authors = authors(commits);
    let more = if is_truncated(result) {
        "at least "
    } else {
        ""
    };
    let mut out = format!(
        "**{more}{}** by {}{when}.\n\n",
        counted(commits.len(), "commit", "commits"),
        counted(authors.len(), "author", "authors"),
    );
    if authors.len() > 1 {
        let named: Vec<String> = authors
            .iter()
            .take(10)
            .map(|(author, count)| format!("{} ({count})", plain(author)))
            .collect();
        out.push_str(&format!("Authors: {}\n\n", named.join(", ")));
    }
    for commit in commits.iter().take(COMMITS_MAX) {
        out.push_str(&commit_line(commit, authors.len()));
    }
    push_rest(&mut out, commits.len(), COMMITS_MAX, result);
    Some(out)
}

/// Authors and their commits, the busiest first.
fn authors(commits: &[Value]) -> Vec<(&str, usize)> {
    let mut authors: Vec<(&str, usize)> = vec![];
    for commit in commits {
        let author = text(commit, "author");
        match authors.iter_mut().find(|(known, _)| *known == author) {
            Some((_, count)) => *count += 1,
            None => authors.push((author, 1)),
        }
    }
    authors.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    authors
}

fn commit_line(commit: &Value, authors: usize) -> String {
    let day: String = text(commit, "date").chars().take(10).collect();
    let hash: String = text(commit, "hash").chars().take(8).collect();
    let mut line = format!("- {day} {} {}", code(&hash), plain(text(commit, "subject")));
    if authors > 1 {
        line.push_str(&format!(" ({})", plain(text(commit, "author"))));
    }
    if let Some(files) = commit.get("files_changed").and_then(Value::as_u64) {
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        line.push_str(&format!(", {}", counted(files, "file", "files")));
    }
    line + "\n"
}

pub(super) fn diff(result: &Value) -> Option<String> {
    let files = result.get("files")?.as_array()?;
    if files.is_empty() {
        return Some("Nothing differs.\n".to_owned());
    }
    let sum = |member| files.iter().map(|file| number(file, member)).sum::<u64>();
    let rows: Vec<Vec<String>> = files
        .iter()
        .take(FILES_MAX)
        .map(|file| {
            vec![
                code(text(file, "path")),
                format!("+{}", number(file, "added")),
                format!("−{}", number(file, "removed")),
            ]
        })
        .collect();
    let mut out = format!(
        "{}, +{} −{}:\n\n{}",
        counted(files.len(), "file differs", "files differ"),
        sum("added"),
        sum("removed"),
        table(&["File", "Added", "Removed"], &rows)
    );
    let patch = text(result, "patch");
    if !patch.is_empty() {
        let lines: Vec<&str> = patch.lines().collect();
        let shown = lines.get(..PATCH_LINES_MAX).unwrap_or(&lines);
        out.push_str(&format!("\n{}", block("diff", &shown.join("\n"))));
        push_rest(&mut out, lines.len(), PATCH_LINES_MAX, result);
    }
    Some(out)
}

fn push_rest(out: &mut String, all: usize, shown: usize, result: &Value) {
    if let Some(rest) = all.checked_sub(shown).filter(|rest| *rest > 0) {
        out.push_str(&format!("\n… and {rest} more.\n"));
    } else if is_truncated(result) {
        out.push_str("\nThere is more; what came was cut.\n");
    }
}

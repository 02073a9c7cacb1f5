//! Answers about a repository.

use serde_json::Value;

use super::super::{
    language::Language,
    markdown::{block, code, plain, table},
    period::Period,
    unit::Unit,
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

pub(super) fn status(result: &Value, language: Language) -> Option<String> {
    let files = result.get("files")?.as_array()?;
    let branch = match text(result, "branch") {
        "" => language
            .pick("no branch", "keinem Branch", "（无分支）")
            .to_owned(),
        branch => format!(
            "{} {}",
            language.pick("branch", "Branch", "分支"),
            code(branch)
        ),
    };
    let on = language.pick("On", "Auf", "在");
    let distance = distance(number(result, "ahead"), number(result, "behind"), language);
    if files.is_empty() {
        let clean = language.pick(
            "nothing is uncommitted",
            "nichts ist uncommittet",
            "没有未提交的更改",
        );
        return Some(format!("{on} {branch}{distance}; {clean}.\n"));
    }
    let shown = files.iter().take(FILES_MAX);
    let state = |file: &Value, member: &str| state(text(file, member), language);
    let rows: Vec<Vec<String>> = shown
        .map(|file| {
            vec![
                code(text(file, "path")),
                state(file, "index"),
                state(file, "worktree"),
            ]
        })
        .collect();
    let head = language.pick(
        ["File", "Staged", "Not staged"],
        ["Datei", "Vorgemerkt", "Nicht vorgemerkt"],
        ["文件", "已暂存", "未暂存"],
    );
    let count = files.len();
    let changed = match (language, count) {
        (Language::English, 1) => "1 file has changed".to_owned(),
        (Language::English, _) => format!("{count} files have changed"),
        (Language::German, 1) => "1 Datei ist geändert".to_owned(),
        (Language::German, _) => format!("{count} Dateien sind geändert"),
        (Language::Chinese, _) => format!("{count} 个文件有更改"),
    };
    let mut out = format!(
        "{on} {branch}{distance}; {changed}:\n\n{}",
        table(&head, &rows)
    );
    out.push_str(&language.rest(count, FILES_MAX, is_truncated(result)));
    Some(out)
}

fn distance(ahead: u64, behind: u64, language: Language) -> String {
    let ahead_word = language.pick("ahead", "voraus", "领先");
    let behind_word = language.pick("behind", "zurück", "落后");
    let and = language.pick("and", "und", "，");
    match (ahead, behind) {
        (0, 0) => String::new(),
        (ahead, 0) => format!(", {ahead} {ahead_word}"),
        (0, behind) => format!(", {behind} {behind_word}"),
        (ahead, behind) => format!(", {ahead} {ahead_word} {and} {behind} {behind_word}"),
    }
}

/// A letter of git, or a word, as a word.
fn state(state: &str, language: Language) -> String {
    let word = match state {
        "M" | "m" => language.pick("modified", "geändert", "已修改"),
        "A" => language.pick("added", "neu", "已添加"),
        "D" => language.pick("deleted", "gelöscht", "已删除"),
        "R" => language.pick("renamed", "umbenannt", "已重命名"),
        "C" => language.pick("copied", "kopiert", "已复制"),
        "T" => language.pick("type changed", "Art geändert", "类型已变"),
        "U" => language.pick("conflict", "Konflikt", "冲突"),
        "?" => language.pick("untracked", "unbekannt", "未跟踪"),
        "!" => language.pick("ignored", "ignoriert", "已忽略"),
        "." | " " | "" | "unmodified" => "",
        other => return plain(other),
    };
    word.to_owned()
}

pub(super) fn log(period: Option<&Period>, result: &Value, language: Language) -> Option<String> {
    let commits = result.get("commits")?.as_array()?;
    let when = period.map_or_else(String::new, |period| format!(" {}", period.words(language)));
    if commits.is_empty() {
        return Some(match language {
            Language::English => format!("No commit was made{when}.\n"),
            Language::German => format!("Es gab keinen Commit{when}.\n"),
            Language::Chinese => format!("没有提交{when}。\n"),
        });
    }
    let authors = authors(commits);
    let count = language.counted(commits.len(), Unit::Commit);
    let count = language.at_least(count, is_truncated(result));
    let people = language.counted(authors.len(), Unit::Author);
    let by = language.pick("by", "von", "来自");
    let mut out = format!("**{count}** {by} {people}{when}.\n\n");
    if authors.len() > 1 {
        let named: Vec<String> = authors
            .iter()
            .take(10)
            .map(|(author, count)| format!("{} ({count})", plain(author)))
            .collect();
        let head = language.pick("Authors", "Wer", "作者");
        out.push_str(&format!("{head}: {}\n\n", named.join(", ")));
    }
    for commit in commits.iter().take(COMMITS_MAX) {
        out.push_str(&commit_line(commit, authors.len(), language));
    }
    out.push_str(&language.rest(commits.len(), COMMITS_MAX, is_truncated(result)));
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

fn commit_line(commit: &Value, authors: usize, language: Language) -> String {
    let day: String = text(commit, "date").chars().take(10).collect();
    let hash: String = text(commit, "hash").chars().take(8).collect();
    let mut line = format!("- {day} {} {}", code(&hash), plain(text(commit, "subject")));
    if authors > 1 {
        line.push_str(&format!(" ({})", plain(text(commit, "author"))));
    }
    if let Some(files) = commit.get("files_changed").and_then(Value::as_u64) {
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        line.push_str(&format!(", {}", language.counted(files, Unit::File)));
    }
    line + "\n"
}

pub(super) fn diff(result: &Value, language: Language) -> Option<String> {
    let files = result.get("files")?.as_array()?;
    if files.is_empty() {
        let same = language.pick(
            "Nothing differs.",
            "Es gibt keinen Unterschied.",
            "没有差异。",
        );
        return Some(format!("{same}\n"));
    }
    let sum = |member| {
        let numbers = files.iter().map(|file| number(file, member));
        numbers.fold(0_u64, u64::saturating_add)
    };
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
    let count = files.len();
    let differ = match (language, count) {
        (Language::English, 1) => "1 file differs".to_owned(),
        (Language::English, _) => format!("{count} files differ"),
        (Language::German, 1) => "1 Datei unterscheidet sich".to_owned(),
        (Language::German, _) => format!("{count} Dateien unterscheiden sich"),
        (Language::Chinese, _) => format!("{count} 个文件有差异"),
    };
    let head = language.pick(
        ["File", "Added", "Removed"],
        ["Datei", "Neu", "Entfernt"],
        ["文件", "新增", "删除"],
    );
    let (added, removed) = (sum("added"), sum("removed"));
    let mut out = format!("{differ}, +{added} −{removed}:\n\n{}", table(&head, &rows));
    let patch = text(result, "patch");
    if !patch.is_empty() {
        let lines: Vec<&str> = patch.lines().collect();
        let shown = lines.get(..PATCH_LINES_MAX).unwrap_or(&lines);
        out.push_str(&format!("\n{}", block("diff", &shown.join("\n"))));
        out.push_str(&language.rest(lines.len(), PATCH_LINES_MAX, is_truncated(result)));
    }
    Some(out)
}

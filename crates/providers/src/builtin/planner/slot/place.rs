//! Files, folders and patterns that a request names.

use super::{
    super::{
        period::number,
        word::{Quoting, Word},
    },
    ARTICLES, PREPOSITIONS, Slots,
};

const FOLDERS: [&str; 6] = [
    "folder",
    "directory",
    "dir",
    "subfolder",
    "folders",
    "directories",
];
/// What stands behind a place in Chinese.
const BEHIND: &str = "里";
/// What names the whole project.
const WHOLE: [&str; 10] = [
    "here",
    "repo",
    "repository",
    "project",
    "workspace",
    "codebase",
    "code",
    "root",
    "everywhere",
    "whole",
];
/// What may stand at the place of a folder and is none.
const NOT_FOLDERS: [&str; 52] = [
    "everything",
    "stuff",
    "please",
    "content",
    "contents",
    "again",
    "it",
    "them",
    "there",
    "total",
    "git",
    "detail",
    "files",
    "file",
    "which",
    "what",
    "text",
    "lines",
    "line",
    "commits",
    "week",
    "month",
    "year",
    "day",
    "days",
    "today",
    "last",
    "past",
    "yesterday",
    "since",
    "folder",
    "directory",
    "me",
    "us",
    "you",
    "list",
    "show",
    "read",
    "count",
    "search",
    "find",
    "summarise",
    "their",
    "its",
    "this",
    "all",
    "every",
    "each",
    "order",
    "short",
    "first",
    "diff",
];
/// Files that people name without their ending.
const KNOWN_FILES: [(&str, &str); 6] = [
    ("readme", "README.md"),
    ("changelog", "CHANGELOG.md"),
    ("license", "LICENSE"),
    ("licence", "LICENSE"),
    ("makefile", "Makefile"),
    ("dockerfile", "Dockerfile"),
];
/// File kinds that people name.
const KINDS: [(&str, &str); 17] = [
    ("rust", "*.rs"),
    ("markdown", "*.md"),
    ("python", "*.py"),
    ("typescript", "*.{ts,tsx}"),
    ("javascript", "*.{js,jsx,mjs}"),
    ("json", "*.json"),
    ("toml", "*.toml"),
    ("yaml", "*.{yaml,yml}"),
    ("html", "*.html"),
    ("css", "*.css"),
    ("sql", "*.sql"),
    ("go", "*.go"),
    ("java", "*.java"),
    ("shell", "*.sh"),
    ("image", "*.{png,jpg,jpeg,gif,svg,webp}"),
    ("test", "*test*"),
    ("text", "*.txt"),
];

impl Slots<'_> {
    /// A file that is named by a path, a name with an ending, or a well-known name.
    pub(in super::super) fn file(&self) -> Option<String> {
        let known = |word: &Word| {
            let known = KNOWN_FILES.iter().find(|(name, _)| *name == word.lower);
            known.map(|(_, file)| (*file).to_owned())
        };
        let is_named = |word: &&Word| {
            is_file(&word.raw) || (word.quoting == Quoting::Quoted && is_path(&word.raw))
        };
        let named = self.words.iter().find(is_named);
        named
            .map(|word| word.raw.clone())
            .or_else(|| self.words.iter().find_map(known))
    }

    /// A folder that is named by a path, or by a word at the place of one.
    pub(in super::super) fn folder(&self) -> Option<String> {
        if let Some(path) = self.words.iter().find(|word| is_path(&word.raw)) {
            return Some(path.raw.clone());
        }
        let candidate = (0..self.words.len()).find_map(|at| self.folder_at(at));
        candidate.or_else(|| {
            let is_folder = |word: &Word| FOLDERS.contains(&word.lower.as_str());
            let after = self.words.iter().position(is_folder)?;
            let word = self.words.get(after + 1)?;
            may_be_folder(word).then(|| word.raw.clone())
        })
    }

    /// `in the src`, `src folder`, `src里`.
    fn folder_at(&self, at: usize) -> Option<String> {
        let candidate = if PREPOSITIONS.contains(&self.lower(at)) {
            let articles = |next: &usize| ARTICLES.contains(&self.lower(*next));
            let mut next = at + 1 + (at + 1..).take_while(articles).count();
            if FOLDERS.contains(&self.lower(next)) {
                next += 1;
            }
            // `of all markdown files` names a kind.
            let is_kind = self.lower(next + 1).starts_with("file");
            self.words.get(next).filter(|_| !is_kind)
        } else if FOLDERS.contains(&self.lower(at + 1)) || self.lower(at + 1) == BEHIND {
            self.words.get(at)
        } else {
            None
        };
        let word = candidate.filter(|word| may_be_folder(word))?;
        Some(word.raw.clone())
    }

    /// The last word as a folder, when it stands behind a verb: `list src`.
    pub(in super::super) fn folder_behind(&self, verbs: &[&str]) -> Option<String> {
        let [.., verb, word] = self.words else {
            return None;
        };
        let is_folder = verbs.contains(&verb.lower.as_str()) && may_be_folder(word);
        is_folder.then(|| word.raw.clone())
    }

    /// A glob, what stands for one, or the name of a file.
    pub(in super::super) fn glob(&self) -> Option<String> {
        let file = || self.words.iter().find(|word| is_file(&word.raw));
        self.pattern()
            .or_else(|| file().map(|word| glob_of_name(&word.raw)))
    }

    /// A glob, or what stands for one: `*.rs`, `.rs files`, `rust files`, `files named x`.
    pub(in super::super) fn pattern(&self) -> Option<String> {
        if let Some(glob) = self.words.iter().find(|word| word.raw.contains('*')) {
            return Some(glob.raw.clone());
        }
        self.words
            .iter()
            .enumerate()
            .find_map(|(at, word)| self.pattern_at(at, word))
    }

    fn pattern_at(&self, at: usize, word: &Word) -> Option<String> {
        let is_ending = word.raw.starts_with('.')
            && word.raw.len() > 1
            && word.raw.len() <= 8
            && !is_file(&word.raw)
            && word.raw.bytes().skip(1).all(|b| b.is_ascii_alphanumeric());
        if is_ending {
            return Some(format!("*{}", word.raw));
        }
        let names = matches!(word.lower.as_str(), "named" | "called" | "name");
        if let Some(name) = self.words.get(at + 1).filter(|_| names) {
            return Some(glob_of_name(&name.raw));
        }
        let kind = word.lower.trim_end_matches('s');
        let is_kind = |(name, _): &&(&str, &str)| *name == kind || *name == word.lower;
        let (_, glob) = KINDS.iter().find(is_kind)?;
        let before_files = self.lower(at + 1).starts_with("file");
        before_files.then(|| (*glob).to_owned())
    }
}

/// A name as a pattern: whole when it has an ending, anywhere in the name otherwise.
pub(in super::super) fn glob_of_name(name: &str) -> String {
    if name.contains(['*', '.', '/']) {
        name.to_owned()
    } else {
        format!("*{name}*")
    }
}

/// Whether a word is a path or a file, and so never a word of a language.
pub(in super::super) fn is_path_like(word: &str) -> bool {
    is_path(word) || is_file(word) || word.contains("://")
}

/// A path is told by its slash, or is one of the dots.
fn is_path(word: &str) -> bool {
    let is_dots = matches!(word, "." | "..");
    let is_url = word.contains("://");
    is_dots || (word.contains('/') && !is_url && !word.contains(['*', ' ']) && word.len() > 1)
}

/// A file name is told by its ending, or stands behind a slash.
pub(in super::super) fn is_file(word: &str) -> bool {
    if word.contains(['*', ' '])
        || word.contains("://")
        || word.contains("..") && !word.contains('/')
    {
        return false;
    }
    let name = word.rsplit('/').next().unwrap_or(word);
    let has_ending = name.rsplit_once('.').is_some_and(|(stem, ending)| {
        let letters = ending.bytes().any(|b| b.is_ascii_alphabetic());
        (1..=10).contains(&ending.len())
            && letters
            && ending.bytes().all(|b| b.is_ascii_alphanumeric())
            && !stem.is_empty()
    });
    let is_dotfile = name.len() > 3 && name.starts_with(".git") || name == ".env";
    has_ending || is_dotfile
}

fn may_be_folder(word: &Word) -> bool {
    let lower = word.lower.as_str();
    let is_name = !word.raw.is_empty()
        && lower
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    is_name
        && number(lower).is_none()
        && !WHOLE.contains(&lower)
        && !NOT_FOLDERS.contains(&lower)
        && !is_file(&word.raw)
}

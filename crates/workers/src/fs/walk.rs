//! Walks a tree in a fixed order, leaving out what `.gitignore` leaves out. Every directory is
//! opened from its root without following links, so the walk cannot be led outside.

use std::{
    io::Read,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use weald_worker_host::sdk::{Call, EntryKind, Failure};

/// Largest file of ignore rules that is read.
const RULES_MAX: u64 = 1024 * 1024;
/// Most entries one walk looks at.
const ENTRIES_MAX: usize = 2_000_000;

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Everything was seen.
    Whole,
    /// The visitor had enough, or the tree is too large.
    Early,
}

/// Calls `visit` with every file and link below `start`, sorted by path; with `start` itself when
/// it is a file.
pub(super) fn files(
    call: &Call,
    start: &Path,
    mut visit: impl FnMut(&Path) -> Result<ControlFlow<()>, Failure>,
) -> Result<Ended, Failure> {
    if call.directories.kind(start)? != EntryKind::Directory {
        return Ok(match visit(start)? {
            ControlFlow::Continue(()) => Ended::Whole,
            ControlFlow::Break(()) => Ended::Early,
        });
    }
    let mut walk = Walk {
        call,
        rules: rules_above(call, start),
        seen: 0,
    };
    walk.directory(start, 0, &mut visit)
}

struct Walk<'a> {
    call: &'a Call,
    /// Rules from the outermost directory to the one at work.
    rules: Vec<Gitignore>,
    seen: usize,
}

/// Deepest nesting; deeper trees are cut, so that recursion is bounded.
const DEPTH_MAX: usize = 200;

impl Walk<'_> {
    fn directory(
        &mut self,
        path: &Path,
        depth: usize,
        visit: &mut impl FnMut(&Path) -> Result<ControlFlow<()>, Failure>,
    ) -> Result<Ended, Failure> {
        self.call.check()?;
        let entries = match self.call.directories.list(path) {
            Ok(entries) => entries,
            Err(failure) if depth == 0 => return Err(failure),
            // A directory that is gone, denied or swapped by now is left out.
            Err(_) => return Ok(Ended::Whole),
        };
        let mark = self.rules.len();
        self.rules.extend(rules_of(self.call, path));
        let mut ended = Ended::Whole;
        for entry in entries {
            self.seen += 1;
            if self.seen > ENTRIES_MAX {
                ended = Ended::Early;
                break;
            }
            let below = path.join(&entry.name);
            let is_directory = entry.kind == EntryKind::Directory;
            if entry.name == ".git" || self.is_ignored(&below, is_directory) {
                continue;
            }
            let step = match entry.kind {
                EntryKind::Directory if depth < DEPTH_MAX => {
                    self.directory(&below, depth + 1, visit)?
                }
                EntryKind::Directory => Ended::Early,
                EntryKind::File | EntryKind::Link => match visit(&below)? {
                    ControlFlow::Continue(()) => Ended::Whole,
                    ControlFlow::Break(()) => Ended::Early,
                },
                EntryKind::Other => Ended::Whole,
            };
            if step == Ended::Early {
                ended = Ended::Early;
                break;
            }
        }
        self.rules.truncate(mark);
        Ok(ended)
    }

    /// The innermost rule that says something wins.
    fn is_ignored(&self, path: &Path, is_directory: bool) -> bool {
        self.rules
            .iter()
            .rev()
            .map(|rules| rules.matched(path, is_directory))
            .find(|said| !said.is_none())
            .is_some_and(|said| said.is_ignore())
    }
}

/// The rules of the directories between the root and the start.
fn rules_above(call: &Call, start: &Path) -> Vec<Gitignore> {
    let Some(root) = call.directories.root_of(start) else {
        return Vec::new();
    };
    let mut above: Vec<PathBuf> = start
        .ancestors()
        .skip(1)
        .take_while(|dir| dir.starts_with(root))
        .map(Path::to_path_buf)
        .collect();
    above.reverse();
    above.iter().flat_map(|dir| rules_of(call, dir)).collect()
}

/// The rules that a directory brings, the weakest first.
fn rules_of(call: &Call, dir: &Path) -> Vec<Gitignore> {
    [".git/info/exclude", ".gitignore", ".ignore"]
        .iter()
        .filter_map(|name| rules(call, dir, name))
        .collect()
}

fn rules(call: &Call, dir: &Path, name: &str) -> Option<Gitignore> {
    let file = call.directories.open_file(&dir.join(name)).ok()?;
    let mut text = String::new();
    file.take(RULES_MAX).read_to_string(&mut text).ok()?;
    let mut builder = GitignoreBuilder::new(dir);
    for line in text.lines() {
        // A line that is no rule is no rule.
        builder.add_line(None, line).ok();
    }
    builder.build().ok()
}

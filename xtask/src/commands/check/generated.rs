//! Generated files in the repository are what their source generates now.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::commands::openapi::{self, DOCUMENT};
use crate::lane::Verdict;
use crate::workspace::Workspace;
use crate::{npm, prerequisite, shell};

/// Compares the OpenAPI document with the binary's, then the web app's types with the document.
pub(crate) fn check(workspace: &Workspace, weald: &Path) -> Result<Verdict> {
    let file = workspace.path(DOCUMENT);
    let stored =
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    if let Some(difference) = first_difference(&stored, &openapi::document(weald)?) {
        bail!("{DOCUMENT} is stale (hint: cargo xtask openapi): {difference}");
    }
    if let Some(fault) = prerequisite::node_fault() {
        return Ok(Verdict::Skipped(format!("the web app's types: {fault}")));
    }
    npm::install(workspace)?;
    shell::run(&mut npm::script_command(workspace, "codegen:check")?)?;
    Ok(Verdict::Passed)
}

/// The first line that differs, with both readings.
fn first_difference(stored: &str, fresh: &str) -> Option<String> {
    if stored == fresh {
        return None;
    }
    let mut stored = stored.lines();
    let mut fresh = fresh.lines();
    for number in 1.. {
        match (stored.next(), fresh.next()) {
            (None, None) => break,
            (old, new) if old == new => {}
            (old, new) => {
                let [old, new] = [old, new].map(|line| line.unwrap_or("(nothing)").trim());
                return Some(format!("line {number} is `{old}`, should be `{new}`"));
            }
        }
    }
    Some("the ends of their lines differ".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_differing_line_is_named() {
        assert_eq!(first_difference("{\n}\n", "{\n}\n"), None);
        assert_eq!(
            first_difference("{\n  \"a\": 1\n}\n", "{\n  \"a\": 2\n}\n").unwrap(),
            "line 2 is `\"a\": 1`, should be `\"a\": 2`"
        );
        assert_eq!(
            first_difference("{\n", "{\n}\n").unwrap(),
            "line 2 is `(nothing)`, should be `}`"
        );
        assert!(first_difference("{}", "{}\n").is_some());
    }
}

//! `cargo xtask up`: from a bare checkout to a running Weald.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::binary::{self, Build};
use crate::workspace::Workspace;
use crate::{npm, prerequisite};

/// Builds the web app and the binary, then becomes `weald up`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let (build, rest) = split(arguments);
    prerequisite::check()?;
    npm::build_if_stale(workspace)?;
    let weald = binary::build(workspace, build)?;
    // `exec` comes back only when it failed.
    let error = Command::new(&weald).arg("up").args(rest).exec();
    Err(error).with_context(|| format!("cannot start {}", weald.display()))
}

/// Our own `--release`, and what goes on to `weald up`.
fn split(arguments: &[String]) -> (Build, Vec<&String>) {
    let rest: Vec<&String> = arguments
        .iter()
        .filter(|argument| *argument != "--release")
        .collect();
    let build = if rest.len() == arguments.len() {
        Build::Dev
    } else {
        Build::Release
    };
    (build, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_release_is_ours() {
        let arguments: Vec<String> = ["--release", "--addr", "127.0.0.1:0", "--json"]
            .map(str::to_owned)
            .into();

        let (build, rest) = split(&arguments);

        assert_eq!(build, Build::Release);
        assert_eq!(rest, ["--addr", "127.0.0.1:0", "--json"]);
        assert_eq!(split(&arguments[1..]).0, Build::Dev);
    }
}

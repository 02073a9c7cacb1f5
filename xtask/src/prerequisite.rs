//! What a machine must have before anything is built, and how to get it.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// A program that is too old or missing, with the way out.
struct Needed {
    program: &'static str,
    least: Version,
    hint: &'static str,
}

/// Major and minor version; a patch never matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Version(u32, u32);

const NODE: Needed = Needed {
    program: "node",
    least: Version(20, 19),
    hint: "install Node 20.19 or later, for example from https://nodejs.org/",
};
const GIT: Needed = Needed {
    program: "git",
    least: Version(2, 39),
    hint: "on Debian: apt-get install git",
};

/// Refuses to start when node, git or a C compiler is missing or too old; names all of them.
pub(crate) fn check() -> Result<()> {
    let mut missing: Vec<String> = [NODE, GIT]
        .iter()
        .filter_map(|needed| needed.fault(&version_text(needed)))
        .collect();
    if !["cc", "gcc", "clang"]
        .iter()
        .any(|compiler| shell::find(compiler).is_some())
    {
        missing.push("no C compiler (hint: on Debian: apt-get install gcc libc6-dev)".to_owned());
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!("this machine is not ready: {}", missing.join("; "))
}

/// Why the web app cannot be built here, if it cannot.
pub(crate) fn node_fault() -> Option<String> {
    NODE.fault(&version_text(&NODE))
}

impl Needed {
    fn fault(&self, printed: &str) -> Option<String> {
        let Version(major, minor) = self.least;
        match parse(printed) {
            Some(version) if version >= self.least => None,
            Some(Version(has_major, has_minor)) => Some(format!(
                "{} is {has_major}.{has_minor}, at least {major}.{minor} is needed (hint: {})",
                self.program, self.hint
            )),
            None => Some(format!("{} is missing (hint: {})", self.program, self.hint)),
        }
    }
}

fn version_text(needed: &Needed) -> String {
    Command::new(needed.program)
        .arg("--version")
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default()
}

/// Reads `v20.20.2` and `git version 2.47.3` alike: the first word that looks like a version.
fn parse(printed: &str) -> Option<Version> {
    printed.split_whitespace().find_map(|word| {
        let mut numbers = word.trim_start_matches('v').split('.');
        let major = numbers.next()?.parse().ok()?;
        let minor = numbers.next()?.parse().ok()?;
        Some(Version(major, minor))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_numbers() {
        assert_eq!(parse("v20.20.2\n"), Some(Version(20, 20)));
        assert_eq!(parse("git version 2.47.3"), Some(Version(2, 47)));
        assert_eq!(parse("git version 2.9.1 (Apple Git)"), Some(Version(2, 9)));
        assert_eq!(parse(""), None);
    }

    #[test]
    fn an_old_or_missing_program_comes_with_a_hint() {
        assert_eq!(NODE.fault("v20.19.0"), None);
        assert_eq!(NODE.fault("v24.1.0"), None);
        let old = NODE.fault("v20.9.0").unwrap();
        assert!(old.contains("20.9") && old.contains("hint"), "{old}");
        let missing = GIT.fault("").unwrap();
        assert!(
            missing.contains("git is missing") && missing.contains("apt-get"),
            "{missing}"
        );
    }
}

//! Debian packages that some lanes need: installed when we may, else named.

use std::process::Command;

use anyhow::Result;

use crate::shell;

/// A package and the proof that what it brings is there.
pub(crate) struct Needed {
    pub(crate) package: &'static str,
    pub(crate) present: fn() -> bool,
}

/// The browser of the end-to-end tests.
pub(crate) const CHROMIUM: Needed = Needed {
    package: "chromium",
    present: || shell::find("chromium").is_some(),
};

/// A Python that can make a virtual environment, for the API tests.
pub(crate) const PYTHON: Needed = Needed {
    package: "python3-venv",
    present: || python().is_some(),
};

/// The second SQL engine; its tests start private servers of their own.
pub(crate) const POSTGRESQL: Needed = Needed {
    package: "postgresql",
    present: has_postgresql,
};

/// On the path, or where Debian puts it.
fn has_postgresql() -> bool {
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut debian = debian.flatten().map(|version| version.path().join("bin"));
    debian.any(|folder| folder.join("initdb").is_file())
        || (shell::find("initdb").is_some() && shell::find("postgres").is_some())
}

/// A Python of 3.11 or later with `venv` and `ensurepip`.
pub(crate) fn python() -> Option<&'static str> {
    const PROBE: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
    ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(|python| shell::succeeds(Command::new(python).args(["-c", PROBE])))
}

/// Makes sure of a package; answers why it is not there when it cannot be installed.
pub(crate) fn ensure(needed: &Needed) -> Result<Option<String>> {
    if (needed.present)() {
        return Ok(None);
    }
    let package = needed.package;
    if shell::find("apt-get").is_none() {
        return Ok(Some(format!(
            "{package} is not installed and there is no apt-get"
        )));
    }
    if !is_root() {
        return Ok(Some(format!(
            "{package} is missing; run: sudo apt-get install {package}"
        )));
    }
    apt_get(&["update", "--quiet"])?;
    apt_get(&[
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        package,
    ])?;
    let there = (needed.present)();
    Ok((!there).then(|| format!("{package} was installed and still does not work")))
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    shell::run(
        Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

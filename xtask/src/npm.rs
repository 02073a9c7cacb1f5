//! The web app's packages and scripts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::shell;
use crate::workspace::Workspace;

/// The folder of the web app.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.path("web")
}

/// Installs the packages of the lock file unless they are already there.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    install_in(&folder(workspace))
}

/// Runs one script of the web app's `package.json`.
pub(crate) fn run(workspace: &Workspace, script: &str) -> Result<()> {
    shell::run(&mut script_command(workspace, script)?)
}

/// A script as a command that can still be given variables; a missing script is an error.
pub(crate) fn script_command(workspace: &Workspace, script: &str) -> Result<Command> {
    let folder = folder(workspace);
    if !has_script(&folder, script)? {
        bail!("web/package.json has no script {script:?}");
    }
    let mut command = Command::new("npm");
    command
        .args(["run", "--silent", script])
        .current_dir(folder);
    Ok(command)
}

/// Builds the web app if something it is made of is newer than the last build.
pub(crate) fn build_if_stale(workspace: &Workspace) -> Result<()> {
    let folder = folder(workspace);
    let built = modified(&folder.join("dist/index.html"));
    if built.is_some_and(|built| newest_source(&folder).is_some_and(|source| source <= built)) {
        println!("web/dist is up to date");
        return Ok(());
    }
    install(workspace)?;
    run(workspace, "build")
}

fn install_in(folder: &Path) -> Result<()> {
    let lock = modified(&folder.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", folder.display()))?;
    // npm writes this file last, so an installation that was cut counts as none.
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some_and(|installed| installed >= lock) {
        return Ok(());
    }
    shell::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(folder),
    )
}

fn has_script(folder: &Path, script: &str) -> Result<bool> {
    let file = folder.join("package.json");
    let text =
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let package: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    Ok(package["scripts"][script].is_string())
}

/// The newest change among everything that goes into the web app.
fn newest_source(folder: &Path) -> Option<SystemTime> {
    let inputs = entries(folder)
        .into_iter()
        .filter(|path| !path.ends_with("dist") && !path.ends_with("e2e"));
    inputs.filter_map(|path| newest_below(&path)).max()
}

fn newest_below(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return modified(path);
    }
    entries(path)
        .iter()
        .filter_map(|path| newest_below(path))
        .max()
}

/// What is in a folder, without installed packages.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| !path.ends_with("node_modules"))
        .collect()
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::scratch::Scratch;

    fn touch(path: &Path, seconds: u64) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = fs::File::create(path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .unwrap();
    }

    #[test]
    fn the_newest_source_ignores_what_is_built_or_installed() {
        let scratch = Scratch::new("npm").unwrap();
        touch(&scratch.path().join("src/features/chat/view.tsx"), 20);
        touch(&scratch.path().join("index.html"), 10);
        touch(&scratch.path().join("dist/index.html"), 30);
        touch(&scratch.path().join("node_modules/react/index.js"), 40);
        touch(
            &scratch
                .path()
                .join("codegen/node_modules/typescript/index.js"),
            50,
        );

        let newest = newest_source(scratch.path());

        assert_eq!(
            newest,
            Some(SystemTime::UNIX_EPOCH + Duration::from_secs(20))
        );
    }

    #[test]
    fn a_script_is_found_by_its_name_only() {
        let scratch = Scratch::new("npm").unwrap();
        let text = r#"{"scripts": {"build": "vite build"}}"#;
        fs::write(scratch.path().join("package.json"), text).unwrap();

        assert!(has_script(scratch.path(), "build").unwrap());
        assert!(!has_script(scratch.path(), "vite build").unwrap());
    }
}

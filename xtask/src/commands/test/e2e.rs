//! The web app in a real browser against a real server.

use std::path::Path;

use anyhow::Result;

use crate::lane::{Report, Verdict};
use crate::live_server::LiveServer;
use crate::workspace::Workspace;
use crate::{debian, npm, prerequisite, shell};

/// Runs the browser tests, or says why not.
pub(crate) fn lane(workspace: &Workspace, report: &mut Report, weald: Option<&Path>) {
    report.lane("web e2e", || {
        let Some(weald) = weald else {
            return Ok(Verdict::Skipped("the build failed".to_owned()));
        };
        if let Some(fault) = prerequisite::node_fault() {
            return Ok(Verdict::Skipped(fault));
        }
        if let Some(missing) = debian::ensure(&debian::CHROMIUM)? {
            return Ok(Verdict::Skipped(missing));
        }
        run(workspace, weald)
    });
}

fn run(workspace: &Workspace, weald: &Path) -> Result<Verdict> {
    npm::build_if_stale(workspace)?;
    let mut server = LiveServer::start(weald)?;
    let ready = server.ready().clone();
    let tested = shell::run(
        npm::script_command(workspace, "e2e")?
            .env("WEALD_BIN", weald)
            .env("WEALD_URL", ready.url)
            .env("WEALD_TOKEN", ready.token),
    );
    server.still_runs()?;
    tested?;
    Ok(Verdict::Passed)
}

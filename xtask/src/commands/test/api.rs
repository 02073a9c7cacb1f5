//! The HTTP interface, attacked by an independent tester with its own document.

use std::path::Path;

use anyhow::Result;

use crate::lane::{Report, Verdict};
use crate::live_server::LiveServer;
use crate::workspace::Workspace;
use crate::{debian, schemathesis};

/// Runs the tester, or says why not.
pub(crate) fn lane(workspace: &Workspace, report: &mut Report, weald: Option<&Path>) {
    report.lane("api", || {
        let Some(weald) = weald else {
            return Ok(Verdict::Skipped("the build failed".to_owned()));
        };
        if let Some(missing) = debian::ensure(&debian::PYTHON)? {
            return Ok(Verdict::Skipped(missing));
        }
        run(workspace, weald)
    });
}

fn run(workspace: &Workspace, weald: &Path) -> Result<Verdict> {
    let program = schemathesis::install(workspace)?;
    let mut server = LiveServer::start(weald)?;
    let tested = schemathesis::test(workspace, &program, server.ready(), server.folder());
    if tested.is_err() {
        eprintln!("the server said:\n{}", server.log().trim());
    }
    server.still_runs()?;
    tested?;
    Ok(Verdict::Passed)
}

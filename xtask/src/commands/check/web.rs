//! The web app's own checks, each a script of its `package.json`.

use crate::lane::{Report, Verdict};
use crate::workspace::Workspace;
use crate::{npm, prerequisite};

/// A lane and the script it runs.
const SCRIPTS: [(&str, &str); 6] = [
    ("web lint", "lint"),
    ("web typecheck", "typecheck"),
    ("web format", "format:check"),
    ("web tests", "test"),
    ("web build", "build"),
    ("web budgets", "budgets"),
];

/// Runs them all; without Node each says so.
pub(crate) fn lanes(workspace: &Workspace, report: &mut Report) {
    let fault = prerequisite::node_fault();
    for (lane, script) in SCRIPTS {
        report.lane(lane, || {
            if let Some(fault) = &fault {
                return Ok(Verdict::Skipped(fault.clone()));
            }
            npm::install(workspace)?;
            npm::run(workspace, script)?;
            Ok(Verdict::Passed)
        });
    }
}

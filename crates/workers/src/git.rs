//! git-worker: status, log and diff of the projects' repositories.

mod diff;
mod log;
mod opened;
mod status;

use weald_worker_host::sdk::Toolbox;

use opened::Opener;

/// The manifest.
pub(crate) const MANIFEST: &str = include_str!("git/manifest.json");

/// The tools.
pub(crate) fn toolbox() -> Result<Toolbox, serde_json::Error> {
    let opener = Opener::default();
    let (for_status, for_log, for_diff) = (opener.clone(), opener.clone(), opener);
    Ok(Toolbox::new(MANIFEST)?
        .tool("git_status", move |call, args| {
            status::run(for_status.clone(), call, args)
        })
        .tool("git_log", move |call, args| {
            log::run(for_log.clone(), call, args)
        })
        .tool("git_diff", move |call, args| {
            diff::run(for_diff.clone(), call, args)
        }))
}

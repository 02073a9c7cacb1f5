//! The log: lines on standard error.

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::arguments::Global;

/// Starts logging at the level of the settings; `-vv` shows more.
pub(crate) fn start(global: &Global, level: &str) {
    let level = if global.verbose >= 2 { "debug" } else { level };
    let filter = EnvFilter::try_new(format!(
        "{level},hyper=warn,reqwest=warn,rustls=warn,sqlx=warn,rmcp=warn"
    ))
    .unwrap_or_default();
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let started = if global.json {
        let lines = fmt::layer().json().with_writer(std::io::stderr);
        tracing_subscriber::registry()
            .with(filter)
            .with(lines)
            .try_init()
    } else {
        tracing_subscriber::registry()
            .with(filter)
            .with(lines.with_ansi(false))
            .try_init()
    };
    // A second start in one process (a test) keeps the first.
    drop(started);
}

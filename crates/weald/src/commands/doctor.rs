//! `weald doctor`: checks what Weald stands on, and says how to mend it.

mod machine;
mod service;

use serde::Serialize;
use weald_terminal::{Paint, clean::one_line};

use crate::{
    config::{Overrides, database},
    context::Context,
    exit::Exit,
    failure::{Form, Outcome},
};

/// Nothing but the global flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// As it should be.
    Ok,
    /// It works, and deserves a look.
    Warning,
    /// It does not work.
    Failed,
}

/// One line of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Check {
    name: &'static str,
    verdict: Verdict,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl Check {
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            verdict: Verdict::Ok,
            detail: detail.into(),
            fix: None,
        }
    }

    fn warning(name: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            name,
            verdict: Verdict::Warning,
            detail: detail.into(),
            fix: Some(fix.into()),
        }
    }

    fn failed(name: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Failed,
            ..Self::warning(name, detail, fix)
        }
    }
}

/// Checks everything; exit code 1 when something does not work.
pub(crate) async fn run(_args: Args, context: &mut Context) -> Outcome<Exit> {
    let (found, config) = context.configure(Overrides::default())?;
    let mut checks = vec![machine::settings(&found)];
    checks.extend(machine::folders(&context.places, &config));
    checks.push(machine::disk(&config.data.root));
    checks.push(machine::clock(&config.data.root));
    checks.push(machine::git(&context.env).await);
    checks.push(machine::machine_key(&context.places, &config));
    checks.push(service::port(&context.places, &config).await);
    match found.layered.database(&context.env) {
        Ok(address) => checks.push(machine::integrity(&config.data.root, &address).await),
        Err(error) => checks.push(Check::failed(
            "integrity",
            error.to_string(),
            database::HINT,
        )),
    }
    checks.extend(service::deployment(context).await);
    let worst = checks.iter().any(|check| check.verdict == Verdict::Failed);
    match context.form() {
        Form::Json => context.json(&checks)?,
        Form::Text => checks.iter().try_for_each(|check| show(check, context))?,
    }
    Ok(if worst { Exit::Failed } else { Exit::Ok })
}

fn show(check: &Check, context: &mut Context) -> Outcome {
    let (paint, mark) = match check.verdict {
        Verdict::Ok => (Paint::Good, "✓"),
        Verdict::Warning => (Paint::Warning, "⚠"),
        Verdict::Failed => (Paint::Bad, "✗"),
    };
    let console = &mut context.console;
    let mark = console.paint(paint, mark);
    console.line(&format!(
        "{mark} {:<12} {}",
        check.name,
        one_line(&check.detail, 300)
    ))?;
    if let Some(fix) = &check.fix {
        let fix = console.paint(Paint::Dim, &format!("  → {}", one_line(fix, 300)));
        console.line(&fix)?;
    }
    Ok(())
}

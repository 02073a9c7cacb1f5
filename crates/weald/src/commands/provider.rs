//! `weald provider …`

mod add;
mod list;
mod test;

use weald_api::provider::ProviderTestResponse;
use weald_terminal::{Paint, clean::one_line};

use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Outcome},
};

/// What to do with providers.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Connect a provider of models; its key is asked for, or taken from standard input
    Add(add::Args),
    /// List providers
    List(list::Args),
    /// See whether a provider answers
    Test(test::Args),
}

/// Does it.
pub(crate) async fn run(command: Command, context: &mut Context) -> Outcome {
    match command {
        Command::Add(args) => add::run(args, context).await,
        Command::List(args) => list::run(args, context).await,
        Command::Test(args) => test::run(args, context).await,
    }
}

/// Says whether it answered; a provider that did not is exit code 10.
fn report(context: &mut Context, tested: &ProviderTestResponse) -> Outcome {
    if let Some(error) = &tested.error {
        return Err(
            Failure::new(Exit::Provider, &error.code, error.message.clone())
                .hint(error.hint.clone()),
        );
    }
    let models = tested.models.as_ref().map_or(0, Vec::len);
    let took = tested.latency_ms.unwrap_or_default();
    let mark = context.console.paint(Paint::Good, "✓");
    context.console.line(&format!(
        "{mark} it answered in {took} ms and offers {models} model(s)"
    ))?;
    for model in tested.models.iter().flatten().take(10) {
        let line = format!("  {}", one_line(&model.id, 120));
        context.console.line(&line)?;
    }
    if models > 10 {
        context
            .console
            .note("  … `weald model list` shows all of them")?;
    }
    Ok(())
}

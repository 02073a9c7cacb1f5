//! `weald model pull PROVIDER/MODEL`

mod bar;

use weald_api::{
    domain::model::ModelRef,
    provider::{ModelPullEvent, ModelPullRequest},
};
use weald_terminal::Paint;

use self::bar::Bar;
use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Form, Outcome},
    reach::with_server,
};

/// What to download.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Provider and model, such as `ollama/llama3.2`
    #[arg(value_name = "PROVIDER/MODEL")]
    model: ModelRef,
}

/// Downloads it to the provider's machine, and says how far it is. Ending the command stops the
/// download; the same again goes on where it stood.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let request = ModelPullRequest {
        model: args.model.model.clone(),
    };
    let added = with_server(context, async |context, reach| {
        let provider = &args.model.provider;
        let mut told = reach.client.pull_model(provider, &request).await?;
        let mut bar = Bar::of(&context.console);
        while let Some(event) = told.next().await? {
            if context.form() == Form::Json {
                context.json(&event)?;
            }
            match event {
                ModelPullEvent::Progress {
                    status,
                    completed,
                    total,
                } if context.form() == Form::Text => {
                    bar.show(&mut context.console, &status, completed, total)?;
                }
                ModelPullEvent::Progress { .. } => {}
                ModelPullEvent::Done { added } => {
                    bar.end(&mut context.console)?;
                    return Ok(added);
                }
                ModelPullEvent::Failed {
                    code,
                    message,
                    retryable: _,
                } => {
                    bar.end(&mut context.console)?;
                    return Err(failed(&code, message));
                }
            }
        }
        Err(failed("cut_stream", "the download broke off".to_owned()))
    })
    .await?;
    if context.form() == Form::Json {
        return Ok(());
    }
    let mark = context.console.paint(Paint::Good, "✓");
    context
        .console
        .line(&format!("{mark} {} is there", args.model))?;
    for name in added {
        let name = weald_terminal::clean::one_line(&name, 256);
        let line = format!("  {}/{name}", args.model.provider);
        context.console.line(&line)?;
    }
    Ok(())
}

fn failed(code: &str, message: String) -> Failure {
    let exit = match code {
        "bad_model" => Exit::Usage,
        "provider_disk_full" | "provider_outdated" | "library_unreachable" | "provider_failed" => {
            Exit::Provider
        }
        other => Exit::of_session_error(other),
    };
    let failure = Failure::new(exit, code, message);
    match code {
        "model_not_found" => failure.hint("its name is one of https://ollama.com/library"),
        "provider_disk_full" => failure.hint("make room there, and say the same again"),
        "provider_outdated" => failure.hint("update Ollama there, and say the same again"),
        "cut_stream" | "idle_timeout" | "library_unreachable" => {
            failure.hint("say the same again: it goes on where it stood")
        }
        _ => failure,
    }
}

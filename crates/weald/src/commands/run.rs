//! `weald run [TEXT]`

mod project;

use std::io::{IsTerminal, Read, stdin};

use weald_api::{
    domain::{
        id::ConversationId,
        limits::PART_TEXT_MAX,
        model::ModelRef,
        preset::{ConfigOverride, PresetModel},
        slug::Slug,
    },
    run::RunRequest,
};

use project::projects_here;

use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Outcome},
    reach::{Reach, with_server_and_stop},
    session::{self, Stop},
};

/// What to ask.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// What to ask; standard input without it, or with `-`
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    /// Send this key with the run: the same key and request run once
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    #[command(flatten)]
    pub(super) talk: TalkArgs,
}

/// How to talk.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct TalkArgs {
    /// Go on in this conversation
    #[arg(long, value_name = "ID")]
    pub(super) conversation: Option<ConversationId>,
    /// Use this model, as `provider/model`
    #[arg(long, value_name = "MODEL")]
    pub(super) model: Option<ModelRef>,
}

impl TalkArgs {
    /// The request of one input.
    pub(super) fn request(&self, text: String, projects: Option<Vec<Slug>>) -> RunRequest {
        let model = self.model.clone().map(|name| PresetModel {
            name,
            temperature: None,
            max_tokens: None,
            context_window: None,
        });
        RunRequest {
            conversation_id: self.conversation,
            project_ids: projects,
            config_override: model.map(|model| ConfigOverride {
                model: Some(model),
                ..ConfigOverride::default()
            }),
            ..RunRequest::text(text)
        }
    }
}

/// Asks, and streams the answer.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome<Exit> {
    let text = input(args.text)?;
    with_server_and_stop(context, async |context, reach, stop| {
        let projects = match args.talk.conversation {
            Some(_) => None,
            None => Some(projects_or_stop(context, reach, stop).await?),
        };
        let request = args.talk.request(text, projects);
        let key = args.idempotency_key.as_deref();
        let run = reach.client.run(request, key).await?;
        session::follow(context, &reach.client, run, stop).await?;
        Ok(Exit::Ok)
    })
    .await
}

/// The projects of a run here; finding them may ask a person, and that ends with a stop.
pub(super) async fn projects_or_stop(
    context: &mut Context,
    reach: &Reach,
    stop: &mut Stop,
) -> Outcome<Vec<Slug>> {
    let asked = tokio::select! {
        projects = projects_here(context, reach) => return projects,
        asked = stop.next() => asked,
    };
    Err(session::ended(context, asked))
}

fn input(text: Option<String>) -> Outcome<String> {
    let text = match text {
        Some(text) if text != "-" => text,
        None if stdin().is_terminal() => {
            return Err(
                Failure::new(Exit::Usage, "empty_input", "there is nothing to ask")
                    .hint("weald run \"what changed in this repo this week?\""),
            );
        }
        Some(_) | None => {
            let mut bytes = Vec::new();
            stdin()
                .take(PART_TEXT_MAX as u64 + 1)
                .read_to_end(&mut bytes)?;
            check_size(bytes.len())?;
            String::from_utf8(bytes).map_err(|_| {
                Failure::new(Exit::Usage, "not_utf8", "the input is not UTF-8 text")
                    .hint("convert it first, for example with `iconv -t utf-8`")
            })?
        }
    };
    if text.trim().is_empty() {
        return Err(
            Failure::new(Exit::Usage, "empty_input", "there is nothing to ask")
                .hint("give a text, or pipe one in"),
        );
    }
    check_size(text.len())?;
    Ok(text)
}

fn check_size(bytes: usize) -> Outcome {
    if bytes <= PART_TEXT_MAX {
        return Ok(());
    }
    let what = format!("the input has more than {PART_TEXT_MAX} bytes");
    Err(Failure::new(Exit::Usage, "part_too_large", what)
        .hint("put it into a file of the project and ask about that"))
}

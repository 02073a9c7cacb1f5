//! `weald provider add KIND`

use std::io::{IsTerminal, Read, stdin};

use clap::ValueEnum;
use weald_api::{
    domain::{provider::ProviderKind, slug::Slug},
    provider::{ProviderCreateRequest, ProviderTestResponse},
};
use weald_terminal::prompt;

use super::report;
use crate::{
    ask,
    context::Context,
    exit::Exit,
    failure::{Failure, Form, Outcome},
    reach::with_server,
};

/// Longest key, bytes.
const KEY_MAX: u64 = 16 * 1024;

/// What to connect. A key is never an argument: other users could read it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The kind of provider
    kind: Kind,
    /// Base address, such as `http://127.0.0.1:11434/v1`; needed for `openai-compatible`
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Id of the provider, a-z, 0-9 and `-`
    #[arg(long)]
    id: Option<Slug>,
    /// Name for people
    #[arg(long)]
    name: Option<String>,
    /// It needs no key
    #[arg(long)]
    no_key: bool,
    /// Refer to this environment variable of the server, such as `OPENAI_API_KEY`, and store no key
    #[arg(long, value_name = "NAME", conflicts_with = "no_key")]
    key_variable: Option<String>,
    /// Offer this model, besides those it lists itself
    #[arg(long = "model", value_name = "NAME")]
    models: Vec<String>,
    /// Do not try it
    #[arg(long)]
    no_test: bool,
}

/// The dialects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// OpenAI.
    Openai,
    /// OpenRouter.
    Openrouter,
    /// Anything else that speaks Chat Completions: Ollama, LM Studio, llama.cpp, vLLM, …
    OpenaiCompatible,
    /// Anthropic, or anything else that speaks its Messages.
    Anthropic,
    /// OpenAI by Responses, or anything else that speaks it.
    OpenaiResponses,
    /// Gemini by its own wire.
    Gemini,
    /// Ollama by its own wire.
    Ollama,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Openai => "OpenAI",
            Self::Openrouter => "OpenRouter",
            Self::OpenaiCompatible => "OpenAI-compatible",
            Self::Anthropic => "Anthropic",
            Self::OpenaiResponses => "OpenAI (Responses)",
            Self::Gemini => "Gemini",
            Self::Ollama => "Ollama",
        }
    }

    /// Whether it may be a server of one's own that wants no key.
    const fn may_go_without_key(self) -> bool {
        match self {
            Self::OpenaiCompatible | Self::Ollama => true,
            Self::Openai
            | Self::Openrouter
            | Self::Anthropic
            | Self::OpenaiResponses
            | Self::Gemini => false,
        }
    }
}

impl From<Kind> for ProviderKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Openai => Self::Openai,
            Kind::Openrouter => Self::Openrouter,
            Kind::OpenaiCompatible => Self::OpenaiCompatible,
            Kind::Anthropic => Self::Anthropic,
            Kind::OpenaiResponses => Self::OpenaiResponses,
            Kind::Gemini => Self::Gemini,
            Kind::Ollama => Self::Ollama,
        }
    }
}

/// Connects it, and tries it.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let request = ProviderCreateRequest {
        key_variable: args.key_variable.clone(),
        id: args.id.clone(),
        kind: args.kind.into(),
        display_name: args
            .name
            .clone()
            .unwrap_or_else(|| args.kind.name().to_owned()),
        base_url: args.base_url.clone(),
        api_key: key(&args, context).await?,
        models: args.models.clone(),
    };
    let (provider, tested) = with_server(context, async |_, reach| {
        let provider = reach.client.create_provider(&request).await?;
        let tested = if args.no_test {
            None
        } else {
            Some(try_it(reach, &provider.id).await?)
        };
        Ok((provider, tested))
    })
    .await?;
    match context.form() {
        Form::Json => context.json(&provider)?,
        Form::Text => context.console.line(provider.id.as_str())?,
    }
    match tested {
        Some(tested) if context.form() == Form::Text || !tested.ok => report(context, &tested),
        Some(_) | None => Ok(()),
    }
}

/// Asks it for its models, so that `weald model list` shows them.
async fn try_it(reach: &crate::reach::Reach, id: &Slug) -> Outcome<ProviderTestResponse> {
    let tested = reach.client.test_provider(id).await?;
    if tested.ok {
        reach.client.sync_models(id).await?;
    }
    Ok(tested)
}

/// The key: from a pipe, else asked for; a provider on this machine needs none.
async fn key(args: &Args, context: &Context) -> Outcome<Option<String>> {
    if args.no_key || args.key_variable.is_some() {
        return Ok(None);
    }
    if !stdin().is_terminal() {
        let mut text = String::new();
        stdin().take(KEY_MAX).read_to_string(&mut text)?;
        let text = text.trim().to_owned();
        return match text.is_empty() {
            false => Ok(Some(text)),
            true if args.kind.may_go_without_key() => Ok(None),
            true => Err(no_key()),
        };
    }
    if !context.can_ask() {
        return if args.kind.may_go_without_key() {
            Ok(None)
        } else {
            Err(no_key())
        };
    }
    let question = if args.kind.may_go_without_key() {
        "API key (empty: it needs none)"
    } else {
        "API key"
    };
    let key = ask::blocking(move || prompt::secret(question)).await?;
    Ok(Some(key.trim().to_owned()).filter(|key| !key.is_empty()))
}

fn no_key() -> Failure {
    Failure::new(Exit::NeedsInput, "needs_key", "the provider needs a key")
        .hint("pipe it in: `weald provider add openai < key.txt`, or say --no-key")
}

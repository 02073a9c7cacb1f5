//! `builtin/planner`: answers plain requests with the tools at hand, by fixed rules.
//!
//! It is no language model and says so. `docs/guide/planner.md` says what it understands, and
//! `planner/tests/sentences.txt` holds it to that. The way of a request:
//!
//! 1. `word`: the text as words, German and Chinese as the English words the rules know
//!    (`lexicon`).
//! 2. `history`: the messages before tell which question waits for this answer.
//! 3. `rules` and `offered`: words to intents, by rules or by the manifests of the workers.
//! 4. `plan`: what must be asked first.
//! 5. `run`: replays the plan over the results that are there; the next call, or the answer.
//!
//! It is a function of the request alone: the same context gives the same answer, also after a
//! restart.

mod ask;
mod history;
mod intent;
mod language;
mod lexicon;
mod markdown;
mod offered;
mod period;
mod plan;
mod rules;
mod run;
mod slot;
mod summary;
mod talk;
mod unit;
mod word;

use std::collections::VecDeque;

use futures::{StreamExt as _, stream};
use serde_json::Value;
use weald_domain::{
    message::FinishReason,
    model::{ModelError, ModelEvent, ModelRequest},
    ports::models::ModelStream,
};

use super::context::{WordCount, calls_since_user};

/// What the planner does in one call of it.
#[derive(Debug, Clone, PartialEq)]
enum Reply {
    /// It says something, and the turn ends.
    Say(String),
    /// It says what it is about to do, and calls a tool.
    Call {
        lead: String,
        tool: String,
        args: Value,
    },
}

/// Answers a request.
///
/// # Errors
/// None; the signature is that of every built-in model.
pub fn call(request: &ModelRequest) -> Result<ModelStream, ModelError> {
    let plan = history::plan(request);
    let calls = calls_since_user(&request.messages);
    let reply = run::reply(&plan, &calls, &request.tools);
    Ok(stream::iter(
        events(reply, calls.len(), WordCount::of(request))
            .into_iter()
            .map(Ok),
    )
    .boxed())
}

fn events(reply: Reply, calls_before: usize, mut words: WordCount) -> VecDeque<ModelEvent> {
    let (text, called) = match reply {
        Reply::Say(text) => (text, None),
        Reply::Call { lead, tool, args } => (lead, Some((tool, args))),
    };
    words.say(&text);
    let mut events: VecDeque<ModelEvent> = text
        .split_inclusive(char::is_whitespace)
        .map(|word| ModelEvent::Text(word.to_owned()))
        .collect();
    let finish = match called {
        None => FinishReason::Stop,
        Some((name, args)) => {
            let id = format!("planner_{}", calls_before + 1);
            events.push_back(ModelEvent::ToolCall { index: 0, id, name });
            events.push_back(ModelEvent::ToolArgs {
                index: 0,
                delta: args.to_string(),
            });
            FinishReason::ToolCalls
        }
    };
    events.push_back(ModelEvent::Usage(words.usage()));
    events.push_back(ModelEvent::Finished(finish));
    events
}

#[cfg(test)]
mod tests;

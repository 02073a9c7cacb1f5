//! `builtin/planner`: answers plain English requests with the tools at hand, by fixed rules.
//!
//! It is no language model and says so. What it understands:
//!
//! | intent | for example | tool |
//! |---|---|---|
//! | list | `list the files in src` | `fs_list` |
//! | largest files | `what are the biggest files here?` | `fs_list` |
//! | find | `find *.rs files`, `find files named config` | `fs_find` |
//! | count files | `how many markdown files are there?` | `fs_find` |
//! | read | `show me Cargo.toml`, `read lines 10 to 20 of src/lib.rs` | `fs_read` |
//! | count lines | `how many lines has README.md?` | `fs_read` |
//! | search | `search for TODO in src` | `fs_search` |
//! | git log | `what changed this week?`, `the last 5 commits` | `git_log` |
//! | git status | `git status`, `what is uncommitted?` | `git_status` |
//! | git diff | `show the diff`, `diff between main and HEAD` | `git_diff` |
//! | help | `help`, `what can you do?` | – |
//! | greeting | `hello` | – |
//!
//! Any other tool is called when a request names its keywords and the tool needs no argument. The
//! rules see the request alone: the same context gives the same answer, also after a restart.

mod answer;
mod intent;
mod markdown;
mod period;
mod plan;
mod slot;
mod talk;
mod word;

use std::collections::VecDeque;

use futures::{StreamExt as _, stream};
use serde_json::Value;
use weald_domain::{
    message::FinishReason,
    model::{ModelError, ModelEvent, ModelRequest},
    ports::models::ModelStream,
};

use super::context::{WordCount, calls_since_user, last_user_text};

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
    let text = last_user_text(&request.messages).unwrap_or_default();
    let asked = intent::recognise(&text, request);
    let calls = calls_since_user(&request.messages);
    let reply = match calls.last() {
        None => plan::first_step(&asked, &request.tools),
        Some(last) => answer::next_step(&asked, &calls, last, &request.tools),
    };
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

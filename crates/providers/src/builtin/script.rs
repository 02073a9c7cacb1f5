//! `builtin/script`: plays the acts written in the last user message, for tests and demos (D-29).
//!
//! Each act `tool` ends a call; the call after its result goes on with the next act. How far the
//! script has been played is read from the context alone, so a restart changes nothing.

mod act;

use std::{collections::VecDeque, time::Duration};

use futures::{StreamExt as _, stream};
use weald_domain::{
    message::FinishReason,
    model::{ModelError, ModelErrorKind, ModelEvent, ModelRequest},
    ports::models::ModelStream,
};

use self::act::Act;
use super::context::{WordCount, calls_since_user, last_user_text};
use crate::failure;

/// Whether `input` is a script.
///
/// # Errors
/// `bad_script` when it is no array of acts.
pub fn check(input: &str) -> Result<(), ModelError> {
    read(input).map(drop)
}

/// Plays the script in the last user message of `request`.
///
/// # Errors
/// As [`check`].
pub fn call(request: &ModelRequest) -> Result<ModelStream, ModelError> {
    let acts = read(&last_user_text(&request.messages).unwrap_or_default())?;
    let tools_done = calls_since_user(&request.messages).len();
    let player = Player {
        acts: acts_left(acts, tools_done),
        counted: 0,
        queue: VecDeque::new(),
        calls_before: tools_done,
        words: WordCount::of(request),
        stage: Stage::Playing,
    };
    Ok(stream::unfold(player, |mut player| async move {
        let item = player.next().await?;
        Some((item, player))
    })
    .boxed())
}

fn read(input: &str) -> Result<VecDeque<Act>, ModelError> {
    act::parse(input).map_err(|bad| {
        let message = format!("the input is not a script: {bad}");
        failure::lasting(ModelErrorKind::BadRequest, "bad_script", message)
    })
}

fn acts_left(mut acts: VecDeque<Act>, tools_done: usize) -> VecDeque<Act> {
    for _ in 0..tools_done {
        while let Some(act) = acts.pop_front() {
            if matches!(act, Act::Tool { .. }) {
                break;
            }
        }
    }
    acts
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Playing,
    Ended,
}

struct Player {
    acts: VecDeque<Act>,
    /// How far the `count` act in front has counted.
    counted: u64,
    queue: VecDeque<ModelEvent>,
    calls_before: usize,
    words: WordCount,
    stage: Stage,
}

impl Player {
    async fn next(&mut self) -> Option<Result<ModelEvent, ModelError>> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(Ok(event));
            }
            if self.stage == Stage::Ended {
                return None;
            }
            match self.acts.pop_front() {
                None => self.finish(FinishReason::Stop),
                Some(Act::Say(text)) => return Some(Ok(self.say(text))),
                Some(Act::Think(text)) => {
                    self.words.think(&text);
                    return Some(Ok(ModelEvent::Reasoning(text)));
                }
                Some(Act::Count { to, delay }) => {
                    if let Some(event) = self.count(to, delay).await {
                        return Some(Ok(event));
                    }
                }
                Some(Act::Tool { name, args }) => self.call_tool(name, args),
                Some(Act::Hold) => return std::future::pending().await,
                Some(Act::Fail(message)) => {
                    self.stage = Stage::Ended;
                    return Some(Err(failure::lasting(
                        ModelErrorKind::Provider,
                        "script_failed",
                        message,
                    )));
                }
            }
        }
    }

    fn say(&mut self, text: String) -> ModelEvent {
        self.words.say(&text);
        ModelEvent::Text(text)
    }

    async fn count(&mut self, to: u64, delay: Duration) -> Option<ModelEvent> {
        if self.counted == to {
            self.counted = 0;
            return None;
        }
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        self.counted += 1;
        let text = format!("{} ", self.counted);
        self.acts.push_front(Act::Count { to, delay });
        Some(self.say(text))
    }

    fn call_tool(&mut self, name: String, args: String) {
        self.queue.push_back(ModelEvent::ToolCall {
            index: 0,
            id: format!("script_{}", self.calls_before + 1),
            name,
        });
        self.queue.push_back(ModelEvent::ToolArgs {
            index: 0,
            delta: args,
        });
        self.finish(FinishReason::ToolCalls);
    }

    fn finish(&mut self, reason: FinishReason) {
        self.queue.push_back(ModelEvent::Usage(self.words.usage()));
        self.queue.push_back(ModelEvent::Finished(reason));
        self.stage = Stage::Ended;
    }
}

#[cfg(test)]
mod tests;

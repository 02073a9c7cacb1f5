//! What a request is answered with, and the small words that tests write it in.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

/// The answer to one request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A stream.
    Stream {
        /// What happens, in order. A finish reason, the usage and `[DONE]` follow by themselves
        /// unless a step ends the stream.
        steps: Vec<Step>,
        /// After how many bytes the connection is cut.
        cut_after: Option<usize>,
    },
    /// No stream at all.
    Refuse {
        /// HTTP status.
        status: u16,
        /// Further headers.
        headers: Vec<(String, String)>,
        /// The body.
        body: String,
    },
    /// Not even headers: the request waits.
    HoldHeaders,
}

impl Answer {
    /// Adds a header to a refusal.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Self::Refuse { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Cuts the connection of a stream after so many bytes of its body.
    #[must_use]
    pub const fn cut_after(mut self, bytes: usize) -> Self {
        if let Self::Stream { cut_after, .. } = &mut self {
            *cut_after = Some(bytes);
        }
        self
    }
}

/// One thing that happens in a stream.
#[derive(Debug, Clone)]
pub enum Step {
    /// A piece of text.
    Say(String),
    /// A piece of thinking.
    Think(String),
    /// A tool call, its arguments in fragments.
    Call {
        /// Id of the call.
        id: String,
        /// Tool name.
        name: String,
        /// JSON text.
        args: String,
    },
    /// Tokens at a steady rate.
    Tokens(Tokens),
    /// Nothing for a while.
    Wait(Duration),
    /// Nothing until the client hangs up.
    Hold,
    /// These bytes as they are.
    Raw(Bytes),
    /// A text chunk, each byte of it sent on its own.
    Bytewise(String),
    /// The usage of the call: input and output tokens.
    Usage(u64, u64),
    /// The finish reason; ends the stream.
    Finish(String),
    /// An error object; ends the stream.
    Fail(String),
    /// Ends the stream without its terminal event.
    Cut(Cut),
}

/// How a stream is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The body ends as if it were complete.
    Clean,
    /// The connection breaks.
    Broken,
}

/// A steady stream of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// How many.
    pub count: u64,
    /// Time between two; zero is as fast as they are taken.
    pub every: Duration,
    /// What each says.
    pub content: TokenContent,
}

/// What a token of a steady stream says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenContent {
    /// Its number and a space: `1 2 3 …`.
    Number,
    /// Microseconds since the Unix epoch when it was written.
    Timestamp,
}

/// A stream of these steps.
pub fn reply(steps: impl IntoIterator<Item = Step>) -> Answer {
    Answer::Stream {
        steps: steps.into_iter().collect(),
        cut_after: None,
    }
}

/// A refusal with an error object that says `message`.
#[must_use]
pub fn refuse(status: u16, message: &str) -> Answer {
    Answer::Refuse {
        status,
        headers: vec![],
        body: serde_json::json!({"error": {"message": message, "type": "refused", "code": null}})
            .to_string(),
    }
}

/// No headers, ever.
#[must_use]
pub const fn hold_headers() -> Answer {
    Answer::HoldHeaders
}

/// A piece of text.
#[must_use]
pub fn say(text: &str) -> Step {
    Step::Say(text.to_owned())
}

/// A piece of thinking.
#[must_use]
pub fn think(text: &str) -> Step {
    Step::Think(text.to_owned())
}

/// The numbers from 1 to `to`, each after the delay.
#[must_use]
pub const fn count(to: u64, delay: Duration) -> Step {
    Step::Tokens(Tokens {
        count: to,
        every: delay,
        content: TokenContent::Number,
    })
}

/// A tool call; calls in a row are parallel calls of one answer.
#[must_use]
pub fn call(id: &str, name: &str, args: &Value) -> Step {
    Step::Call {
        id: id.to_owned(),
        name: name.to_owned(),
        args: args.to_string(),
    }
}

/// Nothing for a while.
#[must_use]
pub const fn wait(time: Duration) -> Step {
    Step::Wait(time)
}

/// Nothing until the client hangs up.
#[must_use]
pub const fn hold() -> Step {
    Step::Hold
}

/// These bytes as they are.
pub fn raw(bytes: impl Into<Vec<u8>>) -> Step {
    Step::Raw(Bytes::from(bytes.into()))
}

/// A text whose bytes are sent one by one, characters cut in two included.
#[must_use]
pub fn bytewise(text: &str) -> Step {
    Step::Bytewise(text.to_owned())
}

/// The usage of the call.
#[must_use]
pub const fn usage(input: u64, output: u64) -> Step {
    Step::Usage(input, output)
}

/// The finish reason, usage and `[DONE]`.
#[must_use]
pub fn finish(reason: &str) -> Step {
    Step::Finish(reason.to_owned())
}

/// An error object inside the stream.
#[must_use]
pub fn fail(message: &str) -> Step {
    Step::Fail(message.to_owned())
}

/// The end of a stream that is not its end.
#[must_use]
pub const fn cut(how: Cut) -> Step {
    Step::Cut(how)
}

/// A text, word by word.
pub(super) fn words(text: &str) -> Vec<Step> {
    text.split_inclusive(char::is_whitespace).map(say).collect()
}

/// Answers for a script whose calls each end one.
pub(super) fn split_at_calls(steps: impl IntoIterator<Item = Step>) -> Vec<Answer> {
    let mut answers = vec![];
    let mut steps_of_answer: Vec<Step> = vec![];
    for step in steps {
        let after_call = matches!(steps_of_answer.last(), Some(Step::Call { .. }));
        if after_call && !matches!(step, Step::Call { .. }) {
            answers.push(reply(std::mem::take(&mut steps_of_answer)));
        }
        steps_of_answer.push(step);
    }
    answers.push(reply(steps_of_answer));
    answers
}

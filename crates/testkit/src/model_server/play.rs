//! Plays the steps of an answer as the bytes of a body.

use std::{collections::VecDeque, io, sync::Arc};

use bytes::Bytes;
use futures::{Stream, stream};
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    Shared,
    answer::{Cut, Step, TokenContent, Tokens},
    wire::Frames,
};

/// Counts an answer as open while its body lives.
pub(super) struct Open(Arc<Shared>);

impl Open {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        shared.open.send_modify(|open| *open += 1);
        Self(shared)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}

struct Player {
    steps: VecDeque<Step>,
    queue: VecDeque<Bytes>,
    wire: Box<dyn Frames>,
    usage: Option<(u64, u64)>,
    /// Words said, for the usage of an answer that names none.
    words: u64,
    prompt_words: u64,
    left: Option<usize>,
    /// When the next token of a steady stream is due, and which it is.
    steady: Option<(Instant, u64)>,
    stage: Stage,
    open: Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Playing,
    Ending,
    Breaking,
    Over,
}

/// The body of an answer.
pub(super) fn body(
    shared: Arc<Shared>,
    steps: Vec<Step>,
    cut_after: Option<usize>,
    mut wire: Box<dyn Frames>,
    prompt_words: u64,
) -> impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static {
    let player = Player {
        steps: steps.into(),
        queue: wire.start().into(),
        wire,
        usage: None,
        words: 0,
        prompt_words,
        left: cut_after,
        steady: None,
        stage: Stage::Playing,
        open: Open::new(shared),
    };
    stream::unfold(player, |mut player| async move {
        let stop = player.open.0.stop.clone();
        let piece = tokio::select! {
            biased;
            () = stop.cancelled() => {
                player.stage = Stage::Over;
                Some(Err(broken()))
            }
            piece = player.next() => piece,
        };
        piece.map(|piece| (piece, player))
    })
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "the script cuts here")
}

impl Player {
    async fn next(&mut self) -> Option<Result<Bytes, io::Error>> {
        loop {
            if self.stage == Stage::Over {
                return None;
            }
            if let Some(frame) = self.queue.pop_front() {
                return Some(Ok(self.within_limit(frame)));
            }
            match self.stage {
                Stage::Playing => match self.steps.pop_front() {
                    Some(step) => self.step(step).await,
                    None => self.finish(None),
                },
                Stage::Ending | Stage::Over => return None,
                Stage::Breaking => {
                    self.stage = Stage::Over;
                    // A pending body lets the server flush what was written before the break.
                    tokio::task::yield_now().await;
                    return Some(Err(broken()));
                }
            }
        }
    }

    /// The frame, or as much of it as may still go out.
    fn within_limit(&mut self, mut frame: Bytes) -> Bytes {
        if let Some(left) = &mut self.left {
            if *left <= frame.len() {
                frame.truncate(*left);
                self.queue.clear();
                self.stage = Stage::Breaking;
            }
            *left -= frame.len();
        }
        frame
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Say(text) => self.say(&text),
            Step::Think(text) => self.queue.extend(self.wire.thinking(&text)),
            Step::Tokens(tokens) => self.steady(tokens).await,
            Step::Call { id, name, args } => self.queue.extend(self.wire.call(&id, &name, &args)),
            Step::Wait(time) => sleep(time).await,
            Step::Hold => std::future::pending().await,
            Step::Raw(bytes) => self.queue.push_back(bytes),
            Step::Bytewise(text) => {
                for frame in self.wire.text(&text) {
                    let bytes = (0..frame.len()).map(|at| frame.slice(at..=at));
                    self.queue.extend(bytes);
                }
            }
            Step::Usage(input, output) => self.usage = Some((input, output)),
            Step::Finish(reason) => self.finish(Some(&reason)),
            Step::Fail(message) => {
                self.queue.extend(self.wire.error(&message));
                self.stage = Stage::Ending;
            }
            Step::Cut(Cut::Clean) => self.stage = Stage::Ending,
            Step::Cut(Cut::Broken) => self.stage = Stage::Breaking,
        }
    }

    fn say(&mut self, text: &str) {
        self.words += text.split_whitespace().count() as u64;
        self.queue.extend(self.wire.text(text));
    }

    /// Queues the next token of a steady stream and puts the step back until all have come.
    async fn steady(&mut self, tokens: Tokens) {
        let first = (Instant::now() + tokens.every, 0);
        let (due, said) = self.steady.take().unwrap_or(first);
        if said == tokens.count {
            return;
        }
        if !tokens.every.is_zero() {
            sleep_until(due).await;
        }
        match tokens.content {
            TokenContent::Number => self.say(&format!("{} ", said + 1)),
            TokenContent::Timestamp => self.say(&format!("{} ", now_micros())),
        }
        self.steady = Some((due + tokens.every, said + 1));
        self.steps.push_front(Step::Tokens(tokens));
    }

    fn finish(&mut self, reason: Option<&str>) {
        let usage = self.usage.unwrap_or((self.prompt_words, self.words));
        self.queue.extend(self.wire.finish(reason, usage));
        self.stage = Stage::Ending;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a timestamp that another process compares with its own wall clock"
)]
fn now_micros() -> u128 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_micros())
}

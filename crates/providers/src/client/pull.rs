//! The body of a download as its progress.

use std::{collections::VecDeque, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, stream, stream::BoxStream};
use reqwest::Response;
use tokio::time::timeout;
use weald_domain::{
    model::{ModelError, ModelErrorKind, PullProgress},
    ports::models::PullStream,
};

use crate::{failure, json_lines::LineDecoder, ollama::pull, redact::Quoter};

/// Streams the progress of a download. It may take hours; only silence ends it early.
pub(super) fn stream(response: Response, idle: Duration, quoter: Quoter) -> PullStream {
    let download = Download {
        pieces: response.bytes_stream().boxed(),
        lines: LineDecoder::default(),
        queue: VecDeque::new(),
        idle,
        quoter,
        stage: Stage::Reading,
    };
    stream::unfold(download, |mut download| async move {
        let told = download.next().await?;
        Some((told, download))
    })
    .boxed()
}

struct Download {
    pieces: BoxStream<'static, Result<Bytes, reqwest::Error>>,
    lines: LineDecoder,
    queue: VecDeque<String>,
    idle: Duration,
    quoter: Quoter,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Reading,
    /// The body is over; lines may be left.
    Ending,
    Over,
}

impl Download {
    async fn next(&mut self) -> Option<Result<PullProgress, ModelError>> {
        loop {
            if self.stage == Stage::Over {
                return None;
            }
            if let Some(line) = self.queue.pop_front() {
                return Some(self.line(&line));
            }
            if self.stage == Stage::Ending {
                self.stage = Stage::Over;
                return Some(Err(pull::broken_off()));
            }
            let Ok(piece) = timeout(self.idle, self.pieces.next()).await else {
                self.stage = Stage::Over;
                let limit = self.idle.as_secs();
                let message = format!("the download told nothing for {limit} s");
                let kind = ModelErrorKind::Timeout;
                return Some(Err(failure::passing(kind, "idle_timeout", message)));
            };
            match piece {
                Some(Ok(piece)) => {
                    let mut lines = vec![];
                    let fed = self.lines.feed(&piece, &mut lines);
                    self.queue.extend(lines);
                    if fed.is_err() {
                        self.stage = Stage::Ending;
                    }
                }
                Some(Err(_)) | None => {
                    self.queue.extend(std::mem::take(&mut self.lines).finish());
                    self.stage = Stage::Ending;
                }
            }
        }
    }

    /// The line that says that the model is there is the last one, and so is an error.
    fn line(&mut self, line: &str) -> Result<PullProgress, ModelError> {
        let told = pull::decode(line, &self.quoter);
        if told.as_ref().map_or(true, pull::is_success) {
            self.stage = Stage::Over;
        }
        told
    }
}

//! The stand-in provider: Chat Completions with tokens at a steady pace, in a process of its own.

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use futures::{Stream, stream};
use tokio::net::TcpListener;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::clock::now_us;
use crate::process::Process;
use crate::tokens::token;

/// The argument that turns this program into the stand-in.
pub(crate) const COMMAND: &str = "stand-in";

/// How much the stand-in writes at once when nothing holds it back.
const FLAT_OUT_WRITE: usize = 4 * 1024;

/// What a request asks of the stand-in; it stands in the text of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Tokens of the answer.
    pub(crate) tokens: u32,
    /// Tokens per second; 0 is as fast as the socket takes them.
    pub(crate) per_second: u32,
}

impl Shape {
    /// The text of the message.
    pub(crate) fn text(self) -> String {
        format!("tokens={} rate={}.", self.tokens, self.per_second)
    }

    /// Finds the last such text in a request body; earlier ones are history.
    fn parse(body: &str) -> Option<Self> {
        let (_, after) = body.rsplit_once("tokens=")?;
        let (tokens, after) = after.split_once(" rate=")?;
        let (per_second, _) = after.split_once('.')?;
        Some(Self {
            tokens: tokens.parse().ok()?,
            per_second: per_second.parse().ok()?,
        })
    }
}

/// The running stand-in.
pub(crate) struct StandIn {
    _process: Process,
    address: String,
}

impl StandIn {
    /// Starts this program again as the stand-in.
    pub(crate) fn start() -> Result<Self> {
        let program = std::env::current_exe().context("cannot find this program")?;
        let mut process = Process::start(Command::new(program).arg(COMMAND))?;
        let mut line = String::new();
        BufReader::new(process.stdout()?).read_line(&mut line)?;
        Ok(Self {
            _process: process,
            address: line.trim().to_owned(),
        })
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

/// Serves until the process is ended.
pub(crate) async fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .context("cannot listen")?;
    println!("{}", listener.local_addr()?);
    let router = Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/models", get(models));
    // Else a token waits for the reader's acknowledgement of the one before.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router)
        .await
        .context("the stand-in stopped")
}

async fn models() -> impl IntoResponse {
    let list = r#"{"object":"list","data":[{"id":"bench","object":"model","owned_by":"bench"}]}"#;
    ([(header::CONTENT_TYPE, "application/json")], list)
}

async fn complete(body: String) -> Response {
    let received = now_us();
    let Some(shape) = Shape::parse(&body) else {
        return (StatusCode::BAD_REQUEST, "no shape in the message").into_response();
    };
    let first = chunk(&format!("{received} "));
    let body = if shape.per_second == 0 {
        Body::from_stream(flat_out(first, shape.tokens))
    } else {
        Body::from_stream(paced(first, shape))
    };
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

/// Where a paced answer stands.
struct Pace {
    clock: Interval,
    first: Option<String>,
    left: u32,
    ended: bool,
}

/// One token per tick, each in a write of its own.
fn paced(first: String, shape: Shape) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let mut clock = interval(Duration::from_secs(1) / shape.per_second);
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let start = Pace {
        clock,
        first: Some(first),
        left: shape.tokens,
        ended: false,
    };
    stream::unfold(start, async |mut pace| {
        if let Some(first) = pace.first.take() {
            return Some((Ok(first.into()), pace));
        }
        if pace.left == 0 {
            let end = (!pace.ended).then(end)?;
            pace.ended = true;
            return Some((Ok(end.into()), pace));
        }
        pace.clock.tick().await;
        pace.left -= 1;
        Some((Ok(chunk(&token()).into()), pace))
    })
}

/// As many tokens at once as fill a write.
fn flat_out(first: String, tokens: u32) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold((Some(first), tokens), async |(first, mut left)| {
        let mut text = match first {
            Some(first) => first,
            None if left == 0 => return None,
            None => String::with_capacity(FLAT_OUT_WRITE + 256),
        };
        while left > 0 && text.len() < FLAT_OUT_WRITE {
            text.push_str(&chunk(&token()));
            left -= 1;
        }
        if left == 0 {
            text.push_str(&end());
        }
        Some((Ok(text.into()), (None, left)))
    })
}

fn chunk(content: &str) -> String {
    format!(
        "data: {{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":0,\
         \"model\":\"bench\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{content}\"}},\
         \"finish_reason\":null}}]}}\n\n"
    )
}

fn end() -> String {
    "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":0,\
     \"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
     data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":0,\
     \"model\":\"bench\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\
     \"total_tokens\":2}}\n\ndata: [DONE]\n\n"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;

    use super::*;
    use crate::tokens::{Reader, Wire};

    async fn numbers(stream: impl Stream<Item = Result<Bytes, Infallible>>) -> Vec<u64> {
        let mut reader = Reader::new(Wire::ChatCompletions);
        let mut numbers = vec![];
        let mut stream = std::pin::pin!(stream);
        while let Some(Ok(bytes)) = stream.next().await {
            reader.feed(&bytes, |number| numbers.push(number)).unwrap();
        }
        numbers
    }

    #[test]
    fn the_last_shape_of_a_body_is_the_one_asked_for() {
        let shape = Shape {
            tokens: 100,
            per_second: 50,
        };
        let history = Shape {
            tokens: 1,
            per_second: 0,
        };
        let body = format!(
            r#"{{"messages":["{}","{}"]}}"#,
            history.text(),
            shape.text()
        );
        assert_eq!(Shape::parse(&body), Some(shape));
        assert_eq!(Shape::parse("{}"), None);
    }

    #[tokio::test]
    async fn an_answer_has_the_time_of_the_request_and_every_token() {
        let paced = numbers(paced(
            chunk("7 "),
            Shape {
                tokens: 5,
                per_second: 1_000,
            },
        ))
        .await;
        assert_eq!((paced.len(), paced[0]), (6, 7));

        let flat = numbers(flat_out(chunk("7 "), 1_000)).await;
        assert_eq!((flat.len(), flat[0]), (1_001, 7));
        assert!(flat[1..].is_sorted());
    }
}

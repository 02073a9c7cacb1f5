//! What is fuzzed, and what must hold: no panic and no hang; the same is heard however the bytes are
//! cut; a stream without its end is an error; what a server of a wire writes is read back by it.

use std::{fmt::Debug, time::Duration};

use serde_json::Value;
use weald_domain::{
    id::{DEPLOYMENT_STREAM, SessionId},
    model::{ModelError, ModelEvent, ModelRequest},
};

use super::{
    corpus::{self, CHAT},
    harness::{Effort, Target, Verdict, fingerprint, fuzz},
    mutate::Mutator,
};
use crate::{
    anthropic, chat_completions, gemini, heard, json_lines::LineDecoder, ollama, redact::Quoter,
    responses, sse::SseDecoder, wire::Wire,
};

/// How many targets there are: they share the time.
const TARGETS: u32 = 13;
/// How many run at once.
const AT_ONCE: u32 = 2;
/// How long one input may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs a target for its share of the time.
fn check(name: &str, seeds: Vec<Vec<u8>>, run: fn(&[u8]) -> Verdict) {
    let number = |name: &str, usual| {
        let text = std::env::var(name).ok();
        text.map_or(usual, |text| text.parse().expect("a number"))
    };
    let seconds = u32::try_from(number("WEALD_FUZZ_SECONDS", 3)).expect("a number of seconds");
    let seed = number("WEALD_SEED", 7420);
    let effort = Effort {
        time: Duration::from_secs(1) * seconds * AT_ONCE / TARGETS,
        seed,
        patience: PATIENCE,
    };
    let done = fuzz(&Target { seeds, run }, effort);
    let done = done.unwrap_or_else(|found| {
        let text = String::from_utf8_lossy(&found.input).into_owned();
        panic!(
            "{name}, WEALD_SEED={seed}: {}\ninput, to be kept as a file of \
             crates/providers/src/fuzz/corpus/{name}:\n{text}\nbytes: {}",
            found.fault,
            hex::encode(&found.input)
        );
    });
    println!("{name}: {} inputs, {} ways to behave", done.runs, done.kept);
}

/// Pieces of random lengths, the same for the same input.
fn cut(input: &[u8]) -> Vec<&[u8]> {
    let mut random = Mutator::new(fingerprint(input));
    let mut rest = input;
    let mut pieces = vec![];
    while !rest.is_empty() {
        let longest = 1 << random.below(7);
        let (piece, behind) = rest.split_at((1 + random.below(longest)).min(rest.len()));
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

fn same<T: PartialEq + Debug>(what: &str, a: &T, b: &T) -> Result<(), String> {
    if a == b {
        return Ok(());
    }
    Err(format!("{what}:\n{a:?}\n{b:?}"))
}

/// A limit that no input reaches.
const UNLIMITED: usize = usize::MAX / 2;

/// Feeds pieces to a decoder with a limit: what it finds in them, and how that ended. The two
/// decoders have the same methods and no trait.
macro_rules! hear {
    ($decoder:ident) => {
        |pieces: &[&[u8]], limit| {
            let mut decoder = $decoder::with_limit(limit);
            let mut found = vec![];
            let mut pieces = pieces.iter();
            let fed = pieces.try_for_each(|piece| decoder.feed(piece, &mut found));
            if fed.is_ok() {
                found.extend(decoder.finish());
            }
            (found, fed)
        }
    };
}

/// What is found in an input, when it is the same however the bytes are cut.
fn found_alike<T: PartialEq + Debug, E: PartialEq + Debug>(
    input: &[u8],
    hear: impl Fn(&[&[u8]], usize) -> (Vec<T>, Result<(), E>),
) -> Result<Vec<T>, String> {
    let pieces = cut(input);
    for limit in [UNLIMITED, 64] {
        same(
            "cut differently",
            &hear(&[input], limit),
            &hear(&pieces, limit),
        )?;
    }
    Ok(hear(&[input], UNLIMITED).0)
}

fn sse(input: &[u8]) -> Verdict {
    let events = found_alike(input, hear!(SseDecoder))?;
    let shape = |n: usize| n.min(4);
    let shapes = events
        .iter()
        .map(|event| (shape(event.kind.len()), shape(event.data.len())));
    Ok(fingerprint(shapes.take(6).collect::<Vec<_>>()))
}

fn lines(input: &[u8]) -> Verdict {
    let lines = found_alike(input, hear!(LineDecoder))?;
    let shapes = lines.iter().map(|line| line.len().min(8));
    Ok(fingerprint(shapes.take(6).collect::<Vec<_>>()))
}

fn pull(input: &[u8]) -> Verdict {
    let line = String::from_utf8_lossy(input);
    let told = ollama::pull::decode(&line, &Quoter::default());
    Ok(match told {
        Ok(told) => fingerprint((told.completed.is_some(), told.total.is_some())),
        Err(error) => fingerprint(error.code),
    })
}

type Heard = (Vec<ModelEvent>, Option<ModelError>);

fn answer(wire: Wire, input: &[u8]) -> Verdict {
    let heard = heard::pieces(wire, [input]);
    same("cut differently", &heard, &heard::pieces(wire, cut(input)))?;
    ended(&heard)?;
    read_back(wire, &heard)?;
    let shape: Vec<_> = heard.0.iter().map(std::mem::discriminant).collect();
    let code = heard.1.as_ref().map(|error| error.code.clone());
    Ok(fingerprint((&shape[..shape.len().min(12)], code)))
}

/// An answer ends once and at its end, or it is an error.
fn ended((events, error): &Heard) -> Result<(), String> {
    let is_end = |event: &ModelEvent| matches!(event, ModelEvent::Finished(_));
    let ends = events.iter().filter(|event| is_end(event)).count();
    let at_end = events.last().is_some_and(is_end);
    match error {
        None if ends == 1 && at_end => Ok(()),
        Some(_) if ends == 0 => Ok(()),
        None | Some(_) => Err(format!("{ends} ends, error {error:?}, events {events:?}")),
    }
}

/// What a server of the wire writes of an answer ends as the answer did.
fn read_back(wire: Wire, (events, error): &Heard) -> Result<(), String> {
    if error.is_some() {
        return Ok(());
    }
    let written = written(wire, events);
    let (again, error) = heard::pieces(wire, [written.as_bytes()]);
    let end = |events: &[ModelEvent]| events.last().cloned();
    let text = |events: &[ModelEvent]| -> String {
        let text = |event: &ModelEvent| match event {
            ModelEvent::Text(text) => text.clone(),
            ModelEvent::Reasoning(_)
            | ModelEvent::ReasoningProvider(_)
            | ModelEvent::ToolCall { .. }
            | ModelEvent::ToolArgs { .. }
            | ModelEvent::Usage(_)
            | ModelEvent::Silent(_)
            | ModelEvent::Unknown(_)
            | ModelEvent::Finished(_) => String::new(),
        };
        events.iter().map(text).collect()
    };
    same(&format!("written as {written}"), &None, &error)?;
    same("the end that is read back", &end(events), &end(&again))?;
    same("the text that is read back", &text(events), &text(&again))
}

fn written(wire: Wire, events: &[ModelEvent]) -> String {
    let at = "2026-11-24T16:00:00Z";
    match wire {
        Wire::Chat(_) => {
            let mut out = chat_completions::chunk_out::ChunkEncoder::new("c".into(), "m".into(), 1);
            let datas = events.iter().flat_map(|event| out.encode(event));
            datas.map(|data| format!("data: {data}\n\n")).collect()
        }
        Wire::Anthropic => {
            let mut out = anthropic::event_out::EventEncoder::new("m".into(), "m".into());
            let frames = events.iter().flat_map(|event| out.encode(event));
            frames.map(|frame| frame.to_sse()).collect()
        }
        Wire::Responses => {
            let mut out = responses::event_out::EventEncoder::new("r".into(), "m".into(), 1);
            let frames = events.iter().flat_map(|event| out.encode(event));
            frames.map(|frame| frame.to_sse()).collect()
        }
        Wire::Gemini => {
            let mut out = gemini::chunk_out::ChunkEncoder::new("r".into(), "m".into());
            let frames = events.iter().flat_map(|event| out.encode(event));
            frames.map(|frame| frame.to_sse()).collect()
        }
        Wire::Ollama => {
            let mut out = ollama::line_out::LineEncoder::new("m".into(), at.into());
            let lines = events.iter().flat_map(|event| out.encode(event));
            lines.map(|line| format!("{line}\n")).collect()
        }
    }
}

fn decoded(wire: Wire, body: &Value) -> Result<ModelRequest, String> {
    let session = SessionId(DEPLOYMENT_STREAM.uuid());
    let posted = match wire {
        Wire::Chat(_) => {
            let posted = chat_completions::request_in::decode(body, session);
            return posted.map(|posted| posted.request).map_err(|bad| bad.param);
        }
        Wire::Anthropic => anthropic::request_in::decode(body, session),
        Wire::Responses => responses::request_in::decode(body, session),
        Wire::Ollama => ollama::request_in::decode(body, session),
        Wire::Gemini => {
            let request = gemini::request_in::decode(body, "m".into(), session);
            return request.map_err(|bad| bad.param);
        }
    };
    posted.map(|posted| posted.request).map_err(|bad| bad.param)
}

/// A request that is taken can be written and is taken again, and once it was written it stays
/// the same.
fn request(wire: Wire, input: &[u8]) -> Verdict {
    let Ok(body) = serde_json::from_slice::<Value>(input) else {
        return Ok(0);
    };
    let request = match decoded(wire, &body) {
        Ok(request) => request,
        Err(param) => {
            let words = param.split(|c: char| c.is_ascii_digit());
            return Ok(fingerprint(words.collect::<Vec<_>>()));
        }
    };
    let shape = (
        request.messages.len(),
        request.tools.len(),
        request.system.is_some(),
    );
    if let Ok(written) = wire.encode(&request) {
        let rewrite = |written: &Value| {
            let again = decoded(wire, written);
            let again = again.map_err(|param| format!("{param} of {written} is refused"))?;
            wire.encode(&again).map_err(|error| error.message)
        };
        // The first writing may mark what failed; a mark is not marked again.
        let second = rewrite(&written)?;
        same("written again", &second, &rewrite(&second)?)?;
    }
    Ok(fingerprint(shape))
}

macro_rules! targets {
    ($($name:ident: $seeds:expr, $run:expr;)+) => {
        $(#[test]
        fn $name() {
            check(stringify!($name), $seeds, $run);
        })+
        const _: () = assert!([$(stringify!($name)),+].len() == TARGETS as usize);
    };
}

targets! {
    sse_frames: corpus::streams(Wire::Anthropic, "sse_frames"), sse;
    json_lines: corpus::streams(Wire::Ollama, "json_lines"), lines;
    ollama_pull: [
        corpus::found("ollama_pull"),
        vec![
            br#"{"status":"pulling a","digest":"sha256:a","total":10,"completed":4}"#.to_vec(),
            br#"{"error":"pull model manifest: file does not exist"}"#.to_vec(),
        ],
    ].concat(), pull;
    chat_answer: corpus::streams(CHAT, "chat_answer"), |input| answer(CHAT, input);
    anthropic_answer: corpus::streams(Wire::Anthropic, "anthropic_answer"),
        |input| answer(Wire::Anthropic, input);
    responses_answer: corpus::streams(Wire::Responses, "responses_answer"),
        |input| answer(Wire::Responses, input);
    gemini_answer: corpus::streams(Wire::Gemini, "gemini_answer"),
        |input| answer(Wire::Gemini, input);
    ollama_answer: corpus::streams(Wire::Ollama, "ollama_answer"),
        |input| answer(Wire::Ollama, input);
    chat_request: corpus::requests(CHAT, "chat_request"), |input| request(CHAT, input);
    anthropic_request: corpus::requests(Wire::Anthropic, "anthropic_request"),
        |input| request(Wire::Anthropic, input);
    responses_request: corpus::requests(Wire::Responses, "responses_request"),
        |input| request(Wire::Responses, input);
    gemini_request: corpus::requests(Wire::Gemini, "gemini_request"),
        |input| request(Wire::Gemini, input);
    ollama_request: corpus::requests(Wire::Ollama, "ollama_request"),
        |input| request(Wire::Ollama, input);
}

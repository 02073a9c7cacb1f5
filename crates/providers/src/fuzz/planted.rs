//! Faults put into readers on purpose: the harness must find each.

use std::time::Duration;

use weald_domain::model::ModelEvent;

use super::{
    corpus::{self, CHAT},
    harness::{Effort, Finding, Target, Verdict, fingerprint, fuzz},
};
use crate::{heard, json_lines::LineDecoder, wire::Wire};

fn found(run: fn(&[u8]) -> Verdict) -> Finding {
    let target = Target {
        seeds: corpus::streams(CHAT, "none"),
        run,
    };
    let effort = Effort {
        time: Duration::from_secs(60),
        seed: 7420,
        patience: Duration::from_secs(2),
    };
    fuzz(&target, effort).expect_err("the planted fault is found")
}

fn behaviour(events: &[ModelEvent]) -> u64 {
    fingerprint(
        events
            .iter()
            .map(std::mem::discriminant)
            .collect::<Vec<_>>(),
    )
}

#[test]
fn a_panic_behind_the_reader_of_a_wire_is_found_and_made_small() {
    let finding = found(|input| {
        let (events, _) = heard::pieces(CHAT, [input]);
        for event in &events {
            if let ModelEvent::ToolCall { index, .. } = event {
                assert!(*index < 2, "a third call");
            }
        }
        Ok(behaviour(&events))
    });
    assert!(finding.fault.contains("a third call"), "{finding:?}");
    let whole = corpus::stream(CHAT).len();
    assert!(finding.input.len() < whole / 2, "{finding:?}");
}

#[test]
fn a_reader_that_minds_where_it_is_cut_is_found() {
    let finding = found(|input| {
        // As if each piece were text by itself, though a character may be cut in two.
        let mut decoder = LineDecoder::default();
        let (mut pieces, mut whole) = (vec![], vec![]);
        for piece in input.chunks(7) {
            let piece = String::from_utf8_lossy(piece).into_owned();
            let fed = decoder.feed(piece.as_bytes(), &mut pieces);
            fed.map_err(|error| error.to_string())?;
        }
        pieces.extend(decoder.finish());
        let mut decoder = LineDecoder::default();
        decoder
            .feed(input, &mut whole)
            .map_err(|error| error.to_string())?;
        whole.extend(decoder.finish());
        if pieces != whole {
            return Err("cut differently".to_owned());
        }
        Ok(fingerprint(whole.len()))
    });
    assert_eq!(finding.fault, "cut differently");
}

#[test]
fn an_end_that_is_taken_for_granted_is_found() {
    let finding = found(|input| {
        let (events, _) = heard::pieces(Wire::Anthropic, [input]);
        let (chat, error) = heard::pieces(CHAT, [input]);
        // As if the end of the bytes were the end of the answer.
        match error.filter(|error| error.code == "cut_stream" && chat.len() > 3) {
            Some(_) => Err("a cut stream is no success".to_owned()),
            None => Ok(behaviour(&events) ^ behaviour(&chat)),
        }
    });
    assert!(finding.fault.contains("cut"), "{finding:?}");
}

#[test]
fn an_input_that_never_ends_is_found() {
    let finding = found(|input| {
        while input.starts_with(b"data: [") {
            std::thread::park();
        }
        Ok(fingerprint(&input[..input.len().min(6)]))
    });
    assert!(finding.input.starts_with(b"data: ["), "{finding:?}");
    assert!(finding.fault.contains("end"), "{finding:?}");
}

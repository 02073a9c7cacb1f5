//! What holds for every wire, however its bytes are cut on the way.

use proptest::prelude::*;

use super::*;
use crate::{anthropic, gemini, heard, ollama, responses};

mod history;

/// A stream of each wire with all it can say, characters of several bytes included.
fn streams() -> Vec<(Wire, String)> {
    vec![
        (Wire::Anthropic, anthropic::FULL_STREAM.to_owned()),
        (Wire::Responses, responses::FULL_STREAM.to_owned()),
        (Wire::Gemini, gemini::FULL_STREAM.to_owned()),
        (Wire::Ollama, ollama::FULL_STREAM.to_owned()),
    ]
}

/// The same stream as other servers write it.
fn spellings(wire: Wire, stream: &str) -> Vec<String> {
    match wire.framing() {
        Framing::Events => vec![
            stream.replace('\n', "\r\n"),
            stream.replace('\n', "\r"),
            format!("\u{feff}{stream}"),
            format!(
                ": hello\n\n{}",
                stream.replace("\n\n", "\n\n: keep-alive\n\n")
            ),
            stream.replace("data: ", "data:"),
        ],
        Framing::Lines => vec![
            stream.replace('\n', "\r\n"),
            stream.replace('\n', "\n\n \n"),
            format!("\u{feff}{stream}"),
            stream.trim_end().to_owned(),
        ],
    }
}

#[test]
fn the_same_is_heard_wherever_a_stream_is_cut() {
    for (wire, stream) in streams() {
        let whole = heard::pieces(wire, [stream.as_bytes()]);
        assert_eq!(whole.1, None, "{wire:?}");
        for at in 0..=stream.len() {
            let (head, tail) = stream.as_bytes().split_at(at);
            assert_eq!(heard::pieces(wire, [head, tail]), whole, "{wire:?} at {at}");
        }
        let bytes = stream.as_bytes().chunks(1);
        assert_eq!(heard::pieces(wire, bytes), whole, "{wire:?} bytewise");
        for other in spellings(wire, &stream) {
            let heard = heard::pieces(wire, other.as_bytes().chunks(7));
            assert_eq!(heard, whole, "{wire:?} written as {other:?}");
        }
    }
}

#[test]
fn a_stream_that_ends_too_early_is_never_a_success() {
    for (wire, stream) in streams() {
        let whole = heard::pieces(wire, [stream.as_bytes()]).0;
        let mut cut = 0;
        for at in 0..stream.len() {
            let (events, error) = heard::pieces(wire, [&stream.as_bytes()[..at]]);
            match error {
                None => assert_eq!(events, whole, "{wire:?} at {at}"),
                Some(error) => {
                    cut += 1;
                    let finished = |event: &ModelEvent| matches!(event, ModelEvent::Finished(_));
                    assert!(!events.iter().any(finished), "{wire:?} at {at}");
                    assert!(["cut_stream", "bad_chunk"].contains(&error.code.as_str()));
                }
            }
        }
        assert!(cut > stream.len() / 2, "{wire:?}: {cut}");
    }
}

#[test]
fn one_line_of_eight_mebibytes_is_one_piece() {
    for (wire, stream) in streams() {
        let long = "ö".repeat(4 * 1024 * 1024);
        assert!(stream.contains("Grüße"), "{wire:?}");
        let stream = stream.replacen("Grüße", &long, 1);
        let (events, error) = heard::pieces(wire, stream.as_bytes().chunks(1460));
        assert_eq!(error, None, "{wire:?}");
        let is_long =
            |event: &ModelEvent| matches!(event, ModelEvent::Text(t) if t.contains(&long));
        assert_eq!(
            events.iter().filter(|event| is_long(event)).count(),
            1,
            "{wire:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_break_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (wire, stream) in streams() {
            let (events, error) = heard::pieces(wire, [&bytes[..], stream.as_bytes()]);
            prop_assert!(error.is_some() || !events.is_empty());
        }
    }

    #[test]
    fn no_document_breaks_a_reader(cuts in prop::collection::vec((0_usize..4000, 0_usize..40), 1..6)) {
        for (wire, mut stream) in streams() {
            for (at, length) in &cuts {
                let at = at % stream.len();
                let end = (at + length).min(stream.len());
                if stream.is_char_boundary(at) && stream.is_char_boundary(end) {
                    stream.replace_range(at..end, "");
                }
            }
            let (events, error) = heard::pieces(wire, [stream.as_bytes()]);
            let last = events.last();
            let finished = matches!(last, Some(ModelEvent::Finished(_)));
            prop_assert!(error.is_some() != finished, "{:?} {:?}", error, last);
        }
    }
}

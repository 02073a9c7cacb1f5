use proptest::prelude::*;

use super::*;

fn decode(pieces: &[&[u8]]) -> Vec<SseEvent> {
    let mut decoder = SseDecoder::default();
    let mut events = vec![];
    for piece in pieces {
        decoder.feed(piece, &mut events).expect("within the limit");
    }
    events.extend(decoder.finish());
    events
}

fn event(kind: &str, data: &str, last_id: &str) -> SseEvent {
    SseEvent {
        kind: kind.into(),
        data: data.into(),
        last_id: last_id.into(),
    }
}

fn data_of(text: &str) -> Vec<String> {
    let events = decode(&[text.as_bytes()]);
    events.into_iter().map(|event| event.data).collect()
}

#[test]
fn every_field_is_read_and_the_id_stays() {
    let text = ": hello\nevent: delta\ndata: one\ndata:two\nid: 7\nretry: 250\n\ndata: x\n\n";
    assert_eq!(
        decode(&[text.as_bytes()]),
        [event("delta", "one\ntwo", "7"), event("message", "x", "7")]
    );
    let mut decoder = SseDecoder::default();
    decoder.feed(text.as_bytes(), &mut vec![]).expect("fits");
    assert_eq!(decoder.retry_ms(), Some(250));
}

#[test]
fn all_three_line_ends_are_line_ends() {
    for text in [
        "data: a\n\ndata: b\n\n",
        "data: a\r\rdata: b\r\r",
        "data: a\r\n\r\ndata: b\r\n\r\n",
        "data: a\r\n\ndata: b\n\r",
    ] {
        assert_eq!(data_of(text), ["a", "b"], "{text:?}");
    }
}

#[test]
fn a_line_end_split_between_two_pieces_is_one_line_end() {
    let events = decode(&[b"data: a\r", b"\n\r", b"\ndata: b\r", b"", b"\n\r\n"]);
    assert_eq!(
        events,
        [event("message", "a", ""), event("message", "b", "")]
    );
}

#[test]
fn a_byte_order_mark_is_skipped_however_it_is_cut_and_only_at_the_front() {
    for cut in 0..=3 {
        let (head, tail) = "\u{feff}data: a\n\n".as_bytes().split_at(cut);
        assert_eq!(decode(&[head, tail]), [event("message", "a", "")], "{cut}");
    }
    assert_eq!(data_of("\u{feff}\u{feff}data: a\n\n"), Vec::<String>::new());
    assert_eq!(data_of("data: \u{feff}\n\n"), ["\u{feff}"]);
}

#[test]
fn a_field_without_a_colon_has_an_empty_value() {
    assert_eq!(data_of("data\n\n"), [""]);
    assert_eq!(data_of("data\ndata\n\n"), ["\n"]);
    assert_eq!(data_of("nonsense\ndata: a\n\n"), ["a"]);
    assert_eq!(data_of("event: lonely\n\ndata:  b\n\n"), [" b"]);
}

#[test]
fn an_id_with_a_null_byte_and_a_retry_that_is_no_number_are_ignored() {
    let text = "id: 1\nid: a\0b\nretry: 1x\nretry:\ndata: a\n\n";
    assert_eq!(decode(&[text.as_bytes()]), [event("message", "a", "1")]);
}

#[test]
fn an_event_without_its_blank_line_is_kept_and_half_a_line_is_not() {
    assert_eq!(data_of("data: [DONE]\n"), ["[DONE]"]);
    assert_eq!(data_of("data: whole\ndata: hal"), ["whole"]);
    assert_eq!(data_of("data: hal"), Vec::<String>::new());
}

#[test]
fn a_character_cut_in_two_is_put_together_and_half_of_one_does_no_harm() {
    let bytes = "data: ü\n\n".as_bytes();
    assert_eq!(decode(&[&bytes[..7], &bytes[7..]]), decode(&[bytes]));
    assert_eq!(
        decode(&[b"data: \xc3\n\n"]),
        [event("message", "\u{fffd}", "")]
    );
}

#[test]
fn a_line_or_an_event_above_the_limit_is_an_error() {
    let feed = |text: &str| {
        let mut decoder = SseDecoder::with_limit(16);
        decoder.feed(text.as_bytes(), &mut vec![])
    };
    assert_eq!(feed("data: 0123456789"), Ok(()));
    assert_eq!(feed("data: 0123456789x"), Err(SseError::LineTooLong(16)));
    assert_eq!(feed("data: 0123456789x\n"), Err(SseError::LineTooLong(16)));
    let two = "data: 0123456789\ndata: 01234\n";
    assert_eq!(feed(two), Ok(()));
    assert_eq!(
        feed("data: 0123456789\ndata: 012345\n"),
        Err(SseError::EventTooLong(16))
    );
}

#[test]
fn a_long_line_in_small_pieces_takes_linear_time() {
    let line = format!("data: {}\n\n", "x".repeat(8 * 1024 * 1024));
    let started = std::time::Instant::now();
    let pieces: Vec<&[u8]> = line.as_bytes().chunks(1_460).collect();
    let events = decode(&pieces);
    assert_eq!(events[0].data.len(), 8 * 1024 * 1024);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

fn stream_text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"data: ".to_vec()),
        Just(b"data".to_vec()),
        Just(b"event: e".to_vec()),
        Just(b"id: 3".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n\n".to_vec()),
        Just("ü€😀".as_bytes().to_vec()),
        Just(BYTE_ORDER_MARK.to_vec()),
        proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_way_of_cutting_gives_the_same_events(
        text in stream_text(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        at.sort_unstable();
        let mut pieces = vec![];
        let mut from = 0;
        for to in at {
            pieces.push(&text[from..to]);
            from = to;
        }
        pieces.push(&text[from..]);
        let bytewise: Vec<&[u8]> = text.chunks(1).collect();

        let whole = decode(&[&text]);
        prop_assert_eq!(&decode(&pieces), &whole);
        prop_assert_eq!(&decode(&bytewise), &whole);
    }

    #[test]
    fn no_input_panics(text in proptest::collection::vec(any::<u8>(), 0..400), limit in 0_usize..64) {
        let mut decoder = SseDecoder::with_limit(limit);
        let mut events = vec![];
        for piece in text.chunks(7) {
            if decoder.feed(piece, &mut events).is_err() {
                break;
            }
        }
        prop_assert!(events.iter().all(|event| event.data.len() <= limit));
    }
}

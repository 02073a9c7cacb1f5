use futures::stream;
use tokio::time::sleep;
use weald_domain::message::FinishReason;

use super::*;
use crate::chat_completions::chunk_in::ChunkDecoder;

const TEXT: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n";
const STOP: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

/// One thing that comes over the wire.
#[derive(Clone, Copy)]
enum Comes {
    Bytes(&'static str),
    Nothing(u64),
    Break,
}

async fn hear_as(body: Body, wire: Vec<Comes>) -> Vec<Result<ModelEvent, ModelError>> {
    let pieces = stream::iter(wire)
        .filter_map(|comes| async move {
            match comes {
                Comes::Bytes(text) => Some(Ok(Bytes::from_static(text.as_bytes()))),
                Comes::Nothing(seconds) => {
                    sleep(Duration::from_secs(seconds)).await;
                    None
                }
                Comes::Break => Some(Err("reset")),
            }
        })
        .boxed();
    let config = ClientConfig::default();
    let deadline = Instant::now() + config.total;
    let chunks = Box::new(ChunkDecoder::default());
    let events = decode(pieces, body, (config, deadline), chunks);
    events.collect().await
}

async fn hear(wire: Vec<Comes>) -> Vec<Result<ModelEvent, ModelError>> {
    hear_as(Body::Events(SseDecoder::default(), vec![]), wire).await
}

fn text() -> Result<ModelEvent, ModelError> {
    Ok(ModelEvent::Text("Hel".into()))
}

fn silent(seconds: u64) -> Result<ModelEvent, ModelError> {
    Ok(ModelEvent::Silent(Duration::from_secs(seconds)))
}

fn stop() -> Result<ModelEvent, ModelError> {
    Ok(ModelEvent::Finished(FinishReason::Stop))
}

fn code(event: Option<&Result<ModelEvent, ModelError>>) -> &str {
    match event {
        Some(Err(error)) => &error.code,
        Some(Ok(_)) | None => "no error",
    }
}

#[tokio::test(start_paused = true)]
async fn a_stalled_stream_says_so_until_the_idle_deadline() {
    let heard = hear(vec![
        Comes::Bytes(TEXT),
        Comes::Nothing(200),
        Comes::Bytes(STOP),
    ])
    .await;
    let mut expected = vec![text()];
    expected.extend((1..24).map(|stretch| silent(stretch * 5)));
    assert_eq!(heard[..24], expected[..]);
    assert_eq!((heard.len(), code(heard.last())), (25, "idle_timeout"));
}

#[tokio::test(start_paused = true)]
async fn a_keep_alive_is_a_byte() {
    let heard = hear(vec![
        Comes::Bytes(TEXT),
        Comes::Nothing(100),
        Comes::Bytes(": PROCESSING\n\n"),
        Comes::Nothing(100),
        Comes::Bytes(STOP),
    ])
    .await;
    assert_eq!(heard.last(), Some(&stop()));
    assert_eq!(
        heard.iter().filter(|event| **event == silent(95)).count(),
        2
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_said_why_it_stops_is_complete_when_it_stalls_or_breaks() {
    let started = Instant::now();
    let heard = hear(vec![
        Comes::Bytes(TEXT),
        Comes::Bytes(STOP),
        Comes::Nothing(100),
    ])
    .await;
    assert_eq!(heard, [text(), stop()]);
    assert!(started.elapsed() < Duration::from_secs(6));
    let heard = hear(vec![Comes::Bytes(TEXT), Comes::Bytes(STOP), Comes::Break]).await;
    assert_eq!(heard, [text(), stop()]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_or_ends_too_early_is_cut() {
    for ending in [vec![Comes::Break], vec![]] {
        let mut wire = vec![Comes::Bytes(TEXT)];
        wire.extend(ending);
        let heard = hear(wire).await;
        assert_eq!(heard[0], text());
        assert_eq!((heard.len(), code(heard.last())), (2, "cut_stream"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_stream_ends_at_the_total_deadline() {
    let wire = [Comes::Nothing(61), Comes::Bytes(TEXT)].repeat(40);
    let heard = hear(wire).await;
    assert_eq!(code(heard.last()), "total_timeout");
    assert_eq!(heard.iter().filter(|event| **event == text()).count(), 29);
}

#[tokio::test(start_paused = true)]
async fn done_is_heard_at_once_although_the_connection_stays_open() {
    let started = Instant::now();
    let heard = hear(vec![
        Comes::Bytes(TEXT),
        Comes::Bytes("data: [DONE]\n\n"),
        Comes::Nothing(60),
    ]);
    assert_eq!(heard.await, [text(), stop()]);
    assert!(started.elapsed() <= DRAIN * 2);
}

#[tokio::test]
async fn a_document_is_an_answer_as_well() {
    let document = "{\"choices\":[{\"message\":{\"content\":\"Hel\"},\"finish_reason\":\"stop\"}]}";
    let (head, tail) = document.split_at(20);
    let wire = vec![Comes::Bytes(head), Comes::Bytes(tail)];
    assert_eq!(
        hear_as(Body::Document(vec![]), wire).await,
        [text(), stop()]
    );
    let cut = hear_as(Body::Document(vec![]), vec![Comes::Bytes(head)]).await;
    assert_eq!(code(cut.last()), "bad_chunk");
}

#[tokio::test]
async fn an_event_above_the_limit_is_an_error_and_the_text_before_it_is_kept() {
    let body = Body::Events(SseDecoder::with_limit(100), vec![]);
    let long = "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
        xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    let heard = hear_as(body, vec![Comes::Bytes(TEXT), Comes::Bytes(long)]).await;
    assert_eq!(heard[0], text());
    assert_eq!(code(heard.last()), "event_too_large");
}

use super::*;
use uuid::Uuid;

fn reply() -> Reply {
    Reply::new(MessageId(Uuid::from_u128(1)), Instant::now())
}

fn say(reply: &mut Reply, text: &str) -> SessionEvent {
    let Said::Frame(frame) = reply
        .take(ModelEvent::Text(text.into()), String::new)
        .unwrap()
    else {
        panic!("text is always shown");
    };
    frame
}

#[tokio::test]
async fn offsets_count_unicode_scalar_values() {
    let mut reply = reply();
    say(&mut reply, "größe 🙂");
    let SessionEvent::ContentDelta(second) = say(&mut reply, "!") else {
        panic!()
    };
    assert_eq!((second.offset, second.delta.as_str()), (7, "!"));
}

#[tokio::test]
async fn thinking_and_text_are_parts_of_their_own() {
    let mut reply = reply();
    reply
        .take(ModelEvent::Reasoning("hm".into()), String::new)
        .unwrap();
    say(&mut reply, "a");
    say(&mut reply, "b");
    let done = reply.close_texts();
    assert_eq!((reply.parts.len(), done.len()), (2, 2));
    assert!(reply.close_texts().is_empty(), "each part is closed once");
}

#[tokio::test]
async fn what_a_provider_must_see_again_is_kept_in_its_place() {
    let keep = |reply: &mut Reply, n: u8| {
        let value = ModelEvent::ReasoningProvider(serde_json::json!(n));
        reply.take(value, String::new).unwrap()
    };
    let mut reply = reply();
    reply
        .take(ModelEvent::Reasoning("hm".into()), String::new)
        .unwrap();
    assert_eq!(keep(&mut reply, 1), Said::Nothing);
    assert_eq!(keep(&mut reply, 2), Said::Nothing);
    say(&mut reply, "a");
    let told = keep(&mut reply, 3);
    assert!(
        matches!(&told, Said::Frame(SessionEvent::ContentDelta(told))
            if told.part == 2 && told.kind == PartKind::Reasoning && told.delta.is_empty()),
        "{told:?}"
    );
    say(&mut reply, "b");
    let kept: Vec<_> = reply
        .parts
        .iter()
        .map(|part| match part {
            Part::Reasoning { provider, .. } => provider.clone(),
            Part::Text { .. } | Part::Tool(_) | Part::Other(_) => None,
        })
        .collect();
    let array = |value| Some(serde_json::json!(value));
    assert_eq!(kept, [array(vec![1, 2]), None, array(vec![3]), None]);
}

#[tokio::test]
async fn what_is_kept_for_a_provider_has_a_limit() {
    let mut reply = reply();
    let mut keep = || {
        let value = serde_json::json!("x".repeat(600 * 1024));
        reply.take(ModelEvent::ReasoningProvider(value), String::new)
    };
    keep().unwrap();
    assert_eq!(keep().unwrap_err().code, "provider_data_too_large");
}

#[tokio::test]
async fn arguments_in_pieces_become_one_value() {
    let mut reply = reply();
    let call = ModelEvent::ToolCall {
        index: 0,
        id: "c".into(),
        name: "fs_list".into(),
    };
    assert_eq!(
        reply.take(call, String::new).unwrap(),
        Said::Call { part: 0 }
    );
    for delta in ["{\"pa", "th\":\".\"}"] {
        reply
            .take(
                ModelEvent::ToolArgs {
                    index: 0,
                    delta: delta.into(),
                },
                String::new,
            )
            .unwrap();
    }
    reply.close_calls();
    let Part::Tool(tool) = &reply.parts[0] else {
        panic!()
    };
    assert_eq!(tool.input(), Some(&serde_json::json!({"path": "."})));
}

#[tokio::test]
async fn an_answer_that_never_stops_calling_is_refused() {
    let mut reply = reply();
    let call = |index| ModelEvent::ToolCall {
        index,
        id: format!("c{index}"),
        name: "fs_list".into(),
    };
    for index in 0..128 {
        let said = reply.take(call(index), String::new).unwrap();
        assert_eq!(said, Said::Call { part: index });
    }
    let refused = reply.take(call(128), String::new).unwrap_err();
    assert_eq!(refused.code, "too_many_tool_calls");
    assert_eq!(reply.parts.len(), 128);
}

#[tokio::test]
async fn what_a_crash_left_is_the_stored_text_and_the_live_log_beyond_it() {
    let mut first = reply();
    let frames = [
        say(&mut first, "Hel"),
        say(&mut first, "lo 🙂"),
        say(&mut first, "!"),
    ];
    let stored = Message {
        id: first.message_id,
        conversation_id: Uuid::nil().into(),
        parent_id: None,
        session_id: None,
        role: weald_domain::message::Role::Assistant,
        parts: vec![Part::Text {
            text: "Hello".into(),
            state: TextState::Streaming,
            trust: Trust::Model,
        }],
        metadata: weald_domain::message::MessageMetadata::default(),
        created_at: weald_domain::time::UnixMillis(0),
        updated_at: weald_domain::time::UnixMillis(0),
    };
    let again = Reply::left_open(&stored, frames.into_iter());
    assert_eq!(again.parts[0].text(), Some("Hello 🙂!"));
}

#[tokio::test]
async fn a_text_that_was_closed_before_a_crash_is_not_closed_again() {
    let mut first = reply();
    say(&mut first, "Let me look.");
    assert_eq!(first.close_texts().len(), 1);
    let mut stored = crate::fake::reply();
    stored.parts.clone_from(&first.parts);
    let mut again = Reply::left_open(&stored, std::iter::empty());
    assert!(again.close_texts().is_empty());
}

#[tokio::test]
async fn names_of_a_call_hold_nothing_that_storage_refuses() {
    let mut reply = reply();
    let call = ModelEvent::ToolCall {
        index: 0,
        id: "c\u{0}1".into(),
        name: "x\u{0}\u{1b}[2J".into(),
    };
    reply.take(call, String::new).unwrap();
    let Some(Part::Tool(tool)) = reply.parts.first() else {
        panic!("{:?}", reply.parts);
    };
    assert_eq!(
        (tool.call_id.as_str(), tool.tool.as_str()),
        ("c\u{fffd}1", "x\u{fffd}\u{fffd}[2J")
    );
}

//! Tests of one turn against stand-in ports: what is kept when things meet in the wrong moment.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Semaphore, mpsc};
use weald_domain::{
    event::{
        SessionEvent,
        session::{Checkpointed, ContentDelta, MessageEnd, MessageStart, ToolCallStart},
    },
    id::InboxId,
    message::{
        CheckpointReason, FinishReason, Message, Outcome, Part, PartKind, Role, TextState,
        ToolState, Trust,
    },
    model::ModelEvent,
    ports::{Append, InboxKind, InboxRow, StepStatus, Write},
    tool::EffectClass,
};

use super::{Stopped, Turn};
use crate::{
    EngineConfig,
    fake::{Fake, reply, session},
    registry::Registry,
};

fn started(reply: &Message) -> Vec<SessionEvent> {
    let start = MessageStart {
        message_id: reply.id,
        parent_message_id: None,
        role: Role::Assistant,
        model_id: None,
    };
    vec![start.into()]
}

fn delta(reply: &Message, offset: u64, text: &str) -> SessionEvent {
    ContentDelta {
        message_id: reply.id,
        part: 0,
        kind: PartKind::Text,
        offset,
        delta: text.into(),
    }
    .into()
}

/// What was stored last of the answer.
fn stored(fake: &Fake) -> String {
    let held = fake.held();
    let parts = held.writes.iter().rev().find_map(|write| {
        let Write::Parts { parts, .. } = write else {
            return None;
        };
        Some(parts)
    });
    parts.unwrap().iter().filter_map(Part::text).collect()
}

fn kinds(fake: &Fake) -> Vec<String> {
    let held = fake.held();
    let kind = |event: &SessionEvent| event.encode().unwrap().0;
    held.events.iter().map(kind).collect()
}

fn checkpoints(fake: &Fake) -> Vec<Checkpointed> {
    let frames = fake.frames.lock().unwrap();
    let told = frames.iter().filter_map(|frame| {
        let SessionEvent::Checkpointed(told) = frame else {
            return None;
        };
        Some(told.clone())
    });
    told.collect()
}

#[tokio::test]
async fn an_interrupt_that_a_crash_left_unread_costs_no_text() {
    let fake = Fake::new();
    let mut reply = reply();
    reply.parts = vec![Part::Text {
        text: "Hel".into(),
        state: TextState::Streaming,
        trust: Trust::Model,
    }];
    *fake.frames.lock().unwrap() = vec![delta(&reply, 0, "Hel"), delta(&reply, 3, "lo")];
    let kind = InboxKind::Interrupt {
        by: None,
        reason: None,
    };
    let id = InboxId(uuid::Uuid::from_u128(9));
    fake.held().inbox = vec![InboxRow { id, kind }];
    let registry = Registry::default();
    let control = registry.register(session().id).unwrap();
    let seed = fake.seed(control, started(&reply), reply);
    let engine = fake.engine(EngineConfig::default());
    let turn = Turn::claimed(engine, seed, Vec::new(), true);
    assert_eq!(turn.drive().await.0, Stopped::Ended);
    assert_eq!(stored(&fake), "Hello");
    assert_eq!(
        kinds(&fake),
        [
            "interrupt_received",
            "content_done",
            "message_end",
            "usage_snapshot",
            "run_failed"
        ]
    );
}

/// A turn whose model says one word, which is on its way to SQL; its checkpoint waits for leave.
async fn with_a_checkpoint_under_way(
    fake: &Arc<Fake>,
) -> (
    mpsc::Sender<ModelEvent>,
    impl Future<Output = Stopped> + use<>,
    Registry,
) {
    let reply = reply();
    let registry = Registry::default();
    let control = registry.register(session().id).unwrap();
    let model = fake.model();
    let seed = fake.seed(control, started(&reply), Message::clone(&reply));
    let config = EngineConfig {
        checkpoint_every: Duration::ZERO,
        checkpoint_bytes: 1,
        ..EngineConfig::default()
    };
    let seed = crate::turn::Seed {
        branch: Some(Vec::new()),
        ..seed
    };
    let turn = Turn::begun(fake.engine(config), seed, None, reply);
    model.send(ModelEvent::Text("one".into())).await.unwrap();
    (model, async { turn.drive().await.0 }, registry)
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_tells_of_no_more_than_it_stored() {
    let fake = Fake::new();
    let (model, turn, _registry) = with_a_checkpoint_under_way(&fake).await;
    let test = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        model.send(ModelEvent::Text(" two".into())).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
        fake.checkpoints.add_permits(1);
        tokio::time::sleep(Duration::from_millis(10)).await;
        let told = checkpoints(&fake);
        assert_eq!(stored(&fake), "one");
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].offsets[0].offset, 3);
        let stop = ModelEvent::Finished(FinishReason::Stop);
        model.send(stop).await.unwrap();
    };
    let (stopped, ()) = tokio::join!(turn, test);
    assert_eq!(
        (stopped, stored(&fake).as_str()),
        (Stopped::Ended, "one two")
    );
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_that_a_call_overtook_does_not_cost_the_session() {
    let fake = Fake::new();
    let (model, turn, _registry) = with_a_checkpoint_under_way(&fake).await;
    let test = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let call = ModelEvent::ToolCall {
            index: 0,
            id: "c".into(),
            name: "fs_list".into(),
        };
        model.send(call).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
        fake.checkpoints.add_permits(1);
        tokio::time::sleep(Duration::from_millis(10)).await;
        let stop = ModelEvent::Finished(FinishReason::ToolCalls);
        model.send(stop).await.unwrap();
        let next = fake.model();
        let stop = ModelEvent::Finished(FinishReason::Stop);
        next.send(stop).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let (stopped, ()) = tokio::join!(turn, test);
    assert_eq!(stopped, Stopped::Ended);
    assert_eq!(
        kinds(&fake).last().map(String::as_str),
        Some("run_completed")
    );
    let told = checkpoints(&fake);
    let mut told = told
        .iter()
        .map(|told| (told.reason, told.offsets[0].offset));
    let at_the_call = (CheckpointReason::ToolBoundary, 3);
    assert!(told.any(|told| told == at_the_call));
}

/// A turn whose model says one word and stops, which storage does not take.
async fn with_an_end_that_is_refused(
    fake: &Arc<Fake>,
    refused: fn(&Append) -> bool,
) -> (impl Future<Output = Stopped> + use<>, Registry) {
    fake.checkpoints.add_permits(8);
    let (model, turn, registry) = with_a_checkpoint_under_way(fake).await;
    fake.held().refused = Some(refused);
    let stop = ModelEvent::Finished(FinishReason::Stop);
    model.send(stop).await.unwrap();
    (turn, registry)
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_storage_does_not_take_can_be_handed_back() {
    let fake = Fake::new();
    let (turn, registry) =
        with_an_end_that_is_refused(&fake, |append| !append.writes.contains(&Write::HandBack))
            .await;
    let stop = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        registry.begin_shutdown();
    };
    let both = async { tokio::join!(turn, stop) };
    let (stopped, ()) = tokio::time::timeout(Duration::from_secs(90), both)
        .await
        .unwrap();
    assert_eq!(stopped, Stopped::HandedBack);
    assert_eq!(fake.held().writes.last(), Some(&Write::HandBack));
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_storage_does_not_take_can_be_interrupted() {
    let fake = Fake::new();
    let (turn, registry) = with_an_end_that_is_refused(&fake, |append| {
        append
            .events
            .iter()
            .all(|event| event.event_type != "interrupt_received")
    })
    .await;
    let stop = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        let kind = InboxKind::Interrupt {
            by: None,
            reason: None,
        };
        let id = InboxId(uuid::Uuid::from_u128(9));
        fake.held().inbox = vec![InboxRow { id, kind }];
        registry.hint(session().id);
    };
    let both = async { tokio::join!(turn, stop) };
    let (stopped, ()) = tokio::time::timeout(Duration::from_secs(90), both)
        .await
        .unwrap();
    assert_eq!((stopped, stored(&fake).as_str()), (Stopped::Ended, "one"));
    assert_eq!(kinds(&fake).last().map(String::as_str), Some("run_failed"));
}

#[tokio::test(start_paused = true)]
async fn a_turn_whose_commit_is_not_answered_is_let_go_of() {
    let fake = Fake::new();
    let reply = reply();
    let engine = fake.engine(EngineConfig::default());
    let control = engine.inner.registry.register(session().id).unwrap();
    let model = fake.model();
    let seed = fake.seed(control, started(&reply), Message::clone(&reply));
    fake.held().unanswered = true;
    let stop = ModelEvent::Finished(FinishReason::Stop);
    model.send(stop).await.unwrap();
    engine.spawn_turn(Turn::begun(engine.clone(), seed, None, reply));
    engine.until_idle().await;
    assert_eq!(fake.held().abandoned, 1);
}

fn call(id: &str) -> ModelEvent {
    ModelEvent::ToolCall {
        index: 0,
        id: id.into(),
        name: "fs_list".into(),
    }
}

/// How the one call ended, as it was stored last.
fn stored_call(fake: &Fake) -> (Outcome, String) {
    let held = fake.held();
    let tools = held.writes.iter().rev().filter_map(|write| {
        let Write::Parts { parts, .. } = write else {
            return None;
        };
        parts.iter().find_map(|part| match part {
            Part::Tool(tool) => Some(tool.state.clone()),
            Part::Text { .. } | Part::Reasoning { .. } | Part::Other(_) => None,
        })
    });
    let ended = tools.into_iter().find_map(|state| match state {
        ToolState::Ended {
            outcome, output, ..
        } => Some((outcome, output.to_string())),
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. } => None,
    });
    ended.expect("an ended call")
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_limit_cut_before_its_arguments_is_not_run() {
    for reason in [FinishReason::Length, FinishReason::ContentFilter] {
        let fake = Fake::new();
        fake.checkpoints.add_permits(8);
        let (model, turn, _registry) = with_a_checkpoint_under_way(&fake).await;
        let test = async {
            model.send(call("c")).await.unwrap();
            model.send(ModelEvent::Finished(reason)).await.unwrap();
            let next = fake.model();
            let stop = ModelEvent::Finished(FinishReason::Stop);
            next.send(stop).await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        let (stopped, ()) = tokio::join!(turn, test);
        assert_eq!(stopped, Stopped::Ended);
        let (outcome, output) = stored_call(&fake);
        assert_eq!(outcome, Outcome::Error);
        assert!(output.contains("the answer was cut"), "{output}");
        let all = kinds(&fake);
        let results = all.iter().filter(|kind| *kind == "tool_call_result");
        assert_eq!(results.count(), 1, "{all:?}");
        assert_eq!(all.last().map(String::as_str), Some("run_completed"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_of_which_nobody_knows_the_outcome_leaves_no_step_open() {
    let fake = Fake::new();
    let reply = reply();
    let mut events = started(&reply);
    let begun = ToolCallStart {
        message_id: reply.id,
        part: 0,
        tool_call_id: "c".into(),
        tool: "send".into(),
        worker: None,
        title: None,
        effect: EffectClass::Once,
    };
    let end = MessageEnd {
        message_id: reply.id,
        finish_reason: FinishReason::ToolCalls,
        usage: None,
    };
    events.extend([begun.into(), end.into()]);
    let registry = Registry::default();
    let control = registry.register(session().id).unwrap();
    let seed = fake.seed(control, events, reply);
    let open = vec![("t1/cc".to_owned(), EffectClass::Once)];
    let turn = Turn::claimed(fake.engine(EngineConfig::default()), seed, open, false);
    let model = fake.model();
    let stop = ModelEvent::Finished(FinishReason::Stop);
    model.send(stop).await.unwrap();
    assert_eq!(turn.drive().await.0, Stopped::Ended);
    let end = Write::StepEnd {
        key: "t1/cc".into(),
        status: StepStatus::Unknown,
    };
    assert!(fake.held().writes.contains(&end));
}

#[tokio::test(start_paused = true)]
async fn a_model_that_is_silent_before_its_answer_begins_is_said_to_be() {
    let fake = Fake::new();
    fake.headers.forget_permits(Semaphore::MAX_PERMITS);
    let (model, turn, _registry) = with_a_checkpoint_under_way(&fake).await;
    fake.checkpoints.add_permits(8);
    let silent = || -> Vec<u64> {
        let frames = fake.frames.lock().unwrap();
        let silent = frames.iter().filter_map(|frame| {
            let SessionEvent::ModelSilent(silent) = frame else {
                return None;
            };
            Some(silent.silent_ms)
        });
        silent.collect()
    };
    let test = async {
        tokio::time::sleep(Duration::from_secs(12)).await;
        assert_eq!(silent(), [5_000, 10_000]);
        fake.headers.add_permits(1);
        let stop = ModelEvent::Finished(FinishReason::Stop);
        model.send(stop).await.unwrap();
    };
    let (stopped, ()) = tokio::join!(turn, test);
    assert_eq!((stopped, stored(&fake).as_str()), (Stopped::Ended, "one"));
}

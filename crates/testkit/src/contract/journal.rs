//! The journal and the inbox.

use serde_json::value::RawValue;
use weald_domain::{
    event::{Envelope, NewEvent, SessionEvent, session::ToolCallResult},
    limits::{EVENT_INLINE_MAX, EVENT_PAYLOAD_MAX},
    message::{MessageMetadata, Outcome, Part, TextState, ToolPart, ToolState},
    ports::{
        Append, AppendError, BeginError, Begun, InboxKind, InboxRow, Lease, NewRun, Posted, RunKey,
        StepStatus, StoreError, Waiting, Write,
    },
    session::{ActiveSession, LiveStatus, SessionStatus},
    tool::{EffectClass, ToolContent},
};

use super::{
    Ports,
    world::{Running, World, event, soon, text},
};

fn plain(kind: &str, payload: &str) -> NewEvent {
    NewEvent {
        event_type: kind.into(),
        version: 1,
        payload: RawValue::from_string(payload.into()).expect("JSON"),
        step_key: None,
    }
}

fn append_of(world: &World, lease: Lease, events: Vec<NewEvent>, writes: Vec<Write>) -> Append {
    Append {
        lease,
        events,
        writes,
        at: world.ports.now(),
    }
}

fn interrupt(world: &World) -> InboxRow {
    InboxRow {
        id: world.id(),
        kind: InboxKind::Interrupt {
            by: Some(world.access.user_id),
            reason: None,
        },
    }
}

/// Begin writes conversation, messages, session and events at once.
pub async fn a_run_begins_with_all_its_rows(ports: Ports) {
    let world = World::of(ports).await;
    let run = world.begin(world.new_run("hello")).await;
    assert_eq!((run.lease.epoch, run.lease.head_seq), (1, 2));
    let conversation = world
        .ports
        .conversations
        .get(&world.access, run.session.conversation_id)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(
        conversation.conversation.selected_leaf_id,
        Some(run.reply.id)
    );
    assert_eq!(
        conversation.active,
        Some((run.session.id, LiveStatus::Executing))
    );
    let (session, live) = world
        .ports
        .sessions
        .get(&world.access, run.session.id)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(
        (session, live),
        (run.session.clone(), Some(LiveStatus::Executing))
    );
    let messages = world
        .ports
        .sessions
        .messages(&world.access, run.session.id)
        .await;
    let messages = messages.expect("reads");
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].text(), "hello");
    assert_eq!(messages[1], run.reply);
}

/// NB-50.
pub async fn a_second_run_of_a_busy_conversation_is_refused(ports: Ports) {
    let world = World::of(ports).await;
    let run = world.begin(world.new_run("one")).await;
    let again = world.next_run(run.session.conversation_id, Some(run.reply.id), "two");
    let expected = ActiveSession::new(run.session.id, run.session.transport);
    match world.ports.journal.begin(again).await {
        Err(BeginError::Busy(active)) => assert_eq!(active, expected),
        other => panic!("{other:?}"),
    }
}

/// NB-50 under concurrency.
pub async fn racing_runs_of_one_conversation_have_one_winner(ports: Ports) {
    let world = World::of(ports).await;
    let mut first = world.begin(world.new_run("one")).await;
    world.finish(&mut first, "done").await;
    let id = first.session.conversation_id;
    let runs: Vec<NewRun> = (0..12)
        .map(|n| world.next_run(id, Some(first.reply.id), &n.to_string()))
        .collect();
    let begun = futures::future::join_all(runs.into_iter().map(|run| {
        let journal = world.ports.journal.clone();
        async move { journal.begin(run).await }
    }))
    .await;
    let won: Vec<_> = begun.iter().filter(|one| one.is_ok()).collect();
    assert_eq!(won.len(), 1, "{begun:?}");
    assert!(
        begun
            .iter()
            .all(|one| matches!(one, Ok(Begun::Started(_)) | Err(BeginError::Busy(_)))),
        "{begun:?}"
    );
}

/// A run never hangs on a message of another tree.
pub async fn a_run_on_a_missing_parent_is_refused(ports: Ports) {
    let world = World::of(ports).await;
    let mut one = world.begin(world.new_run("one")).await;
    world.finish(&mut one, "done").await;
    let mut other = world.begin(world.new_run("other")).await;
    world.finish(&mut other, "done").await;
    for parent in [world.id(), other.reply.id] {
        let run = world.next_run(one.session.conversation_id, Some(parent), "x");
        let refused = world.ports.journal.begin(run).await;
        assert!(matches!(refused, Err(BeginError::Gone)), "{refused:?}");
    }
    let run = world.next_run(world.id(), None, "x");
    let refused = world.ports.journal.begin(run).await;
    assert!(matches!(refused, Err(BeginError::Gone)), "{refused:?}");
}

/// Sequence numbers are gapless.
pub async fn an_append_moves_the_head(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hello")).await;
    world
        .append(&mut run, vec![plain("x", "1"), plain("y", "2")], vec![])
        .await;
    assert_eq!(run.lease.head_seq, 4);
    world.append(&mut run, vec![], vec![]).await;
    assert_eq!(run.lease.head_seq, 4);
    world.append(&mut run, vec![], vec![Write::HandBack]).await;
    let claimed = world.ports.journal.claim(run.session.id).await;
    let claimed = claimed.expect("claims").expect("is free");
    let seqs: Vec<_> = claimed.events.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, vec![1, 2, 3, 4]);
    assert!(claimed.events.windows(2).all(|two| two[0].pos < two[1].pos));
    assert_eq!((claimed.lease.epoch, claimed.lease.head_seq), (2, 4));
}

/// The fence is epoch and head.
pub async fn a_stale_lease_writes_nothing(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hello")).await;
    let old = run.lease;
    world.append(&mut run, vec![plain("x", "1")], vec![]).await;
    let stale = append_of(&world, old, vec![plain("y", "2")], vec![]);
    let refused = world.ports.journal.append(stale).await;
    assert!(matches!(refused, Err(AppendError::Fenced)), "{refused:?}");
    world.append(&mut run, vec![], vec![Write::HandBack]).await;
    let claimed = world.ports.journal.claim(run.session.id).await;
    let claimed = claimed.expect("claims").expect("is free");
    let zombie = append_of(&world, run.lease, vec![plain("z", "3")], vec![]);
    let refused = world.ports.journal.append(zombie).await;
    assert!(matches!(refused, Err(AppendError::Fenced)), "{refused:?}");
    assert_eq!(claimed.events.len(), 3);
}

/// Only one of many appends with the same head is taken.
pub async fn racing_appends_of_one_lease_have_one_winner(ports: Ports) {
    let world = World::of(ports).await;
    let run = world.begin(world.new_run("hello")).await;
    let done = futures::future::join_all((0..16).map(|n| {
        let append = append_of(&world, run.lease, vec![plain("x", &n.to_string())], vec![]);
        let journal = world.ports.journal.clone();
        async move { journal.append(append).await }
    }))
    .await;
    assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1);
    let fenced = |one: &&Result<_, _>| matches!(one, Err(AppendError::Fenced));
    assert_eq!(done.iter().filter(fenced).count(), 15);
}

/// Spec section 6.
pub async fn a_payload_above_the_limit_is_refused(ports: Ports) {
    let world = World::of(ports).await;
    let run = world.begin(world.new_run("hello")).await;
    let huge = format!("\"{}\"", "x".repeat(EVENT_PAYLOAD_MAX));
    let append = append_of(&world, run.lease, vec![plain("x", &huge)], vec![]);
    let refused = world.ports.journal.append(append).await;
    assert!(matches!(refused, Err(AppendError::TooLarge)), "{refused:?}");
    let append = append_of(&world, run.lease, vec![plain("x", "1")], vec![]);
    assert!(world.ports.journal.append(append).await.is_ok());
}

/// A payload above the inline limit is kept as a blob.
pub async fn a_large_payload_reads_back(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hello")).await;
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(EVENT_INLINE_MAX * 3));
    world
        .append(&mut run, vec![plain("x", &large)], vec![Write::HandBack])
        .await;
    let claimed = world.ports.journal.claim(run.session.id).await;
    let claimed = claimed.expect("claims").expect("is free");
    assert_eq!(claimed.events[2].payload.get(), large);
}

fn tool_part(state: ToolState) -> Part {
    Part::Tool(ToolPart {
        call_id: "c1".into(),
        tool: "fs_read".into(),
        worker: Some("fs-worker".into()),
        title: None,
        state,
    })
}

fn input_of(envelope: &Envelope) -> Option<serde_json::Value> {
    match envelope.session_event() {
        SessionEvent::RunStarted(started) => started.input,
        other => panic!("{other:?}"),
    }
}

/// D-35: the journal keeps no text of a message, and its reader sees it all the same.
pub async fn text_is_stored_once_and_filled_in_when_read(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("what I said")).await;
    let result = SessionEvent::from(ToolCallResult {
        message_id: run.reply.id,
        part: 0,
        tool_call_id: "c1".into(),
        outcome: Outcome::Ok,
        content: Some(vec![ToolContent::Text {
            text: "as it was first answered".into(),
        }]),
        truncated: false,
        asset_ids: Vec::new(),
    });
    let part = tool_part(ToolState::Ended {
        input: serde_json::json!({}),
        outcome: Outcome::Ok,
        output: "as the message holds it".into(),
        duration_ms: 1,
        truncated: false,
        asset_ids: Vec::new(),
    });
    let parts = Write::Parts {
        message_id: run.reply.id,
        parts: vec![part],
        metadata: MessageMetadata::default(),
        at: world.ports.now(),
    };
    world
        .append(&mut run, vec![event(result)], vec![parts, Write::HandBack])
        .await;
    let claimed = world.ports.journal.claim(run.session.id).await;
    let claimed = claimed.expect("claims").expect("is free");
    let input = input_of(&claimed.events[0]).expect("filled in");
    assert_eq!(input[0]["text"], "what I said");
    match claimed.events[2].session_event() {
        SessionEvent::ToolCallResult(result) => assert_eq!(
            result.content,
            Some(vec![ToolContent::Text {
                text: "as the message holds it".into()
            }])
        ),
        other => panic!("{other:?}"),
    }
}

fn keyed(world: &World, hash: &str) -> NewRun {
    let mut run = world.new_run("hello");
    run.key = Some(RunKey {
        key: "k".into(),
        request_hash: hash.into(),
    });
    run
}

/// The same key and request begin nothing new; another request is refused.
pub async fn a_request_key_begins_one_session(ports: Ports) {
    let world = World::of(ports).await;
    let run = world.begin(keyed(&world, "h")).await;
    let again = world.ports.journal.begin(keyed(&world, "h")).await;
    assert_eq!(again.expect("answers"), Begun::Repeated(run.session.id));
    let other = world.ports.journal.begin(keyed(&world, "other")).await;
    assert!(matches!(other, Err(BeginError::KeyReused)), "{other:?}");
}

/// The same under concurrency.
pub async fn racing_request_keys_begin_one_session(ports: Ports) {
    let world = World::of(ports).await;
    let begun = futures::future::join_all((0..8).map(|_| {
        let (journal, run) = (world.ports.journal.clone(), keyed(&world, "h"));
        async move { journal.begin(run).await.expect("answers") }
    }))
    .await;
    let started: Vec<_> = begun
        .iter()
        .filter_map(|one| match one {
            Begun::Started(lease) => Some(lease.session_id),
            Begun::Repeated(_) => None,
        })
        .collect();
    assert_eq!(started.len(), 1);
    for one in begun {
        if let Begun::Repeated(session) = one {
            assert_eq!(session, started[0]);
        }
    }
}

/// NB-18.
pub async fn an_end_frees_the_conversation(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("one")).await;
    world.finish(&mut run, "done").await;
    assert_eq!(world.status(run.session.id).await, SessionStatus::Committed);
    let id = run.session.conversation_id;
    assert_eq!(world.ports.sessions.active(id).await.expect("reads"), None);
    assert_eq!(
        world.ports.sessions.latest(id).await.expect("reads"),
        Some(run.session.id)
    );
    let more = append_of(&world, run.lease, vec![plain("x", "1")], vec![]);
    let refused = world.ports.journal.append(more).await;
    assert!(matches!(refused, Err(AppendError::Fenced)), "{refused:?}");
    world
        .begin(world.next_run(id, Some(run.reply.id), "two"))
        .await;
}

/// A parked session is `waiting`; a row in its inbox makes it `runnable`.
pub async fn a_parked_stream_is_woken_by_a_post(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hello")).await;
    world.append(&mut run, vec![], vec![Write::Park]).await;
    let id = run.session.id;
    assert_eq!(world.ports.journal.waiting().await.expect("reads"), vec![]);
    assert!(
        world
            .ports
            .journal
            .claim(id)
            .await
            .expect("reads")
            .is_none()
    );
    let (_, live) = world
        .ports
        .sessions
        .get(&world.access, id)
        .await
        .expect("reads")
        .expect("some");
    assert_eq!(live, Some(LiveStatus::WaitingApproval));
    let row = interrupt(&world);
    let posted = world
        .ports
        .inbox
        .post(id, row.clone(), world.ports.now())
        .await;
    assert_eq!(posted.expect("posts"), Posted::Runnable);
    let waiting = world.ports.journal.waiting().await.expect("reads");
    assert_eq!((waiting.len(), waiting[0].orphaned), (1, false));
    assert_eq!(
        world.ports.inbox.unread(id).await.expect("reads"),
        vec![row.clone()]
    );
    let claimed = world
        .ports
        .journal
        .claim(id)
        .await
        .expect("claims")
        .expect("is free");
    run.lease = claimed.lease;
    let consumed = Write::Consumed { ids: vec![row.id] };
    world.append(&mut run, vec![], vec![consumed]).await;
    assert_eq!(world.ports.inbox.unread(id).await.expect("reads"), vec![]);
}

async fn park(world: &World, run: &Running) -> bool {
    let append = append_of(world, run.lease, vec![], vec![Write::Park]);
    world
        .ports
        .journal
        .append(append)
        .await
        .expect("parks")
        .runnable
}

/// Whatever comes first, the answer is not missed.
pub async fn park_and_post_never_miss_each_other(ports: Ports) {
    let world = World::of(ports).await;
    for _ in 0..20 {
        let run = world.begin(world.new_run("hello")).await;
        let (now, row) = (world.ports.now(), interrupt(&world));
        let post = world.ports.inbox.post(run.session.id, row, now);
        let (runnable, posted) = tokio::join!(park(&world, &run), post);
        let posted = posted.expect("posts");
        assert!(
            runnable == (posted == Posted::ToOwner) && (runnable || posted == Posted::Runnable),
            "runnable {runnable}, {posted:?}"
        );
        let claimed = world.ports.journal.claim(run.session.id).await;
        assert!(claimed.expect("claims").is_some());
    }
}

/// Many claim, one gets it.
pub async fn a_handed_back_stream_is_claimed_once(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hello")).await;
    world.append(&mut run, vec![], vec![Write::HandBack]).await;
    let claims = futures::future::join_all((0..8).map(|_| {
        let (journal, id) = (world.ports.journal.clone(), run.session.id);
        async move { journal.claim(id).await.expect("reads") }
    }))
    .await;
    let won: Vec<_> = claims.into_iter().flatten().collect();
    assert_eq!(won.len(), 1);
    assert_eq!(won[0].lease.epoch, 2);
    assert_eq!(won[0].session, run.session);
    assert_eq!(won[0].origin, world.origin(&run));
}

/// What its owner cannot drive is left as if the owner had died.
pub async fn an_abandoned_stream_is_an_orphan(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hello")).await;
    let journal = world.ports.journal.clone();
    let id = run.session.id;
    journal.abandon(id).await.expect("lets go");
    journal.abandon(id).await.expect("is harmless");
    let waiting = journal.waiting().await.expect("reads");
    let orphan = Waiting {
        session_id: id,
        orphaned: true,
    };
    assert_eq!(waiting, [orphan]);
    let late = journal
        .append(append_of(&world, run.lease, vec![], vec![Write::HandBack]))
        .await;
    assert!(matches!(late, Err(AppendError::Fenced)), "{late:?}");
    let claimed = journal.claim(id).await.expect("reads").expect("is free");
    run.lease = claimed.lease;
    world.finish(&mut run, "done").await;
    journal.abandon(id).await.expect("is harmless");
    assert_eq!(journal.waiting().await.expect("reads"), []);
    assert_eq!(world.status(id).await, SessionStatus::Committed);
}

/// A session whose history cannot be read can still be ended, once, and frees its conversation.
pub async fn a_seized_stream_can_be_ended(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hello")).await;
    let (journal, id) = (world.ports.journal.clone(), run.session.id);
    let seize = async || journal.seize(id).await.expect("seizes");
    assert_eq!(seize().await, None, "it has an owner");
    journal.abandon(id).await.expect("lets go");
    let lease = seize().await.expect("is free");
    assert_eq!((lease.epoch, lease.head_seq), (2, run.lease.head_seq));
    assert_eq!(seize().await, None, "it has an owner again");
    run.lease = lease;
    world.finish(&mut run, "").await;
    assert_eq!(seize().await, None, "it has ended");
    let conversation = run.session.conversation_id;
    let next = world.next_run(conversation, Some(run.reply.id), "again");
    world.begin(next).await;
}

/// A crash leaves an intent without a result.
pub async fn an_open_step_is_found_by_its_claim(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hello")).await;
    let intent = |key: &str, effect| Write::StepIntent {
        key: key.into(),
        effect,
        input_hash: "h".into(),
    };
    let end = |key: &str| Write::StepEnd {
        key: key.into(),
        status: StepStatus::Done,
    };
    let writes = vec![
        end("t1/m1"),
        intent("t1/c1", EffectClass::Once),
        intent("t1/c2", EffectClass::Probe),
        end("t1/c2"),
        Write::HandBack,
    ];
    world.append(&mut run, vec![], writes).await;
    let claimed = world.ports.journal.claim(run.session.id).await;
    let claimed = claimed.expect("claims").expect("is free");
    assert_eq!(
        claimed.open_steps,
        vec![("t1/c1".into(), EffectClass::Once)]
    );
}

/// Nothing is posted to what has ended, or never was.
pub async fn an_ended_session_takes_no_post(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hello")).await;
    let now = world.ports.now();
    let post = async |id| soon(world.ports.inbox.post(id, interrupt(&world), now)).await;
    assert_eq!(post(run.session.id).await.expect("posts"), Posted::ToOwner);
    world.finish(&mut run, "done").await;
    assert_eq!(post(run.session.id).await.expect("posts"), Posted::Ended);
    assert_eq!(post(world.id()).await.expect("posts"), Posted::Ended);
}

/// What a living owner holds is nobody else's, and renewing keeps it.
pub async fn a_held_stream_is_not_waiting(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hello")).await;
    assert_eq!(world.ports.journal.waiting().await.expect("reads"), vec![]);
    assert!(
        world
            .ports
            .journal
            .claim(run.session.id)
            .await
            .expect("reads")
            .is_none()
    );
    assert_eq!(world.ports.journal.renew().await.expect("renews"), vec![]);
    world.append(&mut run, vec![plain("x", "1")], vec![]).await;
}

/// A session writes its own messages only.
pub async fn parts_of_another_session_are_refused(ports: Ports) {
    let world = World::of(ports).await;
    let one = world.begin(world.new_run("one")).await;
    let other = world.begin(world.new_run("two")).await;
    let parts = Write::Parts {
        message_id: other.reply.id,
        parts: vec![text("mine", TextState::Done)],
        metadata: MessageMetadata::default(),
        at: world.ports.now(),
    };
    let append = append_of(&world, one.lease, vec![plain("x", "1")], vec![parts]);
    let refused = world.ports.journal.append(append).await;
    assert!(
        matches!(refused, Err(AppendError::Store(StoreError::Corrupt { .. }))),
        "{refused:?}"
    );
    let still = append_of(&world, one.lease, vec![plain("x", "1")], vec![]);
    assert!(
        world.ports.journal.append(still).await.is_ok(),
        "nothing was written"
    );
}

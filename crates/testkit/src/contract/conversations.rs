//! Conversations, messages and sessions as rows.

use serde_json::json;
use weald_domain::{
    conversation::{ConversationPatch, ConversationStatus},
    cursor::{Cursor, FeedCursor},
    event::TopicFilter,
    ports::{
        ConversationFilter, DeleteError, FollowError, PageRequest, SessionFilter, StoreError, Write,
    },
    session::{ActiveSession, SessionStatus},
};

use super::{
    Ports,
    world::{World, next},
};

fn first(limit: u32) -> PageRequest {
    PageRequest { after: None, limit }
}

/// The first start.
pub async fn the_first_start_makes_what_a_newcomer_needs(ports: Ports) {
    let world = World::of(ports).await;
    assert!(world.access.is_admin());
    let workspaces = world
        .ports
        .workspaces
        .list(&world.access, first(10))
        .await
        .expect("reads");
    let names: Vec<_> = workspaces
        .items
        .iter()
        .map(|w| (w.slug.as_str(), w.name.as_str()))
        .collect();
    assert_eq!(names, [("personal", "Personal")]);
    let preset = world
        .ports
        .presets
        .default_of(&world.access, world.workspace)
        .await;
    let preset = preset.expect("reads").expect("there is one");
    assert_eq!(
        (preset.id.as_str(), preset.name.as_str()),
        ("default", "Assistant")
    );
    assert_eq!(preset.model.name.to_string(), "builtin/planner");
    let toolsets: Vec<_> = preset
        .toolsets
        .iter()
        .map(|t| (t.name.as_str(), t.enabled))
        .collect();
    assert_eq!(toolsets, [("fs", true), ("git", true)]);
    assert!(preset.is_default);
    let models = world
        .ports
        .providers
        .models(None, first(10))
        .await
        .expect("reads");
    let names: Vec<_> = models
        .items
        .iter()
        .map(|m| m.provider_model_id.as_str())
        .collect();
    assert_eq!(names, ["planner", "script"]);
}

/// Last activity first.
pub async fn a_conversation_is_listed_and_found(ports: Ports) {
    let world = World::of(ports).await;
    let mut one = world.begin(world.new_run("one")).await;
    world.ports.clock.advance_ms(10);
    let mut two = world.begin(world.new_run("two")).await;
    world.finish(&mut two, "x").await;
    world.ports.clock.advance_ms(10);
    world.finish(&mut one, "x").await;
    let third = world.next_run(one.session.conversation_id, Some(one.reply.id), "again");
    world.begin(third).await;
    let filter = ConversationFilter::default();
    let page = world
        .ports
        .conversations
        .list(&world.access, &filter, first(10))
        .await;
    let ids: Vec<_> = page
        .expect("reads")
        .items
        .iter()
        .map(|e| e.conversation.id)
        .collect();
    assert_eq!(
        ids,
        [one.session.conversation_id, two.session.conversation_id]
    );
    let archived = ConversationFilter {
        status: Some(ConversationStatus::Archived),
        ..ConversationFilter::default()
    };
    let page = world
        .ports
        .conversations
        .list(&world.access, &archived, first(10))
        .await;
    assert!(page.expect("reads").items.is_empty());
}

/// Every page of a keyset list, each item once.
pub async fn a_list_is_paged_whole(ports: Ports) {
    let world = World::of(ports).await;
    let mut made = Vec::new();
    for n in 0..7 {
        if n % 2 == 0 {
            world.ports.clock.advance_ms(1);
        }
        let mut run = world.begin(world.new_run("x")).await;
        world.finish(&mut run, "x").await;
        made.push(run.session);
    }
    let (mut request, mut ids) = (first(3), Vec::new());
    loop {
        let filter = ConversationFilter::default();
        let page = world
            .ports
            .conversations
            .list(&world.access, &filter, request)
            .await;
        let page = page.expect("reads");
        assert!(page.items.len() <= 3);
        ids.extend(page.items.iter().map(|entry| entry.conversation.id));
        let Some(after) = page.next else {
            break;
        };
        request = PageRequest {
            after: Some(after),
            limit: 3,
        };
    }
    let expected: Vec<_> = made
        .iter()
        .rev()
        .map(|session| session.conversation_id)
        .collect();
    assert_eq!(ids, expected);
    let page = world
        .ports
        .sessions
        .list(&world.access, SessionFilter::default(), first(7))
        .await;
    let page = page.expect("reads");
    assert_eq!(page.next, None);
    let ids: Vec<_> = page.items.iter().map(|session| session.id).collect();
    assert_eq!(
        ids,
        made.iter().map(|session| session.id).collect::<Vec<_>>()
    );
}

/// 400 `bad_cursor`.
pub async fn garbage_is_not_a_page(ports: Ports) {
    let world = World::of(ports).await;
    for after in ["", "garbage", "MQ", "bnVsbA", "W10"] {
        let request = PageRequest {
            after: Some(after.into()),
            limit: 1,
        };
        let filter = ConversationFilter::default();
        let page = world
            .ports
            .conversations
            .list(&world.access, &filter, request)
            .await;
        assert!(
            matches!(page, Err(StoreError::BadPage)),
            "{after}: {page:?}"
        );
    }
}

/// NB-80.
pub async fn metadata_is_matched_by_containment(ports: Ports) {
    let world = World::of(ports).await;
    let mut wanted = Vec::new();
    for n in 0..6 {
        let run = world.begin(world.new_run("x")).await;
        let metadata = json!({"ticket": {"id": n % 2, "by": "ada"}});
        let patch = ConversationPatch {
            metadata: Some(metadata.as_object().cloned()),
            ..ConversationPatch::default()
        };
        let id = run.session.conversation_id;
        let done = world
            .ports
            .conversations
            .update(&world.access, id, patch, world.ports.now());
        done.await.expect("stores").expect("may");
        if n % 2 == 1 {
            wanted.insert(0, id);
        }
    }
    let filter = ConversationFilter {
        metadata: Some(json!({"ticket": {"id": 1}})),
        ..ConversationFilter::default()
    };
    let list = async |request| {
        let page = world
            .ports
            .conversations
            .list(&world.access, &filter, request)
            .await;
        page.expect("reads")
    };
    let page = list(first(2)).await;
    let mut ids: Vec<_> = page
        .items
        .iter()
        .map(|entry| entry.conversation.id)
        .collect();
    let rest = list(PageRequest {
        after: page.next,
        limit: 2,
    })
    .await;
    ids.extend(rest.items.iter().map(|entry| entry.conversation.id));
    assert_eq!((ids, rest.next), (wanted, None));
}

/// With its event, which names the fields.
pub async fn a_patch_changes_only_what_it_names(ports: Ports) {
    let world = World::of(ports).await;
    let run = world.begin(world.new_run("x")).await;
    let id = run.session.conversation_id;
    let head = world.ports.feed.head().await.expect("reads");
    let all = vec![TopicFilter::All];
    let mut feed = world
        .ports
        .feed
        .follow(&world.access, all, head)
        .await
        .expect("follows");
    let before = world
        .ports
        .conversations
        .get(&world.access, id)
        .await
        .expect("reads");
    let before = before.expect("is there").conversation;
    let patch = ConversationPatch {
        title: Some(Some("New".into())),
        ..ConversationPatch::default()
    };
    let now = world.ports.clock.advance_ms(5);
    let after = world
        .ports
        .conversations
        .update(&world.access, id, patch, now)
        .await;
    let after = after.expect("stores").expect("may");
    let mut expected = before;
    expected.title = Some("New".into());
    expected.updated_at = now;
    assert_eq!(after, expected);
    let stored = world
        .ports
        .conversations
        .get(&world.access, id)
        .await
        .expect("reads");
    assert_eq!(stored.expect("is there").conversation, expected);
    let frame = next(&mut feed).await;
    let envelope = frame.frame.envelope();
    assert_eq!(envelope.event_type, "conversation.updated");
    assert_eq!(envelope.conversation_id, Some(id));
    assert!(envelope.payload.get().contains("\"title\""));
    let elsewhere = ConversationPatch {
        folder_id: Some(Some(world.id())),
        ..ConversationPatch::default()
    };
    let refused = world
        .ports
        .conversations
        .update(&world.access, id, elsewhere, now)
        .await;
    assert_eq!(refused.expect("reads"), None, "the folder is not there");
}

/// Running or parked, it is busy.
pub async fn a_busy_conversation_is_not_deleted(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("x")).await;
    let id = run.session.conversation_id;
    let busy = ActiveSession::new(run.session.id, run.session.transport);
    for writes in [vec![], vec![Write::Park]] {
        world.append(&mut run, vec![], writes).await;
        match world
            .ports
            .conversations
            .delete(&world.access, id, world.ports.now())
            .await
        {
            Err(DeleteError::Busy(active)) => assert_eq!(active, busy),
            other => panic!("{other:?}"),
        }
    }
}

/// Rows go, payloads are erased, the order of the feed stays.
pub async fn a_deleted_conversation_leaves_skeletons(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let mut log = world
        .ports
        .live_log
        .open(world.origin(&run), 1)
        .await
        .expect("opens");
    log.write(2, &[world.delta(&run, 0, "x")], world.ports.now())
        .expect("writes");
    world.finish(&mut run, "x").await;
    let id = run.session.conversation_id;
    let delete = async |access| {
        world
            .ports
            .conversations
            .delete(access, id, world.ports.now())
            .await
    };
    let stranger = world.stranger();
    assert!(!delete(&stranger).await.expect("answers"));
    assert!(delete(&world.access).await.expect("deletes"));
    assert!(!delete(&world.access).await.expect("answers"));
    assert_eq!(
        world
            .ports
            .conversations
            .get(&world.access, id)
            .await
            .expect("reads"),
        None
    );
    let message = world
        .ports
        .conversations
        .message(&world.access, run.reply.id)
        .await;
    assert_eq!(message.expect("reads"), None);
    assert_eq!(
        world
            .ports
            .sessions
            .get(&world.access, run.session.id)
            .await
            .expect("reads"),
        None
    );
    let tail = world
        .ports
        .live_log
        .read(run.session.id, Cursor::START)
        .await
        .expect("reads");
    assert!(tail.frames.is_empty());
    let mut feed = world
        .ports
        .feed
        .follow(&world.access, vec![TopicFilter::All], FeedCursor::default())
        .await
        .expect("follows");
    let head = world.ports.feed.head().await.expect("reads").pos;
    let mut kinds = Vec::new();
    for pos in 1..=head {
        let frame = next(&mut feed).await;
        assert_eq!(frame.frame.envelope().pos, Some(pos));
        let envelope = frame.frame.envelope();
        assert!(envelope.session_id.is_none() || envelope.payload.get() == "null");
        kinds.push(envelope.event_type.clone());
    }
    assert_eq!(
        kinds.last().map(String::as_str),
        Some("conversation.deleted")
    );
    assert!(kinds.contains(&"run_completed".to_owned()));
    let gone = world
        .ports
        .streams
        .follow(run.session.id, Cursor::START)
        .await;
    assert!(matches!(gone.err(), Some(FollowError::Gone)));
}

/// MY-37, MY-38.
pub async fn a_branch_has_its_siblings(ports: Ports) {
    let world = World::of(ports).await;
    let mut one = world.begin(world.new_run("one")).await;
    world.finish(&mut one, "1").await;
    let id = one.session.conversation_id;
    // A second child of the first question's answer, and a second root.
    let mut two = world
        .begin(world.next_run(id, Some(one.reply.id), "two"))
        .await;
    world.finish(&mut two, "2").await;
    let mut twin = world
        .begin(world.next_run(id, Some(one.reply.id), "twin"))
        .await;
    world.finish(&mut twin, "2'").await;
    let mut root = world.begin(world.next_run(id, None, "root")).await;
    world.finish(&mut root, "r").await;
    let branch = async |leaf| {
        let branch = world
            .ports
            .conversations
            .branch(&world.access, id, leaf)
            .await;
        branch.expect("reads")
    };
    let items = branch(Some(two.reply.id)).await.expect("is there");
    let texts: Vec<_> = items.iter().map(|item| item.message.text()).collect();
    assert_eq!(texts, ["one", "1", "two", "2"]);
    let shape: Vec<_> = items
        .iter()
        .map(|i| (i.siblings.len(), i.sibling_index))
        .collect();
    assert_eq!(shape, [(2, 0), (1, 0), (2, 0), (1, 0)]);
    let selected = branch(None).await.expect("is there");
    let texts: Vec<_> = selected.iter().map(|item| item.message.text()).collect();
    assert_eq!(texts, ["root", "r"]);
    assert_eq!(selected[0].sibling_index, 1);
    assert_eq!(branch(Some(world.id())).await, None);
    let other = world.begin(world.new_run("other")).await;
    assert_eq!(
        branch(Some(other.reply.id)).await,
        None,
        "a leaf of another tree"
    );
}

/// What lies outside is not there.
pub async fn foreign_conversations_are_not_seen(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("x")).await;
    world.finish(&mut run, "x").await;
    let (stranger, id) = (world.stranger(), run.session.conversation_id);
    let talk = &world.ports.conversations;
    assert_eq!(talk.get(&stranger, id).await.expect("reads"), None);
    assert_eq!(talk.branch(&stranger, id, None).await.expect("reads"), None);
    assert_eq!(
        talk.message(&stranger, run.reply.id).await.expect("reads"),
        None
    );
    let filter = ConversationFilter {
        workspace_id: Some(world.workspace),
        ..ConversationFilter::default()
    };
    let page = talk
        .list(&stranger, &filter, first(10))
        .await
        .expect("reads");
    assert!(page.items.is_empty());
    let patch = ConversationPatch {
        title: Some(None),
        ..ConversationPatch::default()
    };
    assert_eq!(
        talk.update(&stranger, id, patch, world.ports.now())
            .await
            .expect("reads"),
        None
    );
    let sessions = &world.ports.sessions;
    assert_eq!(
        sessions
            .get(&stranger, run.session.id)
            .await
            .expect("reads"),
        None
    );
    assert!(
        sessions
            .messages(&stranger, run.session.id)
            .await
            .expect("reads")
            .is_empty()
    );
    let page = sessions
        .list(&stranger, SessionFilter::default(), first(10))
        .await;
    assert!(page.expect("reads").items.is_empty());
}

/// Oldest first, of one branch only.
pub async fn the_context_is_the_path_to_the_leaf(ports: Ports) {
    let world = World::of(ports).await;
    let mut one = world.begin(world.new_run("one")).await;
    world.finish(&mut one, "1").await;
    let id = one.session.conversation_id;
    let mut two = world
        .begin(world.next_run(id, Some(one.reply.id), "two"))
        .await;
    world.finish(&mut two, "2").await;
    world
        .begin(world.next_run(id, Some(one.reply.id), "twin"))
        .await;
    let context = world
        .ports
        .conversations
        .context(two.reply.id)
        .await
        .expect("reads");
    let texts: Vec<_> = context
        .iter()
        .map(weald_domain::message::Message::text)
        .collect();
    assert_eq!(texts, ["one", "1", "two", "2"]);
}

/// By conversation and status.
pub async fn sessions_are_read_as_rows(ports: Ports) {
    let world = World::of(ports).await;
    let mut one = world.begin(world.new_run("one")).await;
    world.finish(&mut one, "1").await;
    let two = world.begin(world.new_run("two")).await;
    let list = async |filter| {
        let page = world
            .ports
            .sessions
            .list(&world.access, filter, first(10))
            .await;
        let page = page.expect("reads");
        page.items
            .into_iter()
            .map(|session| session.id)
            .collect::<Vec<_>>()
    };
    let by_status = SessionFilter {
        status: Some(SessionStatus::Created),
        ..SessionFilter::default()
    };
    assert_eq!(list(by_status).await, [two.session.id]);
    let by_conversation = SessionFilter {
        conversation_id: Some(one.session.conversation_id),
        ..SessionFilter::default()
    };
    assert_eq!(list(by_conversation).await, [one.session.id]);
    assert_eq!(
        list(SessionFilter::default()).await,
        [one.session.id, two.session.id]
    );
}

//! What happens at once leaves what it would leave one after the other.

use std::future::Future;

use futures::future::join_all;
use serde_json::{Map, Value, json};
use weald_domain::{
    conversation::{ConversationPatch, FolderPatch, SettingsPatch},
    id::{ConversationId, FolderId},
    permission::{Decision, Lifetime},
    ports::{AnswerError, BeginError, DeleteError, NewAnswer, NewRun, WorkspaceWriteError, Write},
    preset::PresetPatch,
    provider::ProviderPatch,
};

use super::{
    Ports,
    edits::{access, first, make_folder, preset, project, provider, slug, workspace},
    world::World,
};

/// How often a race is run.
const ROUNDS: usize = 12;
/// How many race.
const RACERS: usize = 8;

/// Runs the same with a number each, all at once.
async fn all<F: Future>(of: impl FnMut(usize) -> F) -> Vec<F::Output> {
    join_all((0..RACERS).map(of)).await
}

/// Runs two things at once.
async fn both<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    futures::future::join(a, b).await
}

fn one_key(n: usize) -> Map<String, Value> {
    [(format!("k{n}"), json!(n))].into_iter().collect()
}

/// Each patch is merged into what the others left.
pub async fn settings_keep_what_each_patch_says(ports: Ports) {
    let world = World::of(ports).await;
    let (settings, user) = (&world.ports.settings, world.access.user_id);
    let now = world.ports.now();
    for stored in all(|n| settings.update(user, one_key(n), now)).await {
        stored.expect("stores");
    }
    let expected: Map<_, _> = (0..RACERS).flat_map(one_key).collect();
    assert_eq!(settings.get(user).await.expect("reads"), expected);
}

/// Neither patches nor a run lose what the others write.
pub async fn a_conversation_keeps_what_each_patch_says(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let id = run.session.conversation_id;
    let conversations = &world.ports.conversations;
    let now = world.ports.now();
    let patch = |n| ConversationPatch {
        metadata: Some(Some(one_key(n))),
        ..ConversationPatch::default()
    };
    let patches = all(|n| conversations.update(&world.access, id, patch(n), now));
    let (patched, ()) = both(patches, world.finish(&mut run, "done")).await;
    for patched in patched {
        assert!(patched.expect("stores").is_some());
    }
    let found = conversations.get(&world.access, id).await.expect("reads");
    let found = found.expect("is there").conversation;
    let expected: Map<_, _> = (0..RACERS).flat_map(one_key).collect();
    assert_eq!(found.metadata, expected);
    assert_eq!(found.selected_leaf_id, Some(run.reply.id));
}

/// The settings of a conversation, a preset and a provider keep what each of two says of different
/// members.
pub async fn two_changes_of_different_members_both_stay(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hi")).await;
    world.finish(&mut run, "done").await;
    let (access, by, now) = (&world.access, world.access.user_id, world.ports.now());
    let ports = &world.ports;
    let created = ports.presets.create(access, preset(&world, "raced"));
    created.await.expect("stores");
    let created = ports.providers.create(provider(&world, "raced"), by);
    created.await.expect("stores");
    let (raced, id) = (slug("raced"), run.session.conversation_id);
    for round in 0..ROUNDS {
        let word = Some(format!("round {round}"));
        let patch = |model_id, system_prompt| ConversationPatch {
            settings: Some(SettingsPatch {
                model_id,
                system_prompt,
            }),
            ..ConversationPatch::default()
        };
        let (a, b) = both(
            ports
                .conversations
                .update(access, id, patch(Some(word.clone()), None), now),
            ports
                .conversations
                .update(access, id, patch(None, Some(word.clone())), now),
        )
        .await;
        assert!(a.expect("stores").is_some() && b.expect("stores").is_some());
        let found = ports.conversations.get(access, id).await.expect("reads");
        let settings = found.expect("is there").conversation.settings;
        assert_eq!(
            (&settings.model_id, &settings.system_prompt),
            (&word, &word)
        );

        let patch = |name, description| PresetPatch {
            name,
            description,
            ..PresetPatch::default()
        };
        let workspace = world.workspace;
        let (a, b) = both(
            ports
                .presets
                .update(access, workspace, &raced, patch(word.clone(), None), now),
            ports.presets.update(
                access,
                workspace,
                &raced,
                patch(None, Some(word.clone())),
                now,
            ),
        )
        .await;
        assert!(a.expect("stores").is_some() && b.expect("stores").is_some());
        let found = ports.presets.get(access, workspace, &raced).await;
        let found = found.expect("reads").expect("is there");
        assert_eq!(
            (Some(&found.name), &found.description),
            (word.as_ref(), &word)
        );

        let patch = |display_name, is_enabled| ProviderPatch {
            display_name,
            is_enabled,
            ..ProviderPatch::default()
        };
        let is_on = round % 2 == 0;
        let (a, b) = both(
            ports
                .providers
                .update(&raced, patch(word.clone(), None), by, now),
            ports
                .providers
                .update(&raced, patch(None, Some(is_on)), by, now),
        )
        .await;
        assert!(a.expect("stores").is_some() && b.expect("stores").is_some());
        let found = ports.providers.get(&raced).await.expect("reads");
        let found = found.expect("is there");
        assert_eq!(
            (Some(&found.display_name), found.is_enabled),
            (word.as_ref(), is_on)
        );
    }
}

/// All are in the order of the workspace, and one is active.
pub async fn projects_all_have_their_place(ports: Ports) {
    let world = World::of(ports).await;
    let projects = &world.ports.projects;
    let made = all(|n| projects.create(&world.access, project(&world, &format!("p{n}")))).await;
    let active = made.into_iter().map(|made| made.expect("stores").is_active);
    assert_eq!(active.filter(|active| *active).count(), 1);
    let row = world.ports.workspaces.get(&world.access, world.workspace);
    let row = row.await.expect("reads").expect("is there");
    let mut placed: Vec<_> = row.projects.iter().map(|one| one.id.to_string()).collect();
    placed.sort();
    let expected: Vec<_> = (0..RACERS).map(|n| format!("p{n}")).collect();
    assert_eq!(placed, expected);
}

/// The newest takes the default from the others.
pub async fn presets_leave_one_default(ports: Ports) {
    let world = World::of(ports).await;
    let presets = &world.ports.presets;
    let made = all(|n| {
        let mut preset = preset(&world, &format!("p{n}"));
        preset.is_default = true;
        presets.create(&world.access, preset)
    });
    for made in made.await {
        made.expect("stores");
    }
    let list = presets.list(&world.access, world.workspace, first(20));
    let list = list.await.expect("reads").items;
    assert_eq!(list.len(), RACERS + 1);
    assert_eq!(list.iter().filter(|preset| preset.is_default).count(), 1);
}

/// Two folders that are moved into each other: the second is refused.
pub async fn folders_are_not_moved_into_each_other(ports: Ports) {
    let world = World::of(ports).await;
    let (folders, now) = (&world.ports.folders, world.ports.now());
    let moved = async |id: FolderId, parent: FolderId| {
        let patch = FolderPatch {
            parent_id: Some(Some(parent)),
            ..FolderPatch::default()
        };
        let moved = folders.update(&world.access, id, patch, now).await;
        moved.expect("answers").is_some()
    };
    for _ in 0..ROUNDS {
        let a = make_folder(&world, "a", None).await.id;
        let b = make_folder(&world, "b", None).await.id;
        let (first, second) = both(moved(a, b), moved(b, a)).await;
        assert!(first != second, "one is moved: {first} {second}");
    }
}

/// A person keeps one.
pub async fn the_last_two_workspaces_are_not_both_deleted(ports: Ports) {
    let world = World::of(ports).await;
    let (workspaces, now) = (&world.ports.workspaces, world.ports.now());
    for n in 0..ROUNDS {
        let made = workspace(&world, &format!("w{n}"));
        workspaces
            .create(&world.access, made)
            .await
            .expect("stores");
        let access = access(&world).await;
        let ids: Vec<_> = access.workspaces.keys().copied().collect();
        assert_eq!(ids.len(), 2);
        let (a, b) = both(
            workspaces.delete(&access, ids[0], now),
            workspaces.delete(&access, ids[1], now),
        )
        .await;
        match (a, b) {
            (Ok(true), Err(WorkspaceWriteError::Last))
            | (Err(WorkspaceWriteError::Last), Ok(true)) => {}
            other => panic!("{other:?}"),
        }
    }
}

async fn idle(world: &World) -> (ConversationId, NewRun) {
    let mut run = world.begin(world.new_run("one")).await;
    world.finish(&mut run, "done").await;
    let id = run.session.conversation_id;
    (id, world.next_run(id, Some(run.reply.id), "two"))
}

/// Either the run finds its conversation gone, or the deletion finds it busy.
pub async fn a_run_is_not_begun_in_a_conversation_that_goes(ports: Ports) {
    let world = World::of(ports).await;
    let (journal, conversations) = (&world.ports.journal, &world.ports.conversations);
    for _ in 0..ROUNDS {
        let (id, run) = idle(&world).await;
        let session = run.session.id;
        let deletion = conversations.delete(&world.access, id, world.ports.now());
        let (begun, deleted) = both(journal.begin(run), deletion).await;
        let there = world.ports.sessions.get(&world.access, session).await;
        let there = there.expect("reads").is_some();
        match (begun, deleted) {
            (Ok(_), Err(DeleteError::Busy(_))) => assert!(there),
            (Err(BeginError::Gone), Ok(true)) => assert!(!there),
            other => panic!("{other:?}"),
        }
    }
}

/// The answer, or the end that lets the question expire: one of them is first, both are done.
pub async fn an_answer_and_the_end_of_its_session_do_not_wait_for_each_other(ports: Ports) {
    let world = World::of(ports).await;
    let (approvals, now) = (&world.ports.approvals, world.ports.now());
    for _ in 0..ROUNDS {
        let mut run = world.begin(world.new_run("hi")).await;
        let approval = world.approval(&run);
        let id = approval.id;
        world
            .append(&mut run, vec![], vec![Write::Approval(approval)])
            .await;
        let answer = NewAnswer {
            decision: Decision::Allow,
            lifetime: Lifetime::Conversation,
            reason: None,
            grant_ids: vec![world.id()],
            at: now,
        };
        let end = async {
            let expired = vec![Write::ExpireApprovals { at: now }];
            world.append(&mut run, vec![], expired).await;
            world.finish(&mut run, "done").await;
        };
        let (answered, ()) = both(approvals.answer(&world.access, id, answer), end).await;
        match answered {
            Ok(Some(_)) | Err(AnswerError::Answered(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

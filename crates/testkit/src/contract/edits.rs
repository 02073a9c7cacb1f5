//! What people edit: folders, presets, providers, projects, workspaces.

use serde_json::{Map, json};
use weald_domain::{
    access::Access,
    conversation::{ConversationPatch, Folder, FolderPatch},
    id::FolderId,
    ports::{
        PageRequest, PresetWriteError, ProjectWriteError, ProviderWriteError, WorkspaceWriteError,
    },
    preset::{OnCrash, Preset, PresetModel, PresetPatch},
    project::{Project, ProjectKind, ProjectPatch, ProjectStatus},
    provider::{AuthKind, Model, Provider, ProviderKind, ProviderPatch},
    slug::Slug,
    workspace::{Workspace, WorkspacePatch, WorkspaceProject},
};

use super::{Ports, world::World};

pub(super) fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

pub(super) fn first(limit: u32) -> PageRequest {
    PageRequest { after: None, limit }
}

/// A provider that is not stored.
#[must_use]
pub fn provider(world: &World, id: &str) -> Provider {
    let now = world.ports.now();
    Provider {
        id: slug(id),
        kind: ProviderKind::OpenaiCompatible,
        display_name: id.to_uppercase(),
        auth_kind: AuthKind::ApiKey,
        base_url: Some("http://localhost:1/v1".into()),
        secret_ref: Some("secret://provider/x".parse().expect("a reference")),
        config: Map::new(),
        is_enabled: true,
        created_at: now,
        updated_at: now,
    }
}

pub(super) fn preset(world: &World, id: &str) -> Preset {
    let now = world.ports.now();
    Preset {
        id: slug(id),
        workspace_id: world.workspace,
        owner_id: world.access.user_id,
        name: id.to_uppercase(),
        description: Some("For tests".into()),
        model: PresetModel {
            name: "open/small/1".parse().expect("a model"),
            temperature: Some(0.5),
            max_tokens: Some(100),
            context_window: None,
        },
        system_prompt: Some("Be kind.".into()),
        toolsets: Vec::new(),
        on_crash: OnCrash::Resume,
        is_default: false,
        created_at: now,
        updated_at: now,
    }
}

fn folder(world: &World, name: &str, parent_id: Option<FolderId>) -> Folder {
    let now = world.ports.now();
    Folder {
        id: world.id(),
        workspace_id: world.workspace,
        owner_id: world.access.user_id,
        parent_id,
        name: name.into(),
        position: 0,
        created_at: now,
        updated_at: now,
    }
}

pub(super) async fn make_folder(world: &World, name: &str, parent: Option<FolderId>) -> Folder {
    let folder = folder(world, name, parent);
    let made = world
        .ports
        .folders
        .create(&world.access, folder.clone())
        .await;
    assert!(made.expect("stores"));
    folder
}

/// A folder is never its own ancestor.
pub async fn folders_nest_without_cycles(ports: Ports) {
    let world = World::of(ports).await;
    let a = make_folder(&world, "a", None).await;
    let b = make_folder(&world, "b", Some(a.id)).await;
    let c = make_folder(&world, "c", Some(b.id)).await;
    let into = |parent| FolderPatch {
        parent_id: Some(parent),
        ..FolderPatch::default()
    };
    let now = world.ports.now();
    let folders = &world.ports.folders;
    let moved = async |id, parent| folders.update(&world.access, id, into(parent), now).await;
    for parent in [a.id, b.id, c.id, world.id()] {
        assert_eq!(moved(a.id, Some(parent)).await.expect("reads"), None);
    }
    let up = moved(c.id, None).await.expect("stores").expect("may");
    assert_eq!(up.parent_id, None);
    let list = folders
        .list(&world.access, world.workspace, first(10))
        .await
        .expect("reads");
    assert_eq!(list.items, [a.clone(), b, up]);
    let stranger = world.stranger();
    assert_eq!(folders.get(&stranger, a.id).await.expect("reads"), None);
    let orphan = folder(&world, "x", Some(world.id()));
    assert!(
        !folders
            .create(&world.access, orphan)
            .await
            .expect("answers")
    );
    assert!(
        !folders
            .create(&stranger, folder(&world, "x", None))
            .await
            .expect("answers")
    );
}

/// MY-29.
pub async fn a_deleted_folder_hands_on_what_it_holds(ports: Ports) {
    let world = World::of(ports).await;
    let a = make_folder(&world, "a", None).await;
    let b = make_folder(&world, "b", Some(a.id)).await;
    let c = make_folder(&world, "c", Some(b.id)).await;
    let run = world.begin(world.new_run("x")).await;
    let id = run.session.conversation_id;
    let patch = ConversationPatch {
        folder_id: Some(Some(b.id)),
        ..ConversationPatch::default()
    };
    let now = world.ports.now();
    let talk = &world.ports.conversations;
    talk.update(&world.access, id, patch, now)
        .await
        .expect("stores")
        .expect("may");
    let folders = &world.ports.folders;
    assert!(
        !folders
            .delete(&world.stranger(), b.id, now)
            .await
            .expect("answers")
    );
    assert!(
        folders
            .delete(&world.access, b.id, now)
            .await
            .expect("deletes")
    );
    let c = folders
        .get(&world.access, c.id)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(c.parent_id, Some(a.id));
    let row = talk
        .get(&world.access, id)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(row.conversation.folder_id, Some(a.id));
}

/// NB-08: at most one.
pub async fn one_preset_is_the_default(ports: Ports) {
    let world = World::of(ports).await;
    let presets = &world.ports.presets;
    for id in ["one", "two"] {
        let mut preset = preset(&world, id);
        preset.is_default = true;
        presets.create(&world.access, preset).await.expect("stores");
    }
    let list = presets
        .list(&world.access, world.workspace, first(10))
        .await
        .expect("reads");
    let defaults: Vec<_> = list
        .items
        .iter()
        .map(|preset| (preset.id.as_str(), preset.is_default))
        .collect();
    assert_eq!(
        defaults,
        [("default", false), ("one", false), ("two", true)]
    );
    let update = async |access: &Access, id: &str| {
        let patch = PresetPatch {
            name: Some("Newer".into()),
            is_default: Some(true),
            ..PresetPatch::default()
        };
        let (id, now) = (slug(id), world.ports.now());
        let updated = presets.update(access, world.workspace, &id, patch, now);
        updated.await.expect("answers")
    };
    let one = update(&world.access, "one").await.expect("is there");
    assert_eq!((one.name.as_str(), one.is_default), ("Newer", true));
    assert_eq!(one.description.as_deref(), Some("For tests"));
    let default = presets
        .default_of(&world.access, world.workspace)
        .await
        .expect("reads");
    assert_eq!(default, Some(one));
    assert_eq!(update(&world.access, "missing").await, None);
    let default = presets
        .default_of(&world.access, world.workspace)
        .await
        .expect("reads");
    assert!(default.is_some(), "an update of nothing takes no default");
    assert_eq!(update(&world.stranger(), "one").await, None);
}

/// 409 `preset_in_use`.
pub async fn a_preset_in_use_is_not_deleted(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("x")).await;
    let (id, now) = (run.session.conversation_id, world.ports.now());
    let presets = &world.ports.presets;
    let delete = async |id: &str| {
        presets
            .delete(&world.access, world.workspace, &slug(id), now)
            .await
    };
    match delete("default").await {
        Err(PresetWriteError::InUse(by)) => assert_eq!(by, [id]),
        other => panic!("{other:?}"),
    }
    world.finish(&mut run, "x").await;
    assert!(delete("default").await.expect("deletes"));
    assert!(!delete("default").await.expect("answers"));
    let none = presets
        .default_of(&world.access, world.workspace)
        .await
        .expect("reads");
    assert_eq!(none, None);
}

/// 409 `slug_taken`.
pub async fn slugs_are_taken_once(ports: Ports) {
    let world = World::of(ports).await;
    let by = world.access.user_id;
    let twice = preset(&world, "one");
    world
        .ports
        .presets
        .create(&world.access, twice.clone())
        .await
        .expect("stores");
    let taken = world.ports.presets.create(&world.access, twice).await;
    assert!(matches!(taken, Err(PresetWriteError::Taken)), "{taken:?}");
    let twice = provider(&world, "one");
    world
        .ports
        .providers
        .create(twice.clone(), by)
        .await
        .expect("stores");
    let taken = world.ports.providers.create(twice, by).await;
    assert!(matches!(taken, Err(ProviderWriteError::Taken)), "{taken:?}");
    let mut twice = workspace(&world, "one");
    world
        .ports
        .workspaces
        .create(&world.access, twice.clone())
        .await
        .expect("stores");
    twice.id = world.id();
    let taken = world.ports.workspaces.create(&world.access, twice).await;
    assert!(
        matches!(taken, Err(WorkspaceWriteError::Taken)),
        "{taken:?}"
    );
}

/// Its own choice wins over the mark.
pub async fn the_workspace_chooses_its_default_preset(ports: Ports) {
    let world = World::of(ports).await;
    let chosen = preset(&world, "chosen");
    world
        .ports
        .presets
        .create(&world.access, chosen.clone())
        .await
        .expect("stores");
    let patch = WorkspacePatch {
        default_preset_id: Some(Some(slug("chosen"))),
        ..WorkspacePatch::default()
    };
    let workspaces = &world.ports.workspaces;
    let now = world.ports.clock.advance_ms(1);
    let row = workspaces
        .update(&world.access, world.workspace, patch, now)
        .await;
    let row = row.expect("stores").expect("may");
    assert_eq!(
        (row.default_preset_id, row.updated_at),
        (Some(slug("chosen")), now)
    );
    let presets = &world.ports.presets;
    let default = presets
        .default_of(&world.access, world.workspace)
        .await
        .expect("reads");
    assert_eq!(default, Some(chosen));
    let id = slug("chosen");
    assert!(
        presets
            .delete(&world.access, world.workspace, &id, now)
            .await
            .expect("deletes")
    );
    let default = presets
        .default_of(&world.access, world.workspace)
        .await
        .expect("reads");
    assert_eq!(default.map(|preset| preset.id), Some(slug("default")));
}

pub(super) fn project(world: &World, id: &str) -> Project {
    let now = world.ports.now();
    Project {
        id: slug(id),
        workspace_id: world.workspace,
        owner_id: world.access.user_id,
        name: id.to_uppercase(),
        kind: ProjectKind::Repository,
        root_directory: format!("/repo/{id}").into(),
        status: ProjectStatus::Active,
        description: None,
        is_active: false,
        metadata: Map::new(),
        created_at: now,
        updated_at: now,
    }
}

async fn make_project(world: &World, id: &str) -> Project {
    let made = world
        .ports
        .projects
        .create(&world.access, project(world, id))
        .await;
    made.expect("stores")
}

async fn project_ids(world: &World, limit: u32) -> Vec<String> {
    let (mut request, mut ids) = (first(limit), Vec::new());
    loop {
        let page = world
            .ports
            .projects
            .list(&world.access, world.workspace, request)
            .await;
        let page = page.expect("reads");
        ids.extend(page.items.into_iter().map(|project| project.id.to_string()));
        let Some(after) = page.next else {
            return ids;
        };
        request = PageRequest {
            after: Some(after),
            limit,
        };
    }
}

/// PR-11.
pub async fn projects_keep_the_order_of_their_workspace(ports: Ports) {
    let world = World::of(ports).await;
    for id in ["c", "a", "b"] {
        make_project(&world, id).await;
    }
    assert_eq!(project_ids(&world, 2).await, ["c", "a", "b"]);
    let place = |id: &str| WorkspaceProject {
        id: slug(id),
        description: None,
    };
    let patch = WorkspacePatch {
        projects: Some(vec![place("b"), place("c"), place("a")]),
        ..WorkspacePatch::default()
    };
    let now = world.ports.now();
    let done = world
        .ports
        .workspaces
        .update(&world.access, world.workspace, patch, now)
        .await;
    done.expect("stores").expect("may");
    assert_eq!(project_ids(&world, 10).await, ["b", "c", "a"]);
    let again = world
        .ports
        .projects
        .create(&world.access, project(&world, "a"))
        .await;
    assert!(matches!(again, Err(ProjectWriteError::Taken)), "{again:?}");
    let mut same_root = project(&world, "d");
    same_root.root_directory = "/repo/a".into();
    match world.ports.projects.create(&world.access, same_root).await {
        Err(ProjectWriteError::RootTaken(by)) => assert_eq!(by, slug("a")),
        other => panic!("{other:?}"),
    }
    let patch = ProjectPatch {
        metadata: Some(json!({"k": 1}).as_object().cloned()),
        ..ProjectPatch::default()
    };
    let id = slug("a");
    let changed = world
        .ports
        .projects
        .update(&world.access, world.workspace, &id, patch, now);
    let changed = changed.await.expect("stores").expect("is there");
    assert_eq!(changed.metadata.get("k"), Some(&json!(1)));
    let found = world
        .ports
        .projects
        .get(&world.stranger(), world.workspace, &id)
        .await;
    assert_eq!(found.expect("reads"), None);
}

/// PR-10.
pub async fn the_first_project_is_active(ports: Ports) {
    let world = World::of(ports).await;
    assert!(make_project(&world, "a").await.is_active);
    world.ports.clock.advance_ms(1);
    assert!(!make_project(&world, "b").await.is_active);
    world.ports.clock.advance_ms(1);
    make_project(&world, "c").await;
    let (projects, now) = (&world.ports.projects, world.ports.now());
    let active = async || {
        let page = projects
            .list(&world.access, world.workspace, first(10))
            .await
            .expect("reads");
        let active = page.items.into_iter().filter(|project| project.is_active);
        active
            .map(|project| project.id.to_string())
            .collect::<Vec<_>>()
    };
    let id = slug("c");
    assert!(
        projects
            .select(&world.access, world.workspace, &id, now)
            .await
            .expect("stores")
    );
    assert_eq!(active().await, ["c"]);
    assert!(
        projects
            .delete(&world.access, world.workspace, &id, now)
            .await
            .expect("deletes")
    );
    assert_eq!(active().await, ["a"], "the oldest one left");
    let none = projects
        .select(&world.access, world.workspace, &slug("x"), now)
        .await;
    assert!(!none.expect("answers"));
    let row = world
        .ports
        .workspaces
        .get(&world.access, world.workspace)
        .await;
    let order: Vec<_> = row.expect("reads").expect("is there").projects;
    assert_eq!(order.len(), 2);
}

/// 409 `builtin`.
pub async fn the_builtin_provider_cannot_be_changed(ports: Ports) {
    let world = World::of(ports).await;
    let (providers, by) = (&world.ports.providers, world.access.user_id);
    let builtin = providers
        .get(&slug("builtin"))
        .await
        .expect("reads")
        .expect("is there");
    let off = || ProviderPatch {
        is_enabled: Some(false),
        ..ProviderPatch::default()
    };
    let now = world.ports.now();
    let update = providers.update(&builtin.id, off(), by, now).await;
    assert!(
        matches!(update, Err(ProviderWriteError::Builtin)),
        "{update:?}"
    );
    let delete = providers
        .delete(&slug("builtin"), by, world.ports.now())
        .await;
    assert!(
        matches!(delete, Err(ProviderWriteError::Builtin)),
        "{delete:?}"
    );
}

/// 409 `provider_in_use`.
pub async fn a_provider_in_use_is_not_deleted(ports: Ports) {
    let world = World::of(ports).await;
    let (providers, by, now) = (
        &world.ports.providers,
        world.access.user_id,
        world.ports.now(),
    );
    for id in ["open", "open-2"] {
        providers
            .create(provider(&world, id), by)
            .await
            .expect("stores");
    }
    world
        .ports
        .presets
        .create(&world.access, preset(&world, "user"))
        .await
        .expect("stores");
    match providers.delete(&slug("open"), by, now).await {
        Err(ProviderWriteError::InUse(presets)) => assert_eq!(presets, [slug("user")]),
        other => panic!("{other:?}"),
    }
    assert!(
        providers
            .delete(&slug("open-2"), by, now)
            .await
            .expect("deletes")
    );
    let off = || ProviderPatch {
        is_enabled: Some(false),
        ..ProviderPatch::default()
    };
    let changed = providers.update(&slug("open"), off(), by, now).await;
    let changed = changed.expect("stores");
    assert_eq!(changed.as_ref().map(|open| open.is_enabled), Some(false));
    assert_eq!(providers.get(&slug("open")).await.expect("reads"), changed);
    let nobody = providers.update(&slug("x"), off(), by, now).await;
    assert_eq!(nobody.expect("answers"), None);
}

/// MY-28.
pub async fn models_keep_their_id_and_switch(ports: Ports) {
    let world = World::of(ports).await;
    let (providers, by, now) = (
        &world.ports.providers,
        world.access.user_id,
        world.ports.now(),
    );
    providers
        .create(provider(&world, "open"), by)
        .await
        .expect("stores");
    let model = |name: &str, enabled| Model {
        id: world.id(),
        provider_id: slug("open"),
        provider_model_id: name.into(),
        display_name: Some(format!("{name} {enabled}")),
        is_enabled: enabled,
        context_window: Some(1_000),
        metadata: Map::new(),
        created_at: now,
        updated_at: now,
    };
    let (old, open) = (model("small", false), slug("open"));
    providers
        .put_models(&open, vec![old.clone()], by)
        .await
        .expect("stores");
    let mut new = model("small", true);
    new.context_window = Some(2_000);
    providers
        .put_models(&open, vec![new, model("large", true)], by)
        .await
        .expect("stores");
    let stored = providers
        .model(&open, "small")
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!((stored.id, stored.is_enabled), (old.id, false));
    assert_eq!(stored.display_name.as_deref(), Some("small true"));
    assert_eq!(stored.context_window, Some(2_000));
    let page = providers
        .models(Some(&open), first(10))
        .await
        .expect("reads");
    let names: Vec<_> = page
        .items
        .iter()
        .map(|m| m.provider_model_id.as_str())
        .collect();
    assert_eq!(names, ["large", "small"]);
    let switch = async |name: &str, is_on| {
        let switched = providers.switch_model(&open, name, is_on, by, now).await;
        switched.expect("answers").map(|model| model.is_enabled)
    };
    assert_eq!(switch("small", true).await, Some(true));
    assert_eq!(switch("large", false).await, Some(false));
    assert_eq!(switch("none", false).await, None);
    let large = providers.model(&open, "large").await.expect("reads");
    assert_eq!(large.map(|model| model.is_enabled), Some(false));
    assert!(providers.delete(&open, by, now).await.expect("deletes"));
    assert_eq!(providers.model(&open, "small").await.expect("reads"), None);
}

pub(super) fn workspace(world: &World, id: &str) -> Workspace {
    let now = world.ports.now();
    Workspace {
        id: world.id(),
        slug: slug(id),
        owner_id: world.access.user_id,
        name: id.to_uppercase(),
        color: None,
        projects: Vec::new(),
        default_preset_id: None,
        metadata: Map::new(),
        created_at: now,
        updated_at: now,
    }
}

pub(super) async fn access(world: &World) -> Access {
    let access = world.ports.identity.access(world.access.user_id).await;
    access.expect("reads").expect("is active")
}

/// MY-30: with its maker as member and a preset to talk to.
pub async fn a_workspace_is_made_whole(ports: Ports) {
    let world = World::of(ports).await;
    world.ports.clock.advance_ms(1);
    let made = workspace(&world, "second");
    world
        .ports
        .workspaces
        .create(&world.access, made.clone())
        .await
        .expect("stores");
    let access = access(&world).await;
    assert_eq!(access.workspaces.len(), 2);
    assert_eq!(access.default_workspace(), Some(world.workspace));
    let found = world
        .ports
        .workspaces
        .get(&access, made.id)
        .await
        .expect("reads");
    assert_eq!(found, Some(made.clone()));
    let preset = world
        .ports
        .presets
        .default_of(&access, made.id)
        .await
        .expect("reads");
    assert_eq!(preset.map(|preset| preset.id), Some(slug("default")));
    let list = world
        .ports
        .workspaces
        .list(&access, first(10))
        .await
        .expect("reads");
    let ids: Vec<_> = list.items.iter().map(|workspace| workspace.id).collect();
    assert_eq!(ids, [made.id, world.workspace], "recently used first");
    assert_eq!(
        world
            .ports
            .workspaces
            .get(&world.access, made.id)
            .await
            .expect("reads"),
        None
    );
}

/// 409 `last_workspace`.
pub async fn the_last_workspace_is_not_deleted(ports: Ports) {
    let world = World::of(ports).await;
    let workspaces = &world.ports.workspaces;
    let now = world.ports.now();
    let last = workspaces.delete(&world.access, world.workspace, now).await;
    assert!(matches!(last, Err(WorkspaceWriteError::Last)), "{last:?}");
    let foreign = workspaces
        .delete(&world.stranger(), world.workspace, now)
        .await;
    assert!(!foreign.expect("answers"));
}

/// 409 `workspace_busy`.
pub async fn a_busy_workspace_is_not_deleted(ports: Ports) {
    let world = World::of(ports).await;
    let second = workspace(&world, "second");
    world
        .ports
        .workspaces
        .create(&world.access, second)
        .await
        .expect("stores");
    let run = world.begin(world.new_run("x")).await;
    let access = access(&world).await;
    let deleted = world
        .ports
        .workspaces
        .delete(&access, world.workspace, world.ports.now())
        .await;
    match deleted {
        Err(WorkspaceWriteError::Busy(active)) => assert_eq!(active.session_id, run.session.id),
        other => panic!("{other:?}"),
    }
}

/// Folders, presets, projects and talk go with it.
pub async fn a_deleted_workspace_is_gone_with_all_it_holds(ports: Ports) {
    let world = World::of(ports).await;
    let second = workspace(&world, "second");
    world
        .ports
        .workspaces
        .create(&world.access, second.clone())
        .await
        .expect("stores");
    let a = make_folder(&world, "a", None).await;
    make_folder(&world, "b", Some(a.id)).await;
    make_project(&world, "p").await;
    let mut run = world.begin(world.new_run("x")).await;
    world.finish(&mut run, "x").await;
    let access = access(&world).await;
    let now = world.ports.now();
    let workspaces = &world.ports.workspaces;
    assert!(
        workspaces
            .delete(&access, world.workspace, now)
            .await
            .expect("deletes")
    );
    assert_eq!(
        workspaces
            .get(&access, world.workspace)
            .await
            .expect("reads"),
        None
    );
    assert_eq!(
        world.ports.folders.get(&access, a.id).await.expect("reads"),
        None
    );
    let talk = world
        .ports
        .conversations
        .get(&access, run.session.conversation_id)
        .await;
    assert_eq!(talk.expect("reads"), None);
    let owner = world
        .ports
        .identity
        .access(world.access.user_id)
        .await
        .expect("reads");
    let left = owner.expect("is active").workspaces;
    assert_eq!(left.into_keys().collect::<Vec<_>>(), [second.id]);
}

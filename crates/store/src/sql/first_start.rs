//! What the first start makes: the owner with a workspace, a preset, and the built-in models.

use serde_json::Map;
use weald_domain::{
    BoxError,
    id::{ModelRowId, UserId, WorkspaceId},
    ports::StoreError,
    preset::{OnCrash, Preset, PresetModel, Toolset},
    provider::{AuthKind, BUILTIN_PROVIDER, Model, PLANNER_MODEL, Provider, ProviderKind},
    slug::Slug,
    time::UnixMillis,
    workspace::Workspace,
};

use super::{Read, Row, Sql, edits, presets, providers, request_keys, sql, tx::Tx, workspaces};
use crate::{fail_points, store::Store};

struct Exists;

impl Read for Exists {
    fn read(_: &Row) -> Result<Self, StoreError> {
        Ok(Self)
    }
}

impl Store {
    /// Makes what a fresh deployment needs, and writes down this process as a node.
    pub(crate) async fn first_start(&self, owner_name: String) -> Result<(), StoreError> {
        let now = self.now();
        let owner = UserId(self.0.ids.uuid(now));
        let workspace = WorkspaceId(self.0.ids.uuid(now));
        let models = [
            ModelRowId(self.0.ids.uuid(now)),
            ModelRowId(self.0.ids.uuid(now)),
        ];
        let node = self.0.node.to_string();
        let incarnation = self.0.incarnation.clone();
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move {
                    // The lock of the data folder, or of the database, proves that every other
                    // node is gone.
                    tx.execute(sql("DELETE FROM node")).await?;
                    tx.execute(
                        sql("INSERT INTO node (id, incarnation, heartbeat_at) VALUES (?, ?, ?)")
                            .bind(node)
                            .bind(incarnation)
                            .bind(now.0),
                    )
                    .await?;
                    request_keys::free_unanswered(tx).await?;
                    let known: Option<Exists> = tx
                        .one(sql("SELECT id FROM \"user\" WHERE is_owner = 1"))
                        .await?;
                    if known.is_none() {
                        edits::create_stream(tx, None, now).await?;
                        create_owner(tx, owner, &owner_name, now).await?;
                        create_builtin(tx, models, now).await?;
                        create_workspace(tx, owner, workspace, now).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

fn fixed<T: std::str::FromStr<Err: Into<BoxError>>>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|e: T::Err| StoreError::Corrupt {
        what: "a built-in name",
        source: e.into(),
    })
}

async fn create_owner(
    tx: &mut Tx,
    id: UserId,
    name: &str,
    now: UnixMillis,
) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO \"user\" (id, display_name, role, locale, time_zone, is_active, is_owner,
                settings, created_at, updated_at)
             VALUES (?, ?, 'admin', 'en', 'UTC', 1, 1, '{}', ?, ?)",
        )
        .bind(id)
        .bind(name.to_owned())
        .bind(now.0)
        .bind(now.0),
    )
    .await?;
    Ok(())
}

async fn create_builtin(
    tx: &mut Tx,
    ids: [ModelRowId; 2],
    now: UnixMillis,
) -> Result<(), StoreError> {
    let builtin: Slug = fixed(BUILTIN_PROVIDER)?;
    let provider = Provider {
        id: builtin.clone(),
        kind: ProviderKind::Builtin,
        display_name: "Built in".into(),
        auth_kind: AuthKind::None,
        base_url: None,
        secret_ref: None,
        config: Map::new(),
        is_enabled: true,
        created_at: now,
        updated_at: now,
    };
    providers::insert(tx, &provider).await?;
    for (id, (name, display_name)) in ids
        .into_iter()
        .zip([("planner", "Planner (no model)"), ("script", "Script")])
    {
        let model = Model {
            id,
            provider_id: builtin.clone(),
            provider_model_id: name.into(),
            display_name: Some(display_name.into()),
            is_enabled: true,
            context_window: None,
            metadata: Map::new(),
            created_at: now,
            updated_at: now,
        };
        providers::put_model(tx, &model).await?;
    }
    Ok(())
}

async fn create_workspace(
    tx: &mut Tx,
    owner: UserId,
    id: WorkspaceId,
    now: UnixMillis,
) -> Result<(), StoreError> {
    let workspace = Workspace {
        id,
        slug: fixed("personal")?,
        owner_id: owner,
        name: "Personal".into(),
        color: None,
        projects: Vec::new(),
        default_preset_id: None,
        metadata: Map::new(),
        created_at: now,
        updated_at: now,
    };
    workspaces::insert(tx, &workspace).await
}

/// The preset of a fresh workspace: the built-in planner with the read tools.
pub(crate) fn default_preset(workspace: &Workspace) -> Result<Preset, StoreError> {
    let toolset = |name: &str| Toolset {
        name: name.into(),
        enabled: true,
        exclude_tools: Vec::new(),
    };
    Ok(Preset {
        id: fixed("default")?,
        workspace_id: workspace.id,
        owner_id: workspace.owner_id,
        name: "Assistant".into(),
        description: None,
        model: PresetModel {
            name: fixed(PLANNER_MODEL)?,
            temperature: None,
            max_tokens: None,
            context_window: None,
        },
        system_prompt: None,
        toolsets: vec![toolset("fs"), toolset("git")],
        on_crash: OnCrash::Fail,
        is_default: true,
        created_at: workspace.created_at,
        updated_at: workspace.created_at,
    })
}

/// Stores the owner membership of a new workspace, its topic stream and its first preset.
pub(crate) async fn furnish(tx: &mut Tx, workspace: &Workspace) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO workspace_member (workspace_id, user_id, role, created_at)
             VALUES (?, ?, 'owner', ?)",
        )
        .bind(workspace.id)
        .bind(workspace.owner_id)
        .bind(workspace.created_at.0),
    )
    .await?;
    edits::create_stream(
        tx,
        Some((workspace.id, workspace.owner_id)),
        workspace.created_at,
    )
    .await?;
    presets::insert(tx, &default_preset(workspace)?).await
}

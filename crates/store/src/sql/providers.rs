//! Providers and models: rows of the deployment, with references to secrets only.

use async_trait::async_trait;
use weald_domain::{
    event::{
        EditEvent,
        edit::{Change, Thing},
    },
    id::UserId,
    ports::{Page, PageRequest, ProviderWriteError, Providers, StoreError},
    provider::{BUILTIN_PROVIDER, Model, Provider, ProviderPatch},
    slug::Slug,
    time::UnixMillis,
};

use super::{
    Read, Row, Sql,
    column::{self, to_int, to_json, to_name},
    edits, is_taken,
    lock::Lock,
    page, sql,
    tx::Tx,
};
use crate::{fail_points, store::Store};

macro_rules! provider_columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, display_name, auth_kind, base_url, secret_ref, config, is_enabled,
                created_at, updated_at FROM provider ",
            $rest
        )
    };
}

macro_rules! model_columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, provider_id, provider_model_id, display_name, is_enabled, context_window,
                metadata, created_at, updated_at FROM model ",
            $rest
        )
    };
}

impl Read for Provider {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::parsed(row, "id")?,
            kind: column::named(row, "kind")?,
            display_name: column::text(row, "display_name")?,
            auth_kind: column::named(row, "auth_kind")?,
            base_url: column::opt_text(row, "base_url")?,
            secret_ref: column::opt_parsed(row, "secret_ref")?,
            config: column::json(row, "config")?,
            is_enabled: column::flag(row, "is_enabled")?,
            created_at: column::millis(row, "created_at")?,
            updated_at: column::millis(row, "updated_at")?,
        })
    }
}

impl Read for Model {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let window = column::opt_int(row, "context_window")?;
        Ok(Self {
            id: column::id(row, "id")?,
            provider_id: column::parsed(row, "provider_id")?,
            provider_model_id: column::text(row, "provider_model_id")?,
            display_name: column::opt_text(row, "display_name")?,
            is_enabled: column::flag(row, "is_enabled")?,
            context_window: window.and_then(|n| u64::try_from(n).ok()),
            metadata: column::json(row, "metadata")?,
            created_at: column::millis(row, "created_at")?,
            updated_at: column::millis(row, "updated_at")?,
        })
    }
}

struct Using(Slug);

impl Read for Using {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::parsed(row, "id").map(Self)
    }
}

/// Inserts a provider.
pub(crate) async fn insert(tx: &mut Tx, provider: &Provider) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO provider (id, kind, display_name, auth_kind, base_url, secret_ref, config,
                is_enabled, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(provider.id.to_string())
        .bind(to_name(&provider.kind)?)
        .bind(provider.display_name.clone())
        .bind(to_name(&provider.auth_kind)?)
        .bind(provider.base_url.clone())
        .bind(provider.secret_ref.as_ref().map(ToString::to_string))
        .bind(to_json(&provider.config)?)
        .bind(provider.is_enabled)
        .bind(provider.created_at.0)
        .bind(provider.updated_at.0),
    )
    .await?;
    Ok(())
}

/// Stores a model; a known one keeps its id and `is_enabled`.
pub(crate) async fn put_model(tx: &mut Tx, model: &Model) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO model (id, provider_id, provider_model_id, display_name, is_enabled,
                context_window, metadata, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (provider_id, provider_model_id) DO UPDATE SET
                display_name = excluded.display_name, context_window = excluded.context_window,
                updated_at = CASE WHEN model.updated_at > excluded.updated_at
                    THEN model.updated_at ELSE excluded.updated_at END",
        )
        .bind(model.id)
        .bind(model.provider_id.to_string())
        .bind(model.provider_model_id.clone())
        .bind(model.display_name.clone())
        .bind(model.is_enabled)
        .bind(model.context_window.map(to_int))
        .bind(to_json(&model.metadata)?)
        .bind(model.created_at.0)
        .bind(model.updated_at.0),
    )
    .await?;
    Ok(())
}

async fn noted(
    tx: &mut Tx,
    thing: Thing,
    change: Change,
    id: &Slug,
    by: UserId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let event = EditEvent {
        thing,
        change,
        id: id.to_string(),
        fields: Vec::new(),
        by: Some(by),
    };
    edits::append(tx, edits::Home::Deployment, event, at).await
}

fn is_builtin(id: &Slug) -> bool {
    id.as_str() == BUILTIN_PROVIDER
}

async fn update(
    tx: &mut Tx,
    id: &Slug,
    patch: ProviderPatch,
    by: UserId,
    at: UnixMillis,
) -> Result<Option<Provider>, StoreError> {
    tx.lock(Lock::Deployment).await?;
    let old: Option<Provider> = tx
        .one(sql(provider_columns!("WHERE id = ?")).bind(id.to_string()))
        .await?;
    let Some(old) = old else {
        return Ok(None);
    };
    let new = old.patched(patch, at);
    store(tx, &new).await?;
    noted(tx, Thing::Provider, Change::Updated, id, by, at).await?;
    Ok(Some(new))
}

async fn store(tx: &mut Tx, provider: &Provider) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "UPDATE provider SET kind = ?, display_name = ?, auth_kind = ?, base_url = ?,
                secret_ref = ?, config = ?, is_enabled = ?, updated_at = ?
             WHERE id = ?",
        )
        .bind(to_name(&provider.kind)?)
        .bind(provider.display_name.clone())
        .bind(to_name(&provider.auth_kind)?)
        .bind(provider.base_url.clone())
        .bind(provider.secret_ref.as_ref().map(ToString::to_string))
        .bind(to_json(&provider.config)?)
        .bind(provider.is_enabled)
        .bind(provider.updated_at.0)
        .bind(provider.id.to_string()),
    )
    .await?;
    Ok(())
}

async fn switch_model(
    tx: &mut Tx,
    (provider, name): (&Slug, &str),
    is_enabled: bool,
    by: UserId,
    at: UnixMillis,
) -> Result<Option<Model>, StoreError> {
    tx.lock(Lock::Deployment).await?;
    let hit = tx
        .execute(
            sql("UPDATE model SET is_enabled = ?, updated_at = ?
                 WHERE provider_id = ? AND provider_model_id = ?")
            .bind(is_enabled)
            .bind(at.0)
            .bind(provider.to_string())
            .bind(name.to_owned()),
        )
        .await?;
    if hit == 0 {
        return Ok(None);
    }
    noted(tx, Thing::Model, Change::Updated, provider, by, at).await?;
    tx.one(
        sql(model_columns!(
            "WHERE provider_id = ? AND provider_model_id = ?"
        ))
        .bind(provider.to_string())
        .bind(name.to_owned()),
    )
    .await
}

async fn delete(
    tx: &mut Tx,
    id: &Slug,
    by: UserId,
    at: UnixMillis,
) -> Result<bool, ProviderWriteError> {
    tx.lock(Lock::Deployment).await?;
    let using: Vec<Using> = tx
        .all(
            sql(
                "SELECT DISTINCT id FROM preset WHERE substr(json_extract(model, '$.name'), 1, ?1)
                    = ?2 ORDER BY id LIMIT 20",
            )
            .on_postgres(
                "SELECT DISTINCT id FROM preset WHERE left(model::jsonb ->> 'name', ?1::int) = ?2
                 ORDER BY id LIMIT 20",
            )
            .bind(to_int(id.as_str().len() as u64 + 1))
            .bind(format!("{id}/")),
        )
        .await?;
    if !using.is_empty() {
        let presets = using.into_iter().map(|Using(id)| id).collect();
        return Err(ProviderWriteError::InUse(presets));
    }
    let hit = tx
        .execute(sql("DELETE FROM provider WHERE id = ?").bind(id.to_string()))
        .await?;
    if hit == 0 {
        return Ok(false);
    }
    noted(tx, Thing::Provider, Change::Deleted, id, by, at).await?;
    Ok(true)
}

async fn put_models(
    tx: &mut Tx,
    provider: &Slug,
    models: &[Model],
    by: UserId,
) -> Result<(), StoreError> {
    tx.lock(Lock::Deployment).await?;
    for model in models {
        put_model(tx, model).await?;
    }
    if let Some(at) = models.iter().map(|model| model.updated_at).max() {
        noted(tx, Thing::Model, Change::Updated, provider, by, at).await?;
    }
    Ok(())
}

#[async_trait]
impl Providers for Store {
    async fn create(&self, provider: Provider, by: UserId) -> Result<(), ProviderWriteError> {
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move {
                    tx.lock(Lock::Deployment).await?;
                    insert(tx, &provider).await.map_err(|e| {
                        if is_taken(&e) {
                            ProviderWriteError::Taken
                        } else {
                            e.into()
                        }
                    })?;
                    let (id, at) = (&provider.id, provider.created_at);
                    noted(tx, Thing::Provider, Change::Created, id, by, at).await?;
                    Ok(())
                })
            })
            .await
    }

    async fn list(&self, request: PageRequest) -> Result<Page<Provider>, StoreError> {
        let after: Option<(String, Slug)> = page::after(&request)?;
        let (name, id) = after.unzip();
        let providers = self
            .reader()
            .await?
            .all(
                sql(provider_columns!(
                    "WHERE ?1 IS NULL OR (display_name, id) > (?1, ?2)
                     ORDER BY display_name, id LIMIT ?3"
                ))
                .bind(name)
                .bind(id.map(String::from))
                .bind(page::fetch(&request)),
            )
            .await?;
        Ok(page::page(providers, &request, |provider: &Provider| {
            (provider.display_name.clone(), provider.id.clone())
        }))
    }

    async fn get(&self, id: &Slug) -> Result<Option<Provider>, StoreError> {
        self.reader()
            .await?
            .one(sql(provider_columns!("WHERE id = ?")).bind(id.to_string()))
            .await
    }

    async fn update(
        &self,
        id: &Slug,
        patch: ProviderPatch,
        by: UserId,
        at: UnixMillis,
    ) -> Result<Option<Provider>, ProviderWriteError> {
        if is_builtin(id) {
            return Err(ProviderWriteError::Builtin);
        }
        let id = id.clone();
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { Ok(update(tx, &id, patch, by, at).await?) })
            })
            .await
    }

    async fn delete(
        &self,
        id: &Slug,
        by: UserId,
        at: UnixMillis,
    ) -> Result<bool, ProviderWriteError> {
        if is_builtin(id) {
            return Err(ProviderWriteError::Builtin);
        }
        let id = id.clone();
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { delete(tx, &id, by, at).await })
            })
            .await
    }

    async fn put_models(
        &self,
        provider: &Slug,
        models: Vec<Model>,
        by: UserId,
    ) -> Result<(), StoreError> {
        let provider = provider.clone();
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(async move { put_models(tx, &provider, &models, by).await })
            })
            .await
    }

    async fn switch_model(
        &self,
        provider: &Slug,
        name: &str,
        is_enabled: bool,
        by: UserId,
        at: UnixMillis,
    ) -> Result<Option<Model>, StoreError> {
        let (provider, name) = (provider.clone(), name.to_owned());
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(
                    async move { switch_model(tx, (&provider, &name), is_enabled, by, at).await },
                )
            })
            .await
    }

    async fn models(
        &self,
        provider: Option<&Slug>,
        request: PageRequest,
    ) -> Result<Page<Model>, StoreError> {
        let after: Option<(Slug, String)> = page::after(&request)?;
        let (from, name) = after.unzip();
        let models = self
            .reader()
            .await?
            .all(
                sql(model_columns!(
                    "WHERE (?1 IS NULL OR provider_id = ?1)
                        AND (?2 IS NULL OR (provider_id, provider_model_id) > (?2, ?3))
                     ORDER BY provider_id, provider_model_id LIMIT ?4"
                ))
                .bind(provider.map(ToString::to_string))
                .bind(from.map(String::from))
                .bind(name)
                .bind(page::fetch(&request)),
            )
            .await?;
        Ok(page::page(models, &request, |model: &Model| {
            (model.provider_id.clone(), model.provider_model_id.clone())
        }))
    }

    async fn model(&self, provider: &Slug, name: &str) -> Result<Option<Model>, StoreError> {
        self.reader()
            .await?
            .one(
                sql(model_columns!(
                    "WHERE provider_id = ? AND provider_model_id = ?"
                ))
                .bind(provider.to_string())
                .bind(name.to_owned()),
            )
            .await
    }
}

//! Settings of a user.

use async_trait::async_trait;
use serde_json::{Map, Value};
use weald_domain::{
    event::{
        EditEvent,
        edit::{Change, Thing},
    },
    id::UserId,
    metadata,
    ports::{Settings, StoreError},
    time::UnixMillis,
};

use super::{
    Read, Row, Sql,
    column::{self, to_json},
    edits,
    lock::Lock,
    sql,
    tx::Tx,
};
use crate::{fail_points, store::Store};

struct Stored(Map<String, Value>);

impl Read for Stored {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::json(row, "settings").map(Self)
    }
}

async fn get(conn: &mut impl Sql, user: UserId) -> Result<Map<String, Value>, StoreError> {
    let row: Option<Stored> = conn
        .one(sql("SELECT settings FROM \"user\" WHERE id = ?").bind(user))
        .await?;
    Ok(row.map(|Stored(settings)| settings).unwrap_or_default())
}

async fn update(
    tx: &mut Tx,
    user: UserId,
    patch: Map<String, Value>,
    at: UnixMillis,
) -> Result<Map<String, Value>, StoreError> {
    let fields: Vec<String> = patch.keys().cloned().collect();
    tx.lock(Lock::Deployment).await?;
    let settings = metadata::merge(get(tx, user).await?, Some(patch));
    tx.execute(
        sql("UPDATE \"user\" SET settings = ?1,
                updated_at = CASE WHEN updated_at > ?2 THEN updated_at ELSE ?2 END
             WHERE id = ?3")
        .bind(to_json(&settings)?)
        .bind(at.0)
        .bind(user),
    )
    .await?;
    if !fields.is_empty() {
        let event = EditEvent {
            thing: Thing::Setting,
            change: Change::Updated,
            id: user.to_string(),
            fields,
            by: Some(user),
        };
        edits::append(tx, edits::Home::User(user), event, at).await?;
    }
    Ok(settings)
}

#[async_trait]
impl Settings for Store {
    async fn get(&self, user: UserId) -> Result<Map<String, Value>, StoreError> {
        get(&mut self.reader().await?, user).await
    }

    async fn update(
        &self,
        user: UserId,
        patch: Map<String, Value>,
        at: UnixMillis,
    ) -> Result<Map<String, Value>, StoreError> {
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(update(tx, user, patch, at))
            })
            .await
    }
}

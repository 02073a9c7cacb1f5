//! Users, logins, the root token, and what a user may see.

use std::collections::BTreeMap;

use async_trait::async_trait;
use weald_domain::{
    access::{Access, DeploymentRole, WorkspaceRole},
    audit::{AuditDecision, NewAudit},
    id::{LoginId, UserId, WorkspaceId},
    ports::{Identity, NewLogin, StoreError},
    time::UnixMillis,
};

use super::{Read, Row, Sql, audit, column, sql, tx::Tx};
use crate::{fail_points, store::Store};

/// The name under which the hash of the root token is kept.
const ROOT_TOKEN: &str = "root_token_hash";
/// How often the use of a login is noted, milliseconds.
const USE_NOTED_MS: i64 = 60_000;

struct UserRow {
    id: UserId,
    role: DeploymentRole,
}

impl Read for UserRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            role: column::named(row, "role")?,
        })
    }
}

struct MemberRow(WorkspaceId, WorkspaceRole);

impl Read for MemberRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self(
            column::id(row, "workspace_id")?,
            column::named(row, "role")?,
        ))
    }
}

struct Value(String);

impl Read for Value {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::text(row, "value").map(Self)
    }
}

struct LoginRow {
    owner: UserId,
    last_used_at: UnixMillis,
}

impl Read for LoginRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            owner: column::id(row, "owner_id")?,
            last_used_at: column::millis(row, "last_used_at")?,
        })
    }
}

fn entry(user: Option<UserId>, action: &str, resource: String, at: UnixMillis) -> NewAudit {
    NewAudit {
        workspace_id: None,
        user_id: user,
        session_id: None,
        extension: None,
        action: action.into(),
        resource,
        decision: AuditDecision::Done,
        grant_id: None,
        payload_hash: None,
        at,
    }
}

async fn create_login(tx: &mut Tx, login: NewLogin) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO login (id, owner_id, token_hash, expires_at, last_used_at, user_agent,
                created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(login.id)
        .bind(login.owner_id)
        .bind(login.token_hash)
        .bind(login.expires_at.0)
        .bind(login.at.0)
        .bind(login.user_agent)
        .bind(login.at.0),
    )
    .await?;
    let entry = entry(
        Some(login.owner_id),
        "login.create",
        login.id.to_string(),
        login.at,
    );
    audit::append(tx, entry);
    Ok(())
}

struct Ended {
    id: LoginId,
    owner: UserId,
}

impl Read for Ended {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            owner: column::id(row, "owner_id")?,
        })
    }
}

async fn delete_login(tx: &mut Tx, hash: String, at: UnixMillis) -> Result<bool, StoreError> {
    let ended: Option<Ended> = tx
        .one(sql("DELETE FROM login WHERE token_hash = ? RETURNING id, owner_id").bind(hash))
        .await?;
    let Some(ended) = ended else {
        return Ok(false);
    };
    let id = ended.id.to_string();
    audit::append(tx, entry(Some(ended.owner), "login.delete", id, at));
    Ok(true)
}

async fn set_root_token(tx: &mut Tx, hash: String, at: UnixMillis) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO deployment (name, value, updated_at) VALUES (?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value,
                updated_at = excluded.updated_at",
        )
        .bind(ROOT_TOKEN)
        .bind(hash)
        .bind(at.0),
    )
    .await?;
    audit::append(tx, entry(None, "root_token.set", "root token".into(), at));
    Ok(())
}

#[async_trait]
impl Identity for Store {
    async fn owner(&self) -> Result<UserId, StoreError> {
        let row: Option<UserRow> = self
            .reader()
            .await?
            .one(sql("SELECT id, role FROM \"user\" WHERE is_owner = 1"))
            .await?;
        row.map(|row| row.id).ok_or_else(|| StoreError::Corrupt {
            what: "the owner of the deployment",
            source: "there is none".into(),
        })
    }

    async fn access(&self, user: UserId) -> Result<Option<Access>, StoreError> {
        let mut reader = self.reader().await?;
        let row: Option<UserRow> = reader
            .one(sql("SELECT id, role FROM \"user\" WHERE id = ? AND is_active = 1").bind(user))
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let members: Vec<MemberRow> = reader
            .all(
                sql("SELECT workspace_id, role FROM workspace_member WHERE user_id = ?").bind(user),
            )
            .await?;
        let workspaces: BTreeMap<_, _> = members
            .into_iter()
            .map(|MemberRow(workspace, role)| (workspace, role))
            .collect();
        Ok(Some(Access {
            user_id: row.id,
            role: row.role,
            workspaces,
        }))
    }

    async fn root_token_hash(&self) -> Result<Option<String>, StoreError> {
        let row: Option<Value> = self
            .reader()
            .await?
            .one(sql("SELECT value FROM deployment WHERE name = ?").bind(ROOT_TOKEN))
            .await?;
        Ok(row.map(|Value(hash)| hash))
    }

    async fn set_root_token_hash(&self, hash: &str, at: UnixMillis) -> Result<(), StoreError> {
        let hash = hash.to_owned();
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(set_root_token(tx, hash, at))
            })
            .await
    }

    async fn create_login(&self, login: NewLogin) -> Result<(), StoreError> {
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(create_login(tx, login))
            })
            .await
    }

    async fn login(&self, token_hash: &str, now: UnixMillis) -> Result<Option<UserId>, StoreError> {
        let row: Option<LoginRow> = self
            .reader()
            .await?
            .one(
                sql("SELECT owner_id, last_used_at FROM login
                     WHERE token_hash = ? AND expires_at > ?")
                .bind(token_hash.to_owned())
                .bind(now.0),
            )
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        if now.since(row.last_used_at) >= USE_NOTED_MS {
            let hash = token_hash.to_owned();
            self.0
                .writer
                .write(fail_points::EDIT, move |tx| {
                    Box::pin(async move {
                        tx.execute(
                            sql("UPDATE login SET last_used_at = ? WHERE token_hash = ?")
                                .bind(now.0)
                                .bind(hash),
                        )
                        .await
                    })
                })
                .await
                .map(|_: u64| ())?;
        }
        Ok(Some(row.owner))
    }

    async fn delete_login(&self, token_hash: &str, at: UnixMillis) -> Result<bool, StoreError> {
        let hash = token_hash.to_owned();
        self.0
            .writer
            .write(fail_points::EDIT, move |tx| {
                Box::pin(delete_login(tx, hash, at))
            })
            .await
    }
}

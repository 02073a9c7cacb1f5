//! What the tables really hold, read past the store, so that no figure counts what was not kept.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use anyhow::{Context, Result};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection, SqliteConnection};
use weald_domain::id::{SessionId, WorkspaceId};
use weald_domain::secret::Secret;
use weald_store::DatabaseAddress;

/// Where to look.
pub(super) enum Database {
    Sqlite(PathBuf),
    Postgres(Secret),
}

/// What is kept of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    /// Events that record the result of a step.
    pub(super) results: u64,
    /// Rows of steps that are done.
    pub(super) done: u64,
    /// The newest sequence number, of the stream and of its events alike.
    pub(super) head_seq: u64,
}

enum Reader {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Database {
    /// The tables of a store.
    pub(super) fn of(data: &Path, address: &DatabaseAddress) -> Self {
        match address {
            DatabaseAddress::Sqlite => Self::Sqlite(data.join("weald.sqlite")),
            DatabaseAddress::Postgres(url) => Self::Postgres(url.clone()),
        }
    }

    async fn reader(&self) -> Result<Reader> {
        Ok(match self {
            Self::Sqlite(file) => {
                let options = SqliteConnectOptions::new().filename(file).read_only(true);
                Reader::Sqlite(options.connect().await?)
            }
            Self::Postgres(url) => {
                let options = PgConnectOptions::from_str(url.expose())?;
                Reader::Postgres(options.connect().await?)
            }
        })
    }

    /// Entries in the audit chain of a workspace.
    pub(super) async fn audited(&self, workspace: WorkspaceId) -> Result<u64> {
        let mut reader = self.reader().await?;
        let newest = "SELECT coalesce(max(seq), 0) FROM audit WHERE workspace_id = $1";
        reader.number(newest, &workspace.to_string()).await
    }

    /// What is kept of a session.
    pub(super) async fn of_session(&self, session: SessionId) -> Result<Counted> {
        let mut reader = self.reader().await?;
        let id = session.to_string();
        let (results, done, newest, head) = match self {
            Self::Sqlite(_) => (
                "SELECT count(*) FROM event WHERE stream_id = $1 AND kind = 'tool_call_result'",
                "SELECT count(*) FROM step WHERE stream_id = $1 AND status = 'done'",
                "SELECT coalesce(max(seq), 0) FROM event WHERE stream_id = $1",
                "SELECT head_seq FROM stream WHERE id = $1",
            ),
            Self::Postgres(_) => (
                "SELECT count(*) FROM event WHERE stream_id = $1::uuid
                 AND kind = 'tool_call_result'",
                "SELECT count(*) FROM step WHERE stream_id = $1::uuid AND status = 'done'",
                "SELECT coalesce(max(seq), 0) FROM event WHERE stream_id = $1::uuid",
                "SELECT head_seq FROM stream WHERE id = $1::uuid",
            ),
        };
        let head_seq = reader.number(head, &id).await?;
        let newest = reader.number(newest, &id).await?;
        anyhow::ensure!(
            head_seq == newest,
            "the stream of {id} ends at {head_seq}, its events at {newest}"
        );
        Ok(Counted {
            results: reader.number(results, &id).await?,
            done: reader.number(done, &id).await?,
            head_seq,
        })
    }
}

impl Reader {
    async fn number(&mut self, statement: &'static str, argument: &str) -> Result<u64> {
        let number: i64 = match self {
            Self::Sqlite(reader) => {
                let query = sqlx::query_scalar(statement).bind(argument);
                query.fetch_one(reader).await?
            }
            Self::Postgres(reader) => {
                let query = sqlx::query_scalar(statement).bind(argument);
                query.fetch_one(reader).await?
            }
        };
        u64::try_from(number).context("a negative count")
    }
}

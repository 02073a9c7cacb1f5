//! The floor: group commit and nothing else. One row per commit, as long as what Weald commits, on
//! the same engine with the same durability.

use anyhow::{Context, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use std::path::Path;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Measured, Round};

/// Most commits that are made one.
const GROUP: usize = 64;

/// A bare journal.
pub(super) enum Floor {
    /// One writer that commits whatever has queued.
    Sqlite {
        rows: mpsc::Sender<Row>,
        #[expect(dead_code, reason = "held: the writer ends with it")]
        writer: JoinSet<Result<()>>,
        count: SqliteConnection,
    },
    /// A connection per lane; the server groups what commits at once.
    Postgres { url: String, count: PgConnection },
}

/// A row on its way to its commit.
pub(super) struct Row {
    lane: i64,
    number: i64,
    payload: String,
    done: oneshot::Sender<()>,
}

const COUNT: &str = "SELECT count(*) FROM floor";

impl Floor {
    /// A file in WAL mode with FULL synchronisation.
    pub(super) async fn sqlite(folder: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("floor.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .statement_cache_capacity(GROUP + 8)
            .disable_statement_logging();
        let mut writer = options.connect().await?;
        let table = "CREATE TABLE floor (lane INTEGER NOT NULL, number INTEGER NOT NULL,
                     payload TEXT NOT NULL, PRIMARY KEY (lane, number)) STRICT, WITHOUT ROWID";
        sqlx::query(table).execute(&mut writer).await?;
        let (rows, queue) = mpsc::channel(4 * GROUP);
        let mut task = JoinSet::new();
        task.spawn(write(writer, queue));
        Ok(Self::Sqlite {
            rows,
            writer: task,
            count: options.connect().await?,
        })
    }

    /// A database of a server whose commits are on disk when they are acknowledged.
    pub(super) async fn postgres(url: String) -> Result<Self> {
        let mut count = PgConnection::connect(&url).await?;
        let table = "CREATE TABLE floor (lane BIGINT NOT NULL, number BIGINT NOT NULL,
                     payload TEXT NOT NULL, PRIMARY KEY (lane, number))";
        sqlx::query(table).execute(&mut count).await?;
        let on: String = sqlx::query_scalar("SHOW synchronous_commit")
            .fetch_one(&mut count)
            .await?;
        anyhow::ensure!(on == "on", "synchronous_commit is {on}");
        Ok(Self::Postgres { url, count })
    }

    /// Commits in every lane until the time is over; what was acknowledged was also found.
    pub(super) async fn run(&mut self, round: Round, sizes: &[usize]) -> Result<Measured> {
        let before = self.count().await?;
        let mut lanes = JoinSet::new();
        let first = i64::try_from(before)?;
        let payloads: Vec<String> = sizes.iter().map(|&size| "x".repeat(size)).collect();
        match self {
            Self::Sqlite { rows, .. } => {
                let deadline = Instant::now() + round.time;
                for lane in 0..round.width {
                    let place = (i64::from(lane), first);
                    lanes.spawn(sqlite_lane(rows.clone(), place, payloads.clone(), deadline));
                }
                self.finish(lanes, deadline - round.time, before).await
            }
            Self::Postgres { url, .. } => {
                let mut connections = vec![];
                for _ in 0..round.width {
                    connections.push(PgConnection::connect(url).await?);
                }
                let deadline = Instant::now() + round.time;
                for (lane, connection) in connections.into_iter().enumerate() {
                    let place = (i64::try_from(lane)?, first);
                    lanes.spawn(postgres_lane(connection, place, payloads.clone(), deadline));
                }
                self.finish(lanes, deadline - round.time, before).await
            }
        }
    }

    async fn finish(
        &mut self,
        mut lanes: JoinSet<Result<u64>>,
        start: Instant,
        before: u64,
    ) -> Result<Measured> {
        let mut commits = 0;
        while let Some(lane) = lanes.join_next().await {
            commits += lane??;
        }
        let seconds = start.elapsed().as_secs_f64();
        let found = self.count().await? - before;
        anyhow::ensure!(found == commits, "{found} rows of {commits} commits");
        Ok(Measured {
            steps: commits,
            commits,
            seconds,
        })
    }

    async fn count(&mut self) -> Result<u64> {
        let rows: i64 = match self {
            Self::Sqlite { count, .. } => sqlx::query_scalar(COUNT).fetch_one(count).await?,
            Self::Postgres { count, .. } => sqlx::query_scalar(COUNT).fetch_one(count).await?,
        };
        Ok(u64::try_from(rows)?)
    }
}

/// The one writer: a statement, and so a transaction, for all that has queued.
async fn write(mut connection: SqliteConnection, mut queue: mpsc::Receiver<Row>) -> Result<()> {
    let mut group = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut group, GROUP).await > 0 {
        let values = vec!["(?, ?, ?)"; group.len()].join(", ");
        let statement = format!("INSERT INTO floor (lane, number, payload) VALUES {values}");
        let mut query = sqlx::query(AssertSqlSafe(statement));
        let mut told = Vec::with_capacity(group.len());
        for row in group.drain(..) {
            query = query.bind(row.lane).bind(row.number).bind(row.payload);
            told.push(row.done);
        }
        query.execute(&mut connection).await?;
        for done in told {
            let _ = done.send(());
        }
    }
    Ok(())
}

async fn sqlite_lane(
    rows: mpsc::Sender<Row>,
    (lane, first): (i64, i64),
    payloads: Vec<String>,
    deadline: Instant,
) -> Result<u64> {
    let mut commits = 0;
    let mut numbers = first..;
    while Instant::now() < deadline {
        for (payload, number) in payloads.iter().zip(&mut numbers) {
            let (done, answered) = oneshot::channel();
            let payload = payload.clone();
            let row = Row {
                lane,
                number,
                payload,
                done,
            };
            rows.send(row).await.ok().context("the floor has stopped")?;
            answered.await.context("the floor has failed")?;
            commits += 1;
        }
    }
    Ok(commits)
}

async fn postgres_lane(
    mut connection: PgConnection,
    (lane, first): (i64, i64),
    payloads: Vec<String>,
    deadline: Instant,
) -> Result<u64> {
    let mut commits = 0;
    let mut numbers = first..;
    while Instant::now() < deadline {
        for (payload, number) in payloads.iter().zip(&mut numbers) {
            sqlx::query("INSERT INTO floor (lane, number, payload) VALUES ($1, $2, $3)")
                .bind(lane)
                .bind(number)
                .bind(payload)
                .execute(&mut connection)
                .await?;
            commits += 1;
        }
    }
    connection.close().await?;
    Ok(commits)
}

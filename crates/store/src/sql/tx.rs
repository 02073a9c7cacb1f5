//! The open transaction of a job: what it runs now, and what it leaves for its end.
//!
//! Events stand in one order of the deployment, and audit entries in one order of their chain. A
//! job leaves them here, and they are written when all else of it is done: on PostgreSQL under the
//! lock of one row, which is then held for a moment only, and taken last by everybody.

use std::{collections::HashMap, sync::Arc};

use sqlx::{Connection, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use weald_domain::{audit::NewAudit, ports::StoreError};

use super::{
    Conn, Sql, audit,
    audit::ChainEnd,
    borrowed::Borrowed,
    events,
    events::NewRow,
    lock::{Lock, Rank},
    sql, storage,
};
use crate::{bus::Outgoing, statements::Statements};

/// The open transaction.
pub(crate) struct Tx {
    conn: TxConn,
    statements: Statements,
    /// The last of the locks taken.
    rank: Option<Rank>,
    left: Vec<Left>,
    /// The newest entries of the audit chains, as far as they are known.
    chains: HashMap<String, ChainEnd>,
    /// What is published once the transaction is committed.
    pub(super) outgoing: Vec<Outgoing>,
}

enum TxConn {
    Sqlite {
        conn: SqliteConnection,
        /// The next place of the feed, which nobody else draws.
        next_pos: u64,
    },
    Postgres {
        conn: Borrowed,
        /// Whose turn it is, in this process, to write into the feed: its commits are published
        /// in their order.
        turn: Arc<Semaphore>,
        my_turn: Option<OwnedSemaphorePermit>,
    },
}

/// What a job leaves for its end.
enum Left {
    Event(Box<NewRow>),
    Audit(Box<NewAudit>),
    Outgoing(Outgoing),
}

impl Tx {
    fn new(conn: TxConn, statements: Statements) -> Self {
        Self {
            conn,
            statements,
            rank: None,
            left: Vec::new(),
            chains: HashMap::new(),
            outgoing: Vec::new(),
        }
    }

    /// The transactions of SQLite's one writer, one after the other.
    pub(crate) fn sqlite(conn: SqliteConnection, next_pos: u64, statements: Statements) -> Self {
        Self::new(TxConn::Sqlite { conn, next_pos }, statements)
    }

    /// One transaction of PostgreSQL.
    pub(super) fn postgres(conn: Borrowed, turn: Arc<Semaphore>, statements: Statements) -> Self {
        let my_turn = None;
        Self::new(
            TxConn::Postgres {
                conn,
                turn,
                my_turn,
            },
            statements,
        )
    }

    /// Keeps others from changing something until the transaction ends. SQLite has one writer:
    /// there, only the order of the locks is checked.
    pub(crate) async fn lock(&mut self, lock: Lock) -> Result<(), StoreError> {
        let rank = lock.rank();
        debug_assert!(
            self.rank <= Some(rank),
            "{lock:?} is locked after {:?}: two jobs could wait for each other",
            self.rank
        );
        self.rank = Some(rank);
        match self.conn {
            TxConn::Sqlite { .. } => Ok(()),
            TxConn::Postgres { .. } => self.execute(lock.statement()).await.map(|_| ()),
        }
    }

    /// Leaves an event for the end of the job.
    pub(super) fn leave_event(&mut self, event: NewRow) {
        self.left.push(Left::Event(Box::new(event)));
    }

    /// Leaves an audit entry for the end of the job.
    pub(super) fn leave_audit(&mut self, entry: NewAudit) {
        self.left.push(Left::Audit(Box::new(entry)));
    }

    /// Hands something to readers once the transaction is committed.
    pub(crate) fn publish(&mut self, outgoing: Outgoing) {
        self.left.push(Left::Outgoing(outgoing));
    }

    /// Writes what the job left, in its place.
    pub(super) async fn settle(&mut self) -> Result<(), StoreError> {
        self.rank = None;
        let left = std::mem::take(&mut self.left);
        if left.is_empty() {
            return Ok(());
        }
        self.take_turn().await?;
        let (mut rows, mut entries) = (Vec::new(), Vec::new());
        let mut published = Vec::with_capacity(left.len());
        for one in left {
            match one {
                Left::Event(event) => {
                    rows.push(*event);
                    published.push(None);
                }
                Left::Audit(entry) => entries.push(*entry),
                Left::Outgoing(outgoing) => published.push(Some(outgoing)),
            }
        }
        if rows.is_empty() && !entries.is_empty() {
            self.lock_feed().await?;
        }
        let mut frames = events::insert(self, rows).await?.into_iter();
        for entry in entries {
            audit::insert(self, entry).await?;
        }
        let published = published.into_iter().filter_map(|one| match one {
            Some(outgoing) => Some(outgoing),
            None => frames.next().map(Outgoing::Durable),
        });
        self.outgoing.extend(published);
        Ok(())
    }

    /// The first of the next places of the feed on SQLite; on PostgreSQL they are drawn by the
    /// statement that fills them. Until the transaction ends nobody else draws any, and none is
    /// lost when it fails.
    pub(super) fn draw(&mut self, events: u64) -> Option<u64> {
        match &mut self.conn {
            TxConn::Sqlite { next_pos, .. } => {
                let first = *next_pos;
                *next_pos += events;
                Some(first)
            }
            TxConn::Postgres { .. } => None,
        }
    }

    /// Keeps others from the places of the feed, and so from the audit chains, without drawing any.
    async fn lock_feed(&mut self) -> Result<(), StoreError> {
        match self.conn {
            TxConn::Sqlite { .. } => Ok(()),
            TxConn::Postgres { .. } => {
                let lock = sql("UPDATE feed SET head_pos = head_pos");
                self.execute(lock).await.map(|_| ())
            }
        }
    }

    /// The newest entry of an audit chain, where nobody else extends it: known without asking on
    /// SQLite.
    pub(super) fn chain_end(&self, chain: &str) -> Option<ChainEnd> {
        self.chains.get(chain).cloned()
    }

    /// Remembers the newest entry of an audit chain.
    pub(super) fn extended(&mut self, chain: String, end: ChainEnd) {
        if let TxConn::Sqlite { .. } = self.conn {
            self.chains.insert(chain, end);
        }
    }

    async fn take_turn(&mut self) -> Result<(), StoreError> {
        if let TxConn::Postgres { turn, my_turn, .. } = &mut self.conn {
            let taken = Arc::clone(turn).acquire_owned().await;
            *my_turn = Some(taken.map_err(|e| StoreError::Unavailable(Box::new(e)))?);
        }
        Ok(())
    }

    /// Where the feed and the outgoing stand, to go back to.
    pub(super) fn mark(&self) -> (u64, usize) {
        let pos = match &self.conn {
            TxConn::Sqlite { next_pos, .. } => *next_pos,
            TxConn::Postgres { .. } => 0,
        };
        (pos, self.outgoing.len())
    }

    /// Forgets what was left and drawn since a mark.
    pub(super) fn forget(&mut self, (pos, outgoing): (u64, usize)) {
        if let TxConn::Sqlite { next_pos, .. } = &mut self.conn {
            *next_pos = pos;
        }
        self.rank = None;
        self.left.clear();
        self.chains.clear();
        self.outgoing.truncate(outgoing);
    }

    /// Commits a transaction of PostgreSQL; what it publishes, and its turn, which ends when that
    /// is published.
    pub(super) async fn commit(
        self,
    ) -> Result<(Vec<Outgoing>, Option<OwnedSemaphorePermit>), StoreError> {
        if let TxConn::Postgres { conn, my_turn, .. } = self.conn {
            conn.commit().await.map_err(storage)?;
            return Ok((self.outgoing, my_turn));
        }
        Ok((self.outgoing, None))
    }

    /// Ends SQLite's writer.
    pub(super) async fn close(self) -> Result<(), sqlx::Error> {
        match self.conn {
            TxConn::Sqlite { conn, .. } => conn.close().await,
            TxConn::Postgres { conn, .. } => conn.roll_back().await,
        }
    }
}

impl Sql for Tx {
    fn conn(&mut self) -> Conn<'_> {
        self.statements.count();
        match &mut self.conn {
            TxConn::Sqlite { conn, .. } => Conn::Sqlite(conn),
            TxConn::Postgres { conn, .. } => Conn::Postgres(conn.conn()),
        }
    }
}

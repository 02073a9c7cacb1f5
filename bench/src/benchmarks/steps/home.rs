//! Weald's store, opened as the binary opens it, and steps journaled in it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use tokio::task::JoinSet;
use tokio::time::Instant;
use weald_domain::ports::{Append, Begun, Clock as _, Journal, Lease, Write};
use weald_domain::session::{EndReason, RunSummary, SessionStatus};
use weald_domain::tool::EffectClass;
use weald_store::{DatabaseAddress, SecretsBackend, Store, StoreConfig};

use super::call::{Caller, Calls, Commit};
use super::count::{Counted, Database};
use super::session::Beginner;
use super::time::{SystemClock, SystemIds};
use super::{Measured, Round};

/// An open store with its owner.
pub(super) struct Home {
    store: Store,
    lane: Lane,
    database: Database,
}

/// What every lane has of it.
#[derive(Clone)]
struct Lane {
    journal: Arc<dyn Journal>,
    beginner: Beginner,
}

/// A session that is driven.
struct Driven {
    lease: Lease,
    caller: Caller,
    steps: u64,
    commits: u64,
}

impl Home {
    /// Opens an empty data folder, with its tables in it or on a server.
    pub(super) async fn open(folder: &Path, address: DatabaseAddress) -> Result<Self> {
        let root = folder.join("data");
        let database = Database::of(&root, &address);
        let config = StoreConfig {
            data_root: root,
            database: address,
            machine_key: folder.join("secrets.key"),
            secrets: SecretsBackend::Environment,
            environment: BTreeMap::new(),
            owner_name: "Bench".to_owned(),
            stream_ttl_ms: 0,
        };
        let ids = Arc::new(SystemIds::new());
        let store = Store::open(config, Arc::new(SystemClock), Arc::clone(&ids) as _).await?;
        let owner = store.identity().owner().await?;
        let access = store.identity().access(owner).await?;
        let workspace = access.and_then(|access| access.default_workspace());
        let beginner = Beginner {
            ids,
            workspace: workspace.context("the owner has no workspace")?,
            owner,
        };
        let journal = store.journal();
        Ok(Self {
            store,
            lane: Lane { journal, beginner },
            database,
        })
    }

    /// Journals steps in every lane until the time is over; what was acknowledged was also found.
    pub(super) async fn run(&self, round: Round, effect: EffectClass) -> Result<Measured> {
        let mut sessions = vec![];
        for _ in 0..round.width {
            sessions.push(self.lane.begin().await?);
        }
        let before = self.audited().await?;
        let start = Instant::now();
        let mut lanes = JoinSet::new();
        for session in sessions {
            let lane = self.lane.clone();
            lanes.spawn(lane.drive(session, effect, start + round.time));
        }
        let mut driven = vec![];
        while let Some(lane) = lanes.join_next().await {
            driven.push(lane??);
        }
        let seconds = start.elapsed().as_secs_f64();
        let steps: u64 = driven.iter().map(|one| one.steps).sum();
        let audited = self.audited().await? - before;
        ensure!(audited == steps, "{audited} audit entries of {steps} steps");
        for one in &driven {
            let found = self.database.of_session(one.caller.session).await?;
            one.check(found, effect)?;
            self.lane.end(one).await?;
        }
        Ok(Measured {
            steps,
            commits: driven.iter().map(|one| one.commits).sum(),
            seconds,
        })
    }

    async fn audited(&self) -> Result<u64> {
        self.database.audited(self.lane.beginner.workspace).await
    }

    /// How many bytes each commit of a step brings.
    pub(super) fn sizes(&self, effect: EffectClass) -> Result<Vec<usize>> {
        let beginner = &self.lane.beginner;
        let caller = beginner.caller(beginner.id(), beginner.id());
        Calls::new(caller, effect)?.sizes()
    }

    /// Lets the writer finish and gives the folder back.
    pub(super) async fn close(self) {
        self.store.close().await;
    }
}

impl Driven {
    /// What the tables hold of it must be what it was told.
    fn check(&self, found: Counted, effect: EffectClass) -> Result<()> {
        let done = match effect {
            EffectClass::Pure => 0,
            EffectClass::Idempotent | EffectClass::Probe | EffectClass::Once => self.steps,
        };
        let told = Counted {
            results: self.steps,
            done,
            head_seq: self.lease.head_seq,
        };
        ensure!(
            found == told,
            "the tables hold {found:?} of a session that was told {told:?}"
        );
        Ok(())
    }
}

impl Lane {
    async fn begin(&self) -> Result<Driven> {
        let run = self.beginner.new_run()?;
        let caller = self.beginner.caller(run.session.id, run.reply.id);
        match self.journal.begin(run).await? {
            Begun::Started(lease) => Ok(Driven {
                lease,
                caller,
                steps: 0,
                commits: 0,
            }),
            Begun::Repeated(id) => bail!("session {id} began before"),
        }
    }

    /// Steps one after the other.
    async fn drive(
        self,
        mut session: Driven,
        effect: EffectClass,
        deadline: Instant,
    ) -> Result<Driven> {
        let calls = Calls::new(session.caller, effect)?;
        while Instant::now() < deadline {
            session.steps += 1;
            for commit in calls.commits(session.steps, SystemClock.now())? {
                self.append(&mut session, commit).await?;
                session.commits += 1;
            }
        }
        Ok(session)
    }

    async fn append(&self, session: &mut Driven, commit: Commit) -> Result<()> {
        let append = Append {
            lease: session.lease,
            events: commit.events,
            writes: commit.writes,
            at: SystemClock.now(),
        };
        session.lease = self.journal.append(append).await?.lease;
        Ok(())
    }

    async fn end(&self, session: &Driven) -> Result<()> {
        let at = SystemClock.now();
        let end = Write::End {
            status: SessionStatus::Committed,
            end_reason: EndReason::Completed,
            final_message_id: Some(session.caller.message),
            run_summary: RunSummary::default(),
            error: None,
            at,
        };
        let append = Append {
            lease: session.lease,
            events: vec![],
            writes: vec![end],
            at,
        };
        self.journal.append(append).await?;
        Ok(())
    }
}

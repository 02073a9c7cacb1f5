//! What is measured: the same request to the stand-in, straight or through somebody.

mod nginx;
mod weald;

use std::sync::Arc;

use anyhow::{Context, Result};
use reqwest::{Client, RequestBuilder};
use serde_json::json;

use crate::options::{Engines, Options};
use crate::postgres::{MISSING, Postgres};
use crate::process::{Process, Tree};
use crate::stand_in::{Shape, StandIn};
use crate::table::{Goal, Row};
use crate::tokens::Wire;

pub(crate) use self::weald::{LOG, Setup, Weald, start_in};

/// Who is between us and the stand-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// Nobody.
    Direct,
    /// nginx as plain pass-through.
    Nginx,
    /// Weald.
    Weald,
    /// Weald with its tables on PostgreSQL.
    OnPostgres,
}

impl Who {
    /// As a column of a table.
    fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Nginx => "nginx",
            Self::Weald => "weald",
            Self::OnPostgres => "on postgres",
        }
    }
}

/// A server that answers with the stand-in's tokens.
pub(crate) struct Target {
    pub(crate) who: Who,
    pub(crate) wire: Wire,
    client: Client,
    url: String,
    token: Option<String>,
    process: Option<Process>,
    /// Removed after the process has ended.
    #[expect(dead_code, reason = "held for what happens when it is dropped")]
    folder: Option<tempfile::TempDir>,
}

impl Target {
    /// The stand-in itself.
    pub(crate) fn direct(stand_in: &StandIn) -> Result<Self> {
        Ok(Self {
            who: Who::Direct,
            wire: Wire::ChatCompletions,
            client: client()?,
            url: format!("http://{}/v1/chat/completions", stand_in.address()),
            token: None,
            process: None,
            folder: None,
        })
    }

    /// The request that starts one stream.
    pub(crate) fn request(&self, shape: Shape) -> RequestBuilder {
        let body = match self.wire {
            Wire::ChatCompletions => json!({
                "model": "bench",
                "stream": true,
                "messages": [{"role": "user", "content": shape.text()}],
            }),
            Wire::Weald => json!({
                "preset_id": weald::PRESET,
                "input": [{"type": "text", "text": shape.text()}],
            }),
        };
        let request = self.client.post(&self.url).json(&body);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// The processes that do the work, if there are any between us and the stand-in.
    pub(crate) fn tree(&self) -> Option<Tree> {
        self.process.as_ref().map(Process::tree)
    }
}

/// Everything a comparison needs, started once.
pub(crate) struct Field {
    _stand_in: StandIn,
    /// Dropped before the server that one of them needs.
    pub(crate) targets: Vec<Arc<Target>>,
    postgres: Option<Postgres>,
    /// What was left out, and why.
    skipped: Option<String>,
}

impl Field {
    /// Starts the stand-in, nginx, and Weald when its binary is given, on each engine that is asked
    /// for.
    pub(crate) async fn start(options: &Options) -> Result<Self> {
        let stand_in = StandIn::start()?;
        let mut targets = vec![
            Arc::new(Target::direct(&stand_in)?),
            Arc::new(nginx::start(&stand_in).await?),
        ];
        let (mut postgres, mut skipped) = (None, None);
        if let Some(binary) = &options.weald {
            targets.push(Arc::new(weald::start(binary, &stand_in, None).await?));
            if options.engines == Engines::Both {
                postgres = Postgres::start()?;
                skipped = postgres.is_none().then(|| format!("SKIPPED: {MISSING}"));
            }
            if let Some(server) = &postgres {
                let database = Some(server.database().await?);
                targets.push(Arc::new(weald::start(binary, &stand_in, database).await?));
            }
        }
        Ok(Self {
            _stand_in: stand_in,
            targets,
            postgres,
            skipped,
        })
    }

    /// Remarks of a table about these targets.
    pub(crate) fn remarks(&self, more: impl IntoIterator<Item = String>) -> Vec<String> {
        let postgres = self.postgres.as_ref().map(|_| {
            "on postgres: weald up alone is counted, not the processes of the server; it may be \
             20 % worse than on SQLite"
                .to_owned()
        });
        more.into_iter()
            .chain(postgres)
            .chain(self.skipped.clone())
            .collect()
    }

    /// The names of the targets, in their order.
    pub(crate) fn columns(&self) -> Vec<&'static str> {
        self.targets
            .iter()
            .map(|target| target.who.name())
            .collect()
    }

    /// A row with the same figure of every target.
    pub(crate) fn row(
        &self,
        what: &str,
        of: impl Fn(Who) -> Option<f64>,
        goal: Goal,
        judged: Option<f64>,
    ) -> Row {
        Row {
            what: what.to_owned(),
            figures: self.targets.iter().map(|target| of(target.who)).collect(),
            judged,
            goal,
        }
    }
}

/// A client that speaks plain HTTP/1.1 and keeps its connections, as every measured client does.
pub(crate) fn client() -> Result<Client> {
    Client::builder()
        .http1_only()
        .tcp_nodelay(true)
        .build()
        .context("cannot make a client")
}

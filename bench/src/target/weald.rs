//! Weald itself: the real binary on an empty data folder, with the stand-in as its provider.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Target, Who, client};
use crate::process::Process;
use crate::seed;
use crate::stand_in::StandIn;
use crate::tokens::Wire;

/// The preset that every measured run uses.
pub(crate) const PRESET: &str = "bench";

const PROVIDER: &str = "bench";

/// Its log, in the data folder.
pub(crate) const LOG: &str = "bench-stderr.log";

/// A running `weald up`.
pub(crate) struct Weald {
    process: Process,
    ready: Ready,
}

/// The line it prints when it serves.
#[derive(Debug, Clone, Deserialize)]
struct Ready {
    url: String,
    token: Option<String>,
}

/// How a `weald up` is started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup<'a> {
    /// The program.
    pub(crate) binary: &'a Path,
    /// Its data folder.
    pub(crate) home: &'a Path,
    /// How much it logs.
    pub(crate) log_level: &'static str,
    /// Where its tables are, when that is a server.
    pub(crate) database: Option<&'a str>,
}

impl<'a> Setup<'a> {
    /// A start as a user does it.
    pub(crate) fn plain(binary: &'a Path, home: &'a Path) -> Self {
        Self {
            binary,
            home,
            log_level: "warn",
            database: None,
        }
    }
}

impl Weald {
    /// Starts the binary on a data folder and waits for its ready line.
    pub(crate) fn start(setup: Setup<'_>) -> Result<Self> {
        std::fs::create_dir_all(setup.home)?;
        let log = setup.home.join(LOG);
        let mut command = Command::new(setup.binary);
        command
            .args(["up", "--json", "--no-open", "--addr", "127.0.0.1:0"])
            .env("WEALD_HOME", setup.home)
            .env("WEALD_LOG__LEVEL", setup.log_level)
            // One user makes all the streams here; the limit is for a person's browsers.
            .env("WEALD_LIMITS__STREAMS_PER_USER", "100000")
            .stderr(File::create(&log)?);
        if let Some(database) = setup.database {
            command.env("WEALD_DATABASE__URL", database);
        }
        let mut process = Process::start(&mut command)?;
        let mut line = String::new();
        BufReader::new(process.stdout()?).read_line(&mut line)?;
        let ready = serde_json::from_str(&line).with_context(|| {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            format!("weald up printed {line:?} and said {:?}", said.trim())
        })?;
        Ok(Self { process, ready })
    }

    /// The process and its children.
    pub(crate) fn tree(&self) -> crate::process::Tree {
        self.process.tree()
    }

    /// The base address.
    pub(crate) fn url(&self) -> &str {
        &self.ready.url
    }
}

/// Starts Weald on an empty data folder of its own, and an empty database if one is given.
pub(crate) async fn start(
    binary: &Path,
    stand_in: &StandIn,
    database: Option<String>,
) -> Result<Target> {
    let folder = tempfile::tempdir().context("cannot make a data folder")?;
    let home = folder.path().join("home");
    let setup = Setup {
        database: database.as_deref(),
        ..Setup::plain(binary, &home)
    };
    let target = start_in(setup, stand_in).await?;
    let who = match database {
        None => Who::Weald,
        Some(_) => Who::OnPostgres,
    };
    // A setting that was passed over would make both the same.
    let has_file = seed::database(&home).is_some();
    ensure!(
        has_file == (who == Who::Weald),
        "the tables of {who:?} are not where they were asked for"
    );
    Ok(Target {
        who,
        folder: Some(folder),
        ..target
    })
}

/// Starts Weald on a new data folder, and makes a provider and a preset that lead to the stand-in.
pub(crate) async fn start_in(setup: Setup<'_>, stand_in: &StandIn) -> Result<Target> {
    let Weald { process, ready } = Weald::start(setup)?;
    let token = ready
        .token
        .context("the ready line of a first start has no token")?;
    let client = client()?;
    let base = ready.url.trim_end_matches('/');
    let provider = json!({
        "id": PROVIDER,
        "kind": "openai_compatible",
        "display_name": "Stand-in",
        "base_url": format!("http://{}/v1", stand_in.address()),
        "models": ["bench"],
    });
    create(
        &client,
        &format!("{base}/api/providers/create"),
        &token,
        &provider,
    )
    .await?;
    let preset = json!({
        "id": PRESET,
        "name": "Bench",
        "model": {"name": format!("{PROVIDER}/bench")},
        "toolsets": [],
    });
    create(
        &client,
        &format!("{base}/api/presets/create"),
        &token,
        &preset,
    )
    .await?;
    Ok(Target {
        who: Who::Weald,
        wire: Wire::Weald,
        url: format!("{base}/api/conversations/run"),
        client,
        token: Some(token),
        process: Some(process),
        folder: None,
    })
}

async fn create(client: &Client, url: &str, token: &str, body: &Value) -> Result<()> {
    let answer = client
        .post(url)
        .bearer_auth(token)
        .json(body)
        .send()
        .await?;
    let status = answer.status();
    let text = answer.text().await?;
    ensure!(status.is_success(), "{url} answered {status}: {text}");
    Ok(())
}

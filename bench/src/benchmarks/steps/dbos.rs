//! DBOS, the Python package: a process that makes steps when it is asked to.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use sqlx::{Connection as _, PgConnection};

use super::{Measured, Round};

const PROGRAM: &str = include_str!("dbos.py");

/// What its workflows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One workflow after the other, of one step each.
    One,
    /// One workflow per lane, one step after the other.
    Many,
}

impl Shape {
    pub(super) const ALL: [Self; 2] = [Self::One, Self::Many];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::One => "workflows of 1 step",
            Self::Many => "steps of a workflow",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Many => "many",
        }
    }
}

/// The running process.
pub(super) struct Dbos {
    process: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
    version: String,
    database: String,
}

#[derive(Deserialize)]
struct Ready {
    version: String,
}

#[derive(Deserialize)]
struct Done {
    steps: u64,
    seconds: f64,
}

impl Dbos {
    /// Starts it on an empty database.
    pub(super) fn start(python: &Path, database: String) -> Result<Self> {
        let mut process = Command::new(python)
            .args(["-c", PROGRAM, &database])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", python.display()))?;
        let mut dbos = Self {
            asks: process.stdin.take().context("no input")?,
            answers: BufReader::new(process.stdout.take().context("no output")?),
            version: String::new(),
            process,
            database,
        };
        let Ready { version } = serde_json::from_str(&dbos.answer()?)?;
        dbos.version = version;
        Ok(dbos)
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Makes steps until the time is over; what it says it made was also found.
    pub(super) async fn run(&mut self, shape: Shape, round: Round) -> Result<Measured> {
        let before = self.recorded().await?;
        let (width, seconds) = (round.width, round.time.as_secs_f64());
        writeln!(self.asks, "{} {width} {seconds}", shape.word())?;
        let Done { steps, seconds } = serde_json::from_str(&self.answer()?)?;
        let found = self.recorded().await? - before;
        ensure!(found == steps, "DBOS recorded {found} of {steps} steps");
        Ok(Measured {
            steps,
            commits: steps,
            seconds,
        })
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(
            !line.is_empty(),
            "DBOS has ended: {:?}",
            self.process.wait()
        );
        Ok(line)
    }

    async fn recorded(&self) -> Result<u64> {
        let mut connection = PgConnection::connect(&self.database).await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM dbos.operation_outputs")
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok(u64::try_from(count)?)
    }
}

impl Drop for Dbos {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

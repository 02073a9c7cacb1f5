//! Durable steps: how many a second the store journals, beside a bare group commit on the same
//! engine in the same rounds, and beside DBOS.

mod call;
mod case;
mod count;
mod dbos;
mod floor;
mod home;
mod session;
mod time;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use weald_domain::tool::EffectClass;

use self::case::{Case, Engine, Ground};
use self::dbos::{Dbos, Shape};
use crate::options::Options;
use crate::postgres::{self, Postgres};
use crate::quantile::median;
use crate::table::{Goal, Row, Table};

/// Lanes at once: a single one, and many.
const WIDTHS: [u32; 2] = [1, 32];
const EFFECTS: [EffectClass; 4] = [
    EffectClass::Pure,
    EffectClass::Idempotent,
    EffectClass::Probe,
    EffectClass::Once,
];
const GOAL: f64 = 0.5;
/// The share of a round of streams that one of the many cases here is given.
const SHARE: u32 = 4;

/// What one round of one case is.
#[derive(Debug, Clone, Copy)]
struct Round {
    width: u32,
    time: Duration,
}

/// What was done in a round, and found afterwards.
#[derive(Debug, Clone, Copy)]
struct Measured {
    steps: u64,
    commits: u64,
    seconds: f64,
}

impl Measured {
    #[expect(clippy::cast_precision_loss, reason = "counts of seconds")]
    fn steps_per_second(self) -> f64 {
        self.steps as f64 / self.seconds
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of seconds")]
    fn commits_per_step(self) -> f64 {
        self.commits as f64 / self.steps.max(1) as f64
    }

    fn commits_per_second(self) -> f64 {
        self.steps_per_second() * self.commits_per_step()
    }
}

/// Measures and answers the table.
pub(crate) async fn run(options: &Options) -> Result<Table> {
    let mut remarks = remarks(options);
    let folder = tempfile::tempdir()?;
    let mut grounds = vec![Ground::sqlite(folder.path()).await.context("SQLite")?];
    let server = Postgres::start()?;
    match &server {
        Some(server) => {
            let home = folder.path().join("postgres");
            grounds.push(
                Ground::postgres(&home, server)
                    .await
                    .context("PostgreSQL")?,
            );
        }
        None => remarks.push(format!("SKIPPED on PostgreSQL: {}", postgres::MISSING)),
    }
    let mut dbos = None;
    match (&options.dbos, &server) {
        (Some(python), Some(server)) => {
            dbos = Some(Dbos::start(python, server.database().await?).context("DBOS")?);
        }
        (None, _) => remarks.push("SKIPPED: DBOS, no --dbos PYTHON was given".to_owned()),
        (Some(_), None) => remarks.push("SKIPPED: DBOS, there is no PostgreSQL".to_owned()),
    }
    let mut field = Field {
        cases: cases(&grounds),
        grounds,
        dbos,
        references: vec![],
    };
    field.take(options).await?;
    let rows = field.rows();
    field.close().await;
    Ok(Table {
        title: "steps: a tool call as the engine journals it, over a bare group commit".to_owned(),
        columns: vec!["steps/s", "commits/step", "commits/s", "floor"],
        rows,
        steal: 0.0,
        remarks,
    })
}

fn remarks(options: &Options) -> Vec<String> {
    let folder: PathBuf = std::env::temp_dir();
    vec![
        format!(
            "{} rounds of {:?} in turns, floor and Weald next to each other; medians, the judged \
             ratio too; figures of a busy machine are worthless",
            options.rounds,
            time_of(options)
        ),
        "floor: one row of as many bytes per commit; SQLite: WAL, FULL, whatever queued is one \
         transaction; PostgreSQL: synchronous_commit on, a connection per lane"
            .to_owned(),
        "every result, step, audit entry and row of the floor was found in its table afterwards"
            .to_owned(),
        format!("all files are below {}", folder.display()),
    ]
}

/// How long a case runs in a round.
fn time_of(options: &Options) -> Duration {
    options.round / SHARE
}

fn cases(grounds: &[Ground]) -> Vec<Case> {
    let mut cases = vec![];
    for (place, ground) in grounds.iter().enumerate() {
        for width in WIDTHS {
            for effect in EFFECTS {
                cases.push(Case::new(place, ground.engine, width, effect));
            }
        }
    }
    cases
}

/// What DBOS did of one shape.
struct Reference {
    shape: Shape,
    width: u32,
    rates: Vec<f64>,
}

/// Everything that is measured in turns.
struct Field {
    cases: Vec<Case>,
    grounds: Vec<Ground>,
    dbos: Option<Dbos>,
    references: Vec<Reference>,
}

impl Field {
    /// Warms up, then takes the rounds, each with another case first.
    async fn take(&mut self, options: &Options) -> Result<()> {
        let time = time_of(options);
        if self.dbos.is_some() {
            for shape in Shape::ALL {
                self.references.extend(WIDTHS.map(|width| Reference {
                    shape,
                    width,
                    rates: vec![],
                }));
            }
        }
        for case in &mut self.cases {
            let ground = &mut self.grounds[case.place];
            case.measure(ground, time / 8, 0).await?;
            case.forget();
        }
        for round in 0..options.rounds {
            let count = self.cases.len();
            for step in 0..count {
                let case = &mut self.cases[(round + step) % count];
                let ground = &mut self.grounds[case.place];
                let measured = case.measure(ground, time, round).await;
                measured.with_context(|| case.name())?;
            }
            if let Some(dbos) = &mut self.dbos {
                for one in &mut self.references {
                    let width = one.width;
                    let measured = dbos.run(one.shape, Round { width, time }).await?;
                    one.rates.push(measured.steps_per_second());
                }
            }
        }
        Ok(())
    }

    fn rows(&self) -> Vec<Row> {
        let cases = self.cases.iter().map(|case| Row {
            what: case.name(),
            figures: vec![
                Some(case.median(|pair| pair.weald.steps_per_second())),
                Some(case.median(|pair| pair.weald.commits_per_step())),
                Some(case.median(|pair| pair.weald.commits_per_second())),
                Some(case.median(|pair| pair.floor.commits_per_second())),
            ],
            judged: Some(case.median(case::Pair::ratio)),
            goal: Goal::AtLeast(GOAL),
        });
        let version = self.dbos.as_ref().map_or("", Dbos::version);
        let references = self.references.iter().map(|one| Row {
            what: format!(
                "DBOS {version}, PostgreSQL, {}, {} wide",
                one.shape.name(),
                one.width
            ),
            figures: vec![Some(median(&one.rates)), None, None, None],
            judged: None,
            goal: Goal::None,
        });
        let rows: Vec<Row> = cases.chain(references).collect();
        rows.into_iter().chain(self.beside_dbos()).collect()
    }

    /// How many steps Weald makes in the time of one step of DBOS.
    fn beside_dbos(&self) -> impl Iterator<Item = Row> + '_ {
        let many = self
            .references
            .iter()
            .filter(|one| one.shape == Shape::Many);
        many.filter_map(|one| {
            let case = self.cases.iter().find(|case| {
                let wanted = (Engine::Postgres, one.width, EffectClass::Once);
                (case.engine, case.width, case.effect) == wanted
            })?;
            let weald = case.median(|pair| pair.weald.steps_per_second());
            Some(Row {
                what: format!("once on PostgreSQL over DBOS, {} wide", one.width),
                figures: vec![None; 4],
                judged: Some(weald / median(&one.rates)),
                goal: Goal::None,
            })
        })
    }

    async fn close(self) {
        for ground in self.grounds {
            ground.close().await;
        }
    }
}

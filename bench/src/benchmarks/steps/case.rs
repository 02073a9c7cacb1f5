//! One line of the table: an engine, a number of lanes, an effect class.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use weald_domain::secret::Secret;
use weald_domain::tool::EffectClass;
use weald_store::DatabaseAddress;

use super::floor::Floor;
use super::home::Home;
use super::{Measured, Round};
use crate::postgres::Postgres;
use crate::quantile::median;

/// Where rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Weald's store and the floor, on the same engine and the same disk.
pub(super) struct Ground {
    pub(super) engine: Engine,
    home: Home,
    floor: Floor,
}

impl Ground {
    pub(super) async fn sqlite(folder: &Path) -> Result<Self> {
        Ok(Self {
            engine: Engine::Sqlite,
            home: Home::open(folder, DatabaseAddress::Sqlite).await?,
            floor: Floor::sqlite(folder).await?,
        })
    }

    pub(super) async fn postgres(folder: &Path, server: &Postgres) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let address = DatabaseAddress::Postgres(Secret::new(server.database().await?));
        Ok(Self {
            engine: Engine::Postgres,
            home: Home::open(folder, address).await?,
            floor: Floor::postgres(server.database().await?).await?,
        })
    }

    pub(super) async fn close(self) {
        self.home.close().await;
    }
}

/// Weald and the floor in the same minute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) weald: Measured,
    pub(super) floor: Measured,
}

impl Pair {
    /// What is left of the floor once it is a journal.
    pub(super) fn ratio(self) -> f64 {
        self.weald.commits_per_second() / self.floor.commits_per_second()
    }
}

/// A line, and what was measured of it.
pub(super) struct Case {
    /// Which of the grounds.
    pub(super) place: usize,
    pub(super) engine: Engine,
    pub(super) width: u32,
    pub(super) effect: EffectClass,
    rounds: Vec<Pair>,
}

impl Case {
    pub(super) fn new(place: usize, engine: Engine, width: u32, effect: EffectClass) -> Self {
        Self {
            place,
            engine,
            width,
            effect,
            rounds: vec![],
        }
    }

    pub(super) fn name(&self) -> String {
        let effect = match self.effect {
            EffectClass::Pure => "pure",
            EffectClass::Idempotent => "idempotent",
            EffectClass::Probe => "probe",
            EffectClass::Once => "once",
        };
        format!(
            "{:10}  {effect:10}  {:2} wide",
            self.engine.name(),
            self.width
        )
    }

    /// Measures both, in every other round the floor first.
    pub(super) async fn measure(
        &mut self,
        ground: &mut Ground,
        time: Duration,
        round: usize,
    ) -> Result<()> {
        let width = self.width;
        let one = Round { width, time };
        let sizes = ground.home.sizes(self.effect)?;
        let pair = if round.is_multiple_of(2) {
            let weald = ground.home.run(one, self.effect).await?;
            let floor = ground.floor.run(one, &sizes).await?;
            Pair { weald, floor }
        } else {
            let floor = ground.floor.run(one, &sizes).await?;
            let weald = ground.home.run(one, self.effect).await?;
            Pair { weald, floor }
        };
        self.rounds.push(pair);
        Ok(())
    }

    /// Forgets what was measured to warm up.
    pub(super) fn forget(&mut self) {
        self.rounds.clear();
    }

    /// The median of a figure over the rounds.
    pub(super) fn median(&self, figure: impl Fn(Pair) -> f64) -> f64 {
        let figures: Vec<f64> = self.rounds.iter().copied().map(figure).collect();
        median(&figures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_two_commits_is_judged_by_its_commits() {
        let measured = |steps, commits| Measured {
            steps,
            commits,
            seconds: 2.0,
        };
        let pair = Pair {
            weald: measured(1_000, 2_000),
            floor: measured(3_200, 3_200),
        };
        assert_eq!(pair.ratio(), 0.625);
    }
}

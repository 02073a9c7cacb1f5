//! The machine: how much of it was taken away while we measured, and how many files it lets us open.

use anyhow::{Context, Result};
use rustix::process::{Resource, getrlimit, setrlimit};

/// Processor time of the whole machine, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticks {
    total: u64,
    steal: u64,
}

impl Ticks {
    /// Reads the counters of the kernel.
    pub(crate) fn now() -> Result<Self> {
        let text = std::fs::read_to_string("/proc/stat").context("cannot read /proc/stat")?;
        Self::parse(&text).context("/proc/stat has no line of all processors")
    }

    fn parse(text: &str) -> Option<Self> {
        let line = text.lines().find_map(|line| line.strip_prefix("cpu "))?;
        // user nice system idle iowait irq softirq steal; guest time is already in user.
        let fields: Vec<u64> = line
            .split_whitespace()
            .take(8)
            .map_while(|field| field.parse().ok())
            .collect();
        Some(Self {
            total: fields.iter().sum(),
            steal: *fields.get(7)?,
        })
    }

    /// The share of the machine's time that a neighbour took since `earlier`.
    pub(crate) fn steal_since(self, earlier: Self) -> f64 {
        let total = self.total.saturating_sub(earlier.total);
        let steal = self.steal.saturating_sub(earlier.steal);
        #[expect(
            clippy::cast_precision_loss,
            reason = "counters of seconds, not of centuries"
        )]
        let share = steal as f64 / total.max(1) as f64;
        share
    }
}

/// Lets this process and its children open as many files as the system allows.
pub(crate) fn raise_open_files() -> Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).context("cannot raise the limit of open files")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steal_is_a_share_of_all_ticks_between() {
        let earlier = Ticks::parse("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1").unwrap();
        let later = Ticks::parse("cpu  150 0 120 820 0 0 0 10 0 0\n").unwrap();
        assert_eq!(later.steal_since(earlier), 0.1);
    }
}

//! A child process and its descendants: started, measured, ended.

use std::collections::HashMap;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

/// A process that ends when this is dropped.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts a command with its output on a pipe.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        Ok(Self { child })
    }

    /// Its output, once.
    pub(crate) fn stdout(&mut self) -> Result<std::process::ChildStdout> {
        self.child
            .stdout
            .take()
            .context("the output was already taken")
    }

    /// The process and all its descendants.
    pub(crate) fn tree(&self) -> Tree {
        Tree {
            root: self.child.id(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let deadline = Instant::now() + Duration::from_secs(15);
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process with its descendants, found anew at every look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tree {
    root: u32,
}

impl Tree {
    /// Processor time of the tree so far, in seconds. A child that ended was waited for by its
    /// parent, so its time is counted there.
    pub(crate) fn cpu_seconds(self) -> f64 {
        let ticks: u64 = self.pids().into_iter().filter_map(cpu_ticks).sum();
        #[expect(clippy::cast_precision_loss, reason = "ticks of minutes")]
        let ticks = ticks as f64;
        ticks / TICKS_PER_SECOND
    }

    /// Memory of the tree in MiB, shared pages divided among those who share them.
    pub(crate) fn pss_mib(self) -> f64 {
        let kib: u32 = self.pids().into_iter().filter_map(pss_kib).sum();
        f64::from(kib) / 1024.0
    }

    fn pids(self) -> Vec<u32> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for (pid, parent) in processes() {
            children.entry(parent).or_default().push(pid);
        }
        let mut found = vec![self.root];
        let mut next = 0;
        while let Some(pid) = found.get(next) {
            found.extend(children.remove(pid).unwrap_or_default());
            next += 1;
        }
        found
    }
}

/// What `times` counts in on Linux, fixed by its interface to programs.
const TICKS_PER_SECOND: f64 = 100.0;

fn processes() -> impl Iterator<Item = (u32, u32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        Some((pid, stat_fields(pid)?.first()?.parse().ok()?))
    })
}

/// The fields of `/proc/<pid>/stat` from the parent's id on; the name before may hold spaces.
fn stat_fields(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    Some(rest.split_whitespace().skip(1).map(str::to_owned).collect())
}

/// User and system time of a process and of the children it has waited for.
fn cpu_ticks(pid: u32) -> Option<u64> {
    let fields = stat_fields(pid)?;
    fields
        .get(10..14)?
        .iter()
        .map(|field| field.parse::<u64>().ok())
        .sum()
}

fn pss_kib(pid: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};

    use super::*;

    #[test]
    fn a_tree_holds_the_children_of_its_root() {
        // The shell takes its child along when it is asked to end.
        let mut command = Command::new("/bin/sh");
        let mut process = Process::start(command.args([
            "-c",
            "trap 'kill $!; exit' TERM; sleep 60 & echo ready; wait",
        ]))
        .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout().unwrap())
            .read_line(&mut line)
            .unwrap();

        let pids = process.tree().pids();

        assert_eq!(pids.len(), 2, "{pids:?}");
        assert!(process.tree().pss_mib() > 0.0);
    }

    #[test]
    fn processor_time_that_was_used_is_counted() {
        let mut command = Command::new("/bin/sh");
        let busy = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; exec sleep 60";
        let mut process = Process::start(command.args(["-c", busy])).unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout().unwrap())
            .read_line(&mut line)
            .unwrap();

        assert!(process.tree().cpu_seconds() > 0.05);
    }
}

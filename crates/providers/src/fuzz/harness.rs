//! The loop: mutate, run, keep what behaves in a new way, stop at the first fault.

use std::{
    any::Any,
    collections::HashSet,
    hash::{DefaultHasher, Hasher as _},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use super::mutate::Mutator;

/// Longest input, bytes.
const INPUT_MAX: usize = 16 * 1024;
/// Most inputs that are kept to go on from.
const KEPT_MAX: usize = 4096;

/// What a target did with an input: a fault, or a fingerprint of its behaviour.
pub(super) type Verdict = Result<u64, String>;

/// Something that reads foreign bytes.
pub(super) struct Target {
    pub(super) seeds: Vec<Vec<u8>>,
    pub(super) run: fn(&[u8]) -> Verdict,
}

/// For how long, from which seed, and how long one input may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    pub(super) time: Duration,
    pub(super) seed: u64,
    pub(super) patience: Duration,
}

/// An input that breaks a property.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) input: Vec<u8>,
    pub(super) fault: String,
}

/// How much was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) runs: u64,
    pub(super) kept: usize,
}

/// A number of what an input made a target do.
pub(super) fn fingerprint(of: impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Runs a target on its seeds and then on what becomes of them, until the time is up.
pub(super) fn fuzz(target: &Target, effort: Effort) -> Result<Done, Finding> {
    let worker = Worker::start(target.run);
    let until = Instant::now() + effort.time;
    let mut mutator = Mutator::new(effort.seed);
    let mut kept: Vec<Vec<u8>> = Vec::new();
    let mut seen = HashSet::new();
    let mut runs = 0;
    let mut seeds = target.seeds.iter().cloned();
    loop {
        let (input, is_seed) = match seeds.next() {
            Some(seed) => (seed, true),
            None if Instant::now() >= until => break,
            None => (mutator.next(&kept, INPUT_MAX), false),
        };
        runs += 1;
        let behaviour = worker.run(input.clone(), effort.patience);
        let behaviour = match behaviour {
            Ok(behaviour) => behaviour,
            Err(fault) => return Err(smallest(&worker, input, fault, effort.patience)),
        };
        if (seen.insert(behaviour) || is_seed) && kept.len() < KEPT_MAX {
            kept.push(input);
        }
    }
    Ok(Done {
        runs,
        kept: kept.len(),
    })
}

/// The finding with as much taken out as still shows a fault. A hang is left as it is: its thread
/// does not come back.
fn smallest(worker: &Worker, mut input: Vec<u8>, mut fault: String, patience: Duration) -> Finding {
    let mut size = input.len() / 2;
    while size > 0 && fault != HANG {
        let mut at = 0;
        while at < input.len() {
            let mut less = input.clone();
            less.drain(at..(at + size).min(input.len()));
            match worker.run(less.clone(), patience) {
                Err(still) if still != HANG => (input, fault) = (less, still),
                Ok(_) | Err(_) => at += size,
            }
        }
        size /= 2;
    }
    Finding { input, fault }
}

/// The thread that runs inputs, so that one that never ends is noticed.
struct Worker {
    inputs: SyncSender<Vec<u8>>,
    verdicts: Receiver<Verdict>,
}

/// The fault of an input that took too long. Its thread is lost, and nothing runs after it.
const HANG: &str = "it does not come to an end";

impl Worker {
    fn start(run: fn(&[u8]) -> Verdict) -> Self {
        let (inputs, taken) = sync_channel::<Vec<u8>>(1);
        let (told, verdicts) = sync_channel(1);
        thread::spawn(move || {
            while let Ok(input) = taken.recv() {
                let verdict = catch_unwind(AssertUnwindSafe(|| run(&input)));
                let verdict = verdict.unwrap_or_else(|panic| Err(words_of(&*panic)));
                if told.send(verdict).is_err() {
                    return;
                }
            }
        });
        Self { inputs, verdicts }
    }

    fn run(&self, input: Vec<u8>, patience: Duration) -> Verdict {
        if self.inputs.send(input).is_err() {
            return Err("the thread of the target is gone".to_owned());
        }
        match self.verdicts.recv_timeout(patience) {
            Ok(verdict) => verdict,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(HANG.to_owned()),
        }
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", words.unwrap_or("without a word"))
}

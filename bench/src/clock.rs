//! One clock for every process of a run: the kernel's monotonic clock, in microseconds.

use rustix::time::{ClockId, clock_gettime};

/// Microseconds since the machine started; the same in every process.
pub(crate) fn now_us() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let micros = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000;
    u64::try_from(micros).unwrap_or_default()
}

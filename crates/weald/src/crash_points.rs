//! Crashes on purpose, for tests: a fail point that panics ends the process on the spot, as kill -9
//! would, at exactly that boundary; one with a text of its own panics as any fault does. Absent from every build but that of the tests.

/// Reads `FAILPOINTS` when this build has fail points; does nothing otherwise.
pub(crate) fn arm() {
    if !fail::has_failpoints() {
        return;
    }
    std::panic::set_hook(Box::new(|panic| {
        let text = panic.payload_as_str().unwrap_or_default();
        if text.starts_with("failpoint ") {
            std::process::abort();
        }
    }));
    // Kept for the life of the process.
    std::mem::forget(fail::FailScenario::setup());
}

//! Token counts of the wire.

use serde_json::{Map, Value};
use weald_domain::model::Usage;

/// Takes the counts out of the last line; none when it has none.
pub(super) fn take(line: &mut Map<String, Value>) -> Option<Usage> {
    let input = line.remove("prompt_eval_count");
    let output = line.remove("eval_count");
    if input.is_none() && output.is_none() {
        return None;
    }
    let count = |value: Option<Value>| value.and_then(|value| value.as_u64()).unwrap_or(0);
    let (input, output) = (count(input), count(output));
    Some(Usage {
        input,
        output,
        total: input.saturating_add(output),
        requests: 1,
        ..Usage::default()
    })
}

//! Token counts of the wire. It counts cached input apart; Weald counts it in.

use serde_json::{Map, Value, json};
use weald_domain::model::Usage;

/// Reads a `usage` over what was known before: each is a snapshot, but later ones name less.
pub(super) fn decode(before: Usage, usage: &Map<String, Value>) -> Usage {
    let count = |member: &str| usage.get(member).and_then(Value::as_u64);
    let cache_read = count("cache_read_input_tokens").unwrap_or(before.cache_read);
    let cache_write = count("cache_creation_input_tokens").unwrap_or(before.cache_write);
    let fresh_before = before
        .input
        .saturating_sub(before.cache_read)
        .saturating_sub(before.cache_write);
    let fresh = count("input_tokens").unwrap_or(fresh_before);
    let input = fresh.saturating_add(cache_read).saturating_add(cache_write);
    let output = count("output_tokens").unwrap_or(before.output);
    let thought = usage.get("output_tokens_details");
    let thought = thought.and_then(|details| details.get("thinking_tokens")?.as_u64());
    Usage {
        input,
        output,
        cache_read,
        cache_write,
        reasoning: thought.unwrap_or(before.reasoning),
        total: input.saturating_add(output),
        requests: 1,
    }
}

/// Writes a `usage`.
pub(super) fn encode(usage: &Usage) -> Value {
    let fresh = usage
        .input
        .saturating_sub(usage.cache_read)
        .saturating_sub(usage.cache_write);
    let mut members = json!({
        "input_tokens": fresh,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "output_tokens": usage.output,
    });
    if usage.reasoning > 0 {
        members["output_tokens_details"] = json!({"thinking_tokens": usage.reasoning});
    }
    members
}

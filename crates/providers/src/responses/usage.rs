//! Token counts of the wire.

use serde_json::{Map, Value, json};
use weald_domain::model::Usage;

/// Reads the `usage` of a response.
pub(super) fn decode(usage: &Map<String, Value>) -> Usage {
    let count = |member: &str| usage.get(member).and_then(Value::as_u64).unwrap_or(0);
    let detail = |group: &str, member: &str| {
        let group = usage.get(group);
        let value = group.and_then(|group| group.get(member)?.as_u64());
        value.unwrap_or(0)
    };
    let (input, output) = (count("input_tokens"), count("output_tokens"));
    let total = usage.get("total_tokens").and_then(Value::as_u64);
    Usage {
        input,
        output,
        cache_read: detail("input_tokens_details", "cached_tokens"),
        cache_write: detail("input_tokens_details", "cache_write_tokens"),
        reasoning: detail("output_tokens_details", "reasoning_tokens"),
        total: total.unwrap_or(input.saturating_add(output)),
        requests: 1,
    }
}

/// Writes the `usage` of a response.
pub(super) fn encode(usage: &Usage) -> Value {
    json!({
        "input_tokens": usage.input,
        "input_tokens_details": {
            "cached_tokens": usage.cache_read, "cache_write_tokens": usage.cache_write,
        },
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.total,
    })
}

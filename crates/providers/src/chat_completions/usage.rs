//! Token counts of the wire.

use serde_json::{Map, Value, json};
use weald_domain::model::Usage;

/// Reads the `usage` member of a chunk, whichever server wrote it.
pub(super) fn decode(usage: &Map<String, Value>) -> Usage {
    let count = |member: &str| usage.get(member).and_then(Value::as_u64);
    let detail = |group: &str, member: &str| {
        let group = usage.get(group)?;
        group.get(member).and_then(Value::as_u64)
    };
    let input = count("prompt_tokens").unwrap_or(0);
    let output = count("completion_tokens").unwrap_or(0);
    Usage {
        input,
        output,
        cache_read: detail("prompt_tokens_details", "cached_tokens")
            .or_else(|| count("prompt_cache_hit_tokens"))
            .unwrap_or(0),
        cache_write: detail("prompt_tokens_details", "cache_write_tokens").unwrap_or(0),
        reasoning: detail("completion_tokens_details", "reasoning_tokens")
            .or_else(|| count("reasoning_tokens"))
            .unwrap_or(0),
        total: count("total_tokens").unwrap_or(input.saturating_add(output)),
        requests: 1,
    }
}

/// Writes the `usage` member of the last chunk.
pub(super) fn encode(usage: &Usage) -> Value {
    json!({
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.total,
        "prompt_tokens_details": {
            "cached_tokens": usage.cache_read,
            "cache_write_tokens": usage.cache_write,
        },
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    })
}

/// The members of a `usage` that [`decode`] does not read, such as a price.
pub(super) fn rest(usage: Map<String, Value>) -> Option<Value> {
    let known = [
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "completion_tokens_details",
        "prompt_cache_hit_tokens",
        "prompt_cache_miss_tokens",
        "reasoning_tokens",
    ];
    let rest: Map<String, Value> = usage
        .into_iter()
        .filter(|(member, value)| !known.contains(&member.as_str()) && !value.is_null())
        .collect();
    (!rest.is_empty()).then(|| json!({"usage": rest}))
}

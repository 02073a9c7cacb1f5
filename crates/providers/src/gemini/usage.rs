//! Token counts of the wire: each chunk has a snapshot. Thoughts are counted beside the answer.

use serde_json::{Map, Value, json};
use weald_domain::model::Usage;

/// Reads a `usageMetadata`.
pub(super) fn decode(usage: &Map<String, Value>) -> Usage {
    let count = |member: &str| usage.get(member).and_then(Value::as_u64).unwrap_or(0);
    let input = count("promptTokenCount").saturating_add(count("toolUsePromptTokenCount"));
    let reasoning = count("thoughtsTokenCount");
    let output = count("candidatesTokenCount").saturating_add(reasoning);
    let total = usage.get("totalTokenCount").and_then(Value::as_u64);
    Usage {
        input,
        output,
        cache_read: count("cachedContentTokenCount"),
        cache_write: 0,
        reasoning,
        total: total.unwrap_or(input.saturating_add(output)),
        requests: 1,
    }
}

/// Writes a `usageMetadata`.
pub(super) fn encode(usage: &Usage) -> Value {
    json!({
        "promptTokenCount": usage.input,
        "candidatesTokenCount": usage.output.saturating_sub(usage.reasoning),
        "thoughtsTokenCount": usage.reasoning,
        "cachedContentTokenCount": usage.cache_read,
        "totalTokenCount": usage.total,
    })
}

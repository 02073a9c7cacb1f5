//! The list of models of this wire.

use serde_json::Value;
use weald_domain::model::OfferedModel;

/// Reads `{"data": [{"id": …}]}`, or the bare array that some servers send.
#[must_use]
pub fn decode(list: &Value) -> Option<Vec<OfferedModel>> {
    let entries = list.get("data").unwrap_or(list).as_array()?;
    Some(entries.iter().filter_map(entry).collect())
}

fn entry(entry: &Value) -> Option<OfferedModel> {
    let text = |member: &str| entry.get(member).and_then(Value::as_str);
    let number = |path: &str| entry.pointer(path).and_then(Value::as_u64);
    let id = text("id").filter(|id| !id.is_empty())?;
    Some(OfferedModel {
        id: id.to_owned(),
        display_name: text("name")
            .or_else(|| text("display_name"))
            .map(str::to_owned),
        context_window: number("/context_length")
            .or_else(|| number("/context_window"))
            .or_else(|| number("/max_model_len"))
            .or_else(|| number("/max_context_length"))
            .or_else(|| number("/meta/n_ctx")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_lists_of_the_servers_we_know_are_read() {
        let model = |id: &str, name: Option<&str>, context_window| OfferedModel {
            id: id.into(),
            display_name: name.map(str::to_owned),
            context_window,
        };
        let list = json!({"object": "list", "data": [
            {"id": "gpt-5", "object": "model", "owned_by": "openai"},
            {"id": "a/b", "name": "A: B", "context_length": 1000},
            {"id": "vllm", "max_model_len": 2000},
            {"id": "llama", "meta": {"n_ctx": 4096}},
            {"object": "nameless"}
        ]});
        assert_eq!(
            decode(&list),
            Some(vec![
                model("gpt-5", None, None),
                model("a/b", Some("A: B"), Some(1000)),
                model("vllm", None, Some(2000)),
                model("llama", None, Some(4096)),
            ])
        );
        assert_eq!(
            decode(&json!([{"id": "x"}])),
            Some(vec![model("x", None, None)])
        );
        assert_eq!(decode(&json!({"models": []})), None);
    }
}

//! Where every target begins, and what was found before.

use serde_json::json;

use crate::{
    anthropic,
    chat_completions::Dialect,
    gemini, ollama, responses,
    sample::{assistant, full_request, listed, said, user},
    wire::Wire,
};

/// A stream of Chat Completions with all that it can say.
const CHAT_STREAM: &str = concat!(
    ": PROCESSING\n\n",
    r#"data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"Let me ","reasoning_details":[{"type":"reasoning.text","text":"Let me ","index":0}]},"finish_reason":null}]}"#,
    "\n\n",
    r#"data: {"id":"c","choices":[{"index":0,"delta":{"reasoning_details":[{"type":"reasoning.encrypted","data":"ZW5j","index":1}]}}]}"#,
    "\n\n",
    r#"data: {"id":"c","choices":[{"index":0,"delta":{"content":"Grüße 🙂"}}]}"#,
    "\n\n",
    r#"data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"fs_list","arguments":"{\"pa"}}]}}]}"#,
    "\n\n",
    r#"data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"th\":\".\"}"}},{"index":1,"id":"b","function":{"name":"git_status","arguments":"{}"}}]}}]}"#,
    "\n\n",
    r#"data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
    "\n\n",
    r#"data: {"id":"c","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":12,"total_tokens":32,"prompt_tokens_details":{"cached_tokens":16}}}"#,
    "\n\ndata: [DONE]\n\n",
);

/// The stream of a wire with all that it can say.
pub(super) fn stream(wire: Wire) -> &'static str {
    match wire {
        Wire::Chat(_) => CHAT_STREAM,
        Wire::Anthropic => anthropic::FULL_STREAM,
        Wire::Responses => responses::FULL_STREAM,
        Wire::Gemini => gemini::FULL_STREAM,
        Wire::Ollama => ollama::FULL_STREAM,
    }
}

/// Streams to begin with: the whole one, one that fails, and what was found.
pub(super) fn streams(wire: Wire, name: &str) -> Vec<Vec<u8>> {
    let mut seeds = vec![stream(wire).as_bytes().to_vec(), b"data: {}\n\n".to_vec()];
    let error = json!({"type": "error", "error": {"message": "no", "code": "rate_limit"}});
    seeds.push(format!("event: error\ndata: {error}\n\n{error}\n").into_bytes());
    seeds.extend(found(name));
    seeds
}

/// Requests to begin with.
pub(super) fn requests(wire: Wire, name: &str) -> Vec<Vec<u8>> {
    let context = vec![
        user("list"),
        assistant(vec![said("I look."), listed("a", "x y"), listed("b", "z")]),
        assistant(vec![said("x, y and z.")]),
        user("and now?"),
    ];
    let full = wire.encode(&full_request("m", context)).expect("encodes");
    let mut seeds = vec![full.to_string().into_bytes()];
    let odd = match wire {
        Wire::Chat(_) | Wire::Anthropic | Wire::Ollama => json!({
            "model": "m", "stream": true, "max_tokens": 9, "system": [{"type": "text", "text": "x"}],
            "messages": [
                {"role": "system", "content": "x"},
                {"role": "user", "content": [{"type": "text", "text": "x"}]},
                {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "a", "tool_name": "f", "content": "1"},
            ],
        }),
        Wire::Responses => json!({"model": "m", "input": "x", "instructions": "y"}),
        Wire::Gemini => json!({"contents": [{"parts": [{"text": "x"}]}]}),
    };
    seeds.push(odd.to_string().into_bytes());
    seeds.extend(found(name));
    seeds
}

/// The inputs that broke something once, by target.
pub(super) fn found(name: &str) -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/fuzz/corpus");
    let Ok(files) = std::fs::read_dir(format!("{folder}/{name}")) else {
        return vec![];
    };
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    let read = |path| std::fs::read(path).expect("readable");
    paths.into_iter().map(read).collect()
}

/// Chat Completions as most servers speak it.
pub(super) const CHAT: Wire = Wire::Chat(Dialect::Compatible);

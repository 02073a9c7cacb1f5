//! One answer of each server we know.

use super::hear;

#[test]
fn openai_text_with_usage_and_obfuscation() {
    let wire = r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5","service_tier":"default","system_fingerprint":"fp","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"x"}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5","choices":[{"index":0,"delta":{"content":"Hel"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"yz"}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5","choices":[{"index":0,"delta":{"content":"lo"},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":12,"total_tokens":32,"prompt_tokens_details":{"cached_tokens":16,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":8,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}

data: [DONE]

"#;
    assert_eq!(
        hear(wire),
        [
            r#"text "Hel""#,
            r#"text "lo""#,
            "usage in 20 (cached 16) out 12 (reasoning 8) total 32",
            "stop",
        ]
    );
}

#[test]
fn openai_parallel_calls_by_index() {
    let wire = r#"data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"fs_list","arguments":""}}]},"finish_reason":null}]}

data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"pa"}}]},"finish_reason":null}]}

data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"th\":\".\"}"}}]},"finish_reason":null}]}

data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"git_status","arguments":""}}]},"finish_reason":null}]}

data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

data: [DONE]

"#;
    assert_eq!(
        hear(wire),
        [
            "call 0 call_a fs_list",
            r#"args 0 {"pa"#,
            r#"args 0 th":"."}"#,
            "call 1 call_b git_status",
            "args 1 {}",
            "stop for tools",
        ]
    );
}

#[test]
fn openrouter_comments_reasoning_blocks_and_price() {
    let wire = r#": OPENROUTER PROCESSING

data: {"id":"gen-1","provider":"Anthropic","model":"anthropic/claude","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"Let me ","reasoning_details":[{"type":"reasoning.text","text":"Let me ","format":"anthropic-claude-v1","index":0}]},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]}

data: {"id":"gen-1","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"see.","reasoning_details":[{"type":"reasoning.text","text":"see.","format":"anthropic-claude-v1","index":0}]},"finish_reason":null}]}

data: {"id":"gen-1","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":null,"reasoning_details":[{"type":"reasoning.text","signature":"c2ln","format":"anthropic-claude-v1","index":0}]},"finish_reason":null}]}

data: {"id":"gen-1","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning_details":[{"type":"reasoning.encrypted","data":"ZW5j","index":1}]},"finish_reason":null}]}

data: {"id":"gen-1","choices":[{"index":0,"delta":{"role":"assistant","content":"Yes."},"finish_reason":null}]}

data: {"id":"gen-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop","native_finish_reason":"end_turn"}]}

data: {"id":"gen-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":{"prompt_tokens":9,"completion_tokens":7,"total_tokens":16,"cost":0.00012,"cost_details":null,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":4}}}

data: [DONE]

"#;
    assert_eq!(
        hear(wire),
        [
            r#"think "Let me ""#,
            r#"think "see.""#,
            concat!(
                r#"replay {"field":"reasoning","reasoning_details":["#,
                r#"{"type":"reasoning.text","text":"Let me see.","format":"anthropic-claude-v1","#,
                r#""index":0,"signature":"c2ln"},"#,
                r#"{"type":"reasoning.encrypted","data":"ZW5j","index":1}]}"#
            ),
            r#"text "Yes.""#,
            "usage in 9 (cached 0) out 7 (reasoning 4) total 16",
            r#"unknown {"usage":{"cost":0.00012}}"#,
            "stop",
        ]
    );
}

#[test]
fn openrouter_error_in_the_middle() {
    let wire = r#"data: {"id":"gen-1","choices":[{"index":0,"delta":{"content":"Par"},"finish_reason":null}]}

data: {"id":"gen-1","object":"chat.completion.chunk","provider":"X","error":{"code":502,"message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}

data: [DONE]

"#;
    assert_eq!(
        hear(wire),
        [
            r#"text "Par""#,
            "error provider_error: the provider reported an error: Provider disconnected",
        ]
    );
}

#[test]
fn ollama_reasoning_and_a_whole_call_in_one_chunk() {
    let wire = r#"data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"Okay"},"finish_reason":null}]}

data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":"","tool_calls":[{"id":"call_1x","index":0,"type":"function","function":{"name":"fs_read","arguments":"{\"path\":\"a\"}"}}]},"finish_reason":null}]}

data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"tool_calls"}]}

data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,"model":"qwen3","system_fingerprint":"fp_ollama","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11}}

data: [DONE]

"#;
    assert_eq!(
        hear(wire),
        [
            r#"think "Okay""#,
            r#"replay {"field":"reasoning"}"#,
            "call 0 call_1x fs_read",
            r#"args 0 {"path":"a"}"#,
            "usage in 5 (cached 0) out 6 (reasoning 0) total 11",
            "stop for tools",
        ]
    );
}

#[test]
fn llama_cpp_with_timings_and_reasoning_content() {
    let wire = r#"data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1,"id":"chatcmpl-l","model":"m","system_fingerprint":"b1","object":"chat.completion.chunk"}

data: {"choices":[{"finish_reason":null,"index":0,"delta":{"reasoning_content":"mm"}}],"created":1,"id":"chatcmpl-l","model":"m","object":"chat.completion.chunk"}

data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"ok"}}],"created":1,"id":"chatcmpl-l","model":"m","object":"chat.completion.chunk"}

data: {"choices":[{"finish_reason":"length","index":0,"delta":{}}],"created":1,"id":"chatcmpl-l","model":"m","object":"chat.completion.chunk"}

data: {"choices":[],"created":1,"id":"chatcmpl-l","model":"m","object":"chat.completion.chunk","usage":{"completion_tokens":2,"prompt_tokens":3,"total_tokens":5},"timings":{"prompt_n":3}}

data: [DONE]

"#;
    assert_eq!(
        hear(wire),
        [
            r#"think "mm""#,
            r#"replay {"field":"reasoning_content"}"#,
            r#"text "ok""#,
            "usage in 3 (cached 0) out 2 (reasoning 0) total 5",
            r#"unknown {"timings":{"prompt_n":3}}"#,
            "stop at the limit",
        ]
    );
}

#[test]
fn vllm_with_usage_in_every_chunk_and_a_stop_reason() {
    let wire = r#"data: {"id":"chatcmpl-v","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"prompt_token_ids":null,"usage":{"prompt_tokens":4,"total_tokens":4,"completion_tokens":0}}

data: {"id":"chatcmpl-v","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"a"},"logprobs":null,"finish_reason":null,"token_ids":null}],"usage":{"prompt_tokens":4,"total_tokens":5,"completion_tokens":1}}

data: {"id":"chatcmpl-v","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"stop","stop_reason":128009}],"usage":{"prompt_tokens":4,"total_tokens":5,"completion_tokens":1}}

data: [DONE]

"#;
    assert_eq!(
        hear(wire),
        [
            "usage in 4 (cached 0) out 0 (reasoning 0) total 4",
            r#"text "a""#,
            "usage in 4 (cached 0) out 1 (reasoning 0) total 5",
            "stop",
        ]
    );
}

#[test]
fn lm_studio_says_stop_behind_a_call_and_errors_by_event() {
    let wire = r#"data: {"id":"chatcmpl-s","object":"chat.completion.chunk","created":1,"model":"m","system_fingerprint":"m","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"365174485","type":"function","function":{"name":"git_log","arguments":""}}]},"logprobs":null,"finish_reason":null}]}

data: {"id":"chatcmpl-s","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"type":"function","function":{"arguments":"{}"}}]},"logprobs":null,"finish_reason":null}]}

data: {"id":"chatcmpl-s","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}

data: [DONE]

"#;
    assert_eq!(
        hear(wire),
        ["call 0 365174485 git_log", "args 0 {}", "stop for tools"]
    );
    let wire = "event: error\ndata: {\"error\":{\"message\":\"The model has crashed\"}}\n\n";
    assert_eq!(
        hear(wire),
        ["error provider_error: the provider reported an error: The model has crashed"]
    );
}

#[test]
fn deepseek_with_cache_hits() {
    let wire = r#"data: {"id":"d","object":"chat.completion.chunk","created":1,"model":"deepseek-reasoner","system_fingerprint":"fp","choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"We"},"logprobs":null,"finish_reason":null}]}

data: {"id":"d","choices":[{"index":0,"delta":{"content":"Hi","reasoning_content":null},"logprobs":null,"finish_reason":null}]}

data: {"id":"d","choices":[{"index":0,"delta":{"content":"","reasoning_content":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":1},"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":2}}

data: [DONE]

"#;
    assert_eq!(
        hear(wire),
        [
            r#"think "We""#,
            r#"replay {"field":"reasoning_content"}"#,
            r#"text "Hi""#,
            "usage in 10 (cached 8) out 3 (reasoning 1) total 13",
            "stop",
        ]
    );
}

#[test]
fn mistral_content_in_pieces() {
    let wire = r#"data: {"id":"m","choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"so"}]}]},"finish_reason":null}]}

data: {"id":"m","choices":[{"index":0,"delta":{"content":[{"type":"text","text":"A"},{"type":"reference","reference_ids":[1]}]},"finish_reason":"model_length"}]}

data: [DONE]

"#;
    assert_eq!(
        hear(wire),
        [
            r#"think "so""#,
            r#"text "A""#,
            r#"unknown {"content":[{"type":"reference","reference_ids":[1]}]}"#,
            "stop at the limit",
        ]
    );
}

#[test]
fn an_answer_that_is_not_streamed_is_heard_as_well() {
    let body = r#"data: {"id":"w","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"whole","tool_calls":[{"id":"a","type":"function","function":{"name":"x","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}

"#;
    assert_eq!(
        hear(body),
        [
            r#"text "whole""#,
            "call 0 a x",
            "args 0 {}",
            "usage in 1 (cached 0) out 1 (reasoning 0) total 2",
            "stop for tools",
        ]
    );
}

//! The chunk that nearly every chunk is: one choice, one piece of text, nothing else said.
//!
//! It is read without building a document, which takes an eighth of the time. Whatever has any
//! other member with a value is left to the general way, so that nothing is passed over.

use std::borrow::Cow;

use serde::{Deserialize, de::IgnoredAny};

/// What such a chunk says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlainChunk<'a> {
    /// Id of the answer.
    pub(super) id: Cow<'a, str>,
    /// The text.
    pub(super) text: Cow<'a, str>,
}

/// Reads a chunk that says nothing but text.
pub(super) fn read(data: &str) -> Option<PlainChunk<'_>> {
    let chunk: Chunk<'_> = serde_json::from_str(data).ok()?;
    let [choice] = chunk.choices;
    (choice.index == 0).then_some(PlainChunk {
        id: chunk.id,
        text: choice.delta.content,
    })
}

/// The members whose value says nothing, and those that must be null (`()`).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "members that are read only to be known")]
struct Chunk<'a> {
    #[serde(borrow, default)]
    id: Cow<'a, str>,
    #[serde(default)]
    object: IgnoredAny,
    #[serde(default)]
    created: IgnoredAny,
    #[serde(default)]
    model: IgnoredAny,
    #[serde(default)]
    provider: IgnoredAny,
    #[serde(default)]
    system_fingerprint: IgnoredAny,
    #[serde(default)]
    service_tier: IgnoredAny,
    #[serde(default)]
    obfuscation: IgnoredAny,
    #[serde(borrow)]
    choices: [Choice<'a>; 1],
    #[serde(default)]
    usage: (),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "members that are read only to be known")]
struct Choice<'a> {
    #[serde(default)]
    index: u64,
    #[serde(borrow)]
    delta: Delta<'a>,
    #[serde(default)]
    finish_reason: (),
    #[serde(default)]
    native_finish_reason: (),
    #[serde(default)]
    logprobs: (),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "members that are read only to be known")]
struct Delta<'a> {
    #[serde(default)]
    role: IgnoredAny,
    #[serde(borrow)]
    content: Cow<'a, str>,
    #[serde(default)]
    refusal: (),
    #[serde(default)]
    reasoning: (),
    #[serde(default)]
    reasoning_content: (),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_chunk_that_says_text_alone_is_plain() {
        let plain = r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m",
            "service_tier":"x","choices":[{"index":0,"delta":{"role":"assistant","content":"a\nb",
            "refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}"#;
        let read_plain = read(plain).expect("plain");
        assert_eq!((&*read_plain.id, &*read_plain.text), ("c", "a\nb"));
        for other in [
            r#"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
            r#"{"choices":[{"index":1,"delta":{"content":"a"}}]}"#,
            r#"{"choices":[{"delta":{"content":"a","reasoning":"b"}}]}"#,
            r#"{"choices":[{"delta":{"content":"a","tool_calls":[]}}]}"#,
            r#"{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1}}"#,
            r#"{"choices":[{"delta":{"content":"a"}}],"error":{}}"#,
            r#"{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}"#,
            r#"{"choices":[{"delta":{"content":null}}]}"#,
            r#"{"choices":[]}"#,
            "[DONE]",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}

//! Parts of a message, stored as JSON in the format of AI SDK UI-message parts (MY-26).
//!
//! Members keep that format's spelling (camelCase); what Weald adds stands under
//! `providerMetadata.weald`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::id::AssetId;

/// Where a part came from; the label of a run is the union of what entered its context.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Trust {
    /// Weald itself.
    Trusted,
    /// A person.
    User,
    /// The model.
    Model,
    /// A worker's tool, by its id.
    Tool(String),
    /// Text from the network.
    Web,
}

/// The wire form of [`Trust`].
pub type TrustLabel = String;

impl From<Trust> for TrustLabel {
    fn from(trust: Trust) -> Self {
        match trust {
            Trust::Trusted => "trusted".into(),
            Trust::User => "user".into(),
            Trust::Model => "model".into(),
            Trust::Tool(worker) => format!("tool:{worker}"),
            Trust::Web => "web".into(),
        }
    }
}

impl From<TrustLabel> for Trust {
    fn from(label: TrustLabel) -> Self {
        match label.as_str() {
            "trusted" => Self::Trusted,
            "user" => Self::User,
            "model" => Self::Model,
            other => other
                .strip_prefix("tool:")
                .map_or(Self::Web, |worker| Self::Tool(worker.to_owned())),
        }
    }
}

/// Whether a text is still being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextState {
    /// The model speaks.
    Streaming,
    /// Complete, or as complete as it will get.
    Done,
}

/// The kind of a streamed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// Answer text.
    Text,
    /// What the model thinks.
    Reasoning,
}

/// How a tool call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The tool answered.
    Ok,
    /// The tool failed, or could not be called.
    Error,
    /// A person or a rule refused it.
    Denied,
    /// A crash hid what became of it (effect class `once`).
    Unknown,
}

/// Where a tool call stands, with what it has by then.
#[derive(Debug, Clone, PartialEq)]
pub enum ToolState {
    /// The model still writes the arguments: the raw text so far.
    InputStreaming {
        /// Unfinished JSON text.
        raw: String,
    },
    /// The arguments are complete; the call waits for its turn or runs.
    InputAvailable {
        /// The arguments.
        input: Value,
    },
    /// A person is asked.
    ApprovalRequested {
        /// The arguments.
        input: Value,
        /// The approval.
        approval_id: String,
    },
    /// The call ended.
    Ended {
        /// The arguments.
        input: Value,
        /// How it ended.
        outcome: Outcome,
        /// The result, or the error text, as the model sees it.
        output: Value,
        /// How long it ran.
        duration_ms: u64,
        /// Whether the output was cut for the model.
        truncated: bool,
        /// The whole of an output that was cut here.
        asset_ids: Vec<AssetId>,
    },
}

/// A tool call and its result: one part.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolPart {
    /// The provider's id of the call, unique in its message.
    pub call_id: String,
    /// Tool name.
    pub tool: String,
    /// The worker that offers it; none when no worker offers that name.
    pub worker: Option<String>,
    /// One line for a person.
    pub title: Option<String>,
    /// Where it stands.
    pub state: ToolState,
}

impl ToolPart {
    /// The arguments as far as they are complete.
    #[must_use]
    pub const fn input(&self) -> Option<&Value> {
        match &self.state {
            ToolState::InputStreaming { .. } => None,
            ToolState::InputAvailable { input }
            | ToolState::ApprovalRequested { input, .. }
            | ToolState::Ended { input, .. } => Some(input),
        }
    }

    /// Whether the call has not ended.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, ToolState::Ended { .. })
    }
}

/// A typed piece of content.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Text.
    Text {
        /// The text.
        text: String,
        /// Whether it is still being written.
        state: TextState,
        /// Where it came from.
        trust: Trust,
    },
    /// What the model thought, with what the provider needs to see again verbatim.
    Reasoning {
        /// The text.
        text: String,
        /// Whether it is still being written.
        state: TextState,
        /// Signatures and redacted blocks, replayed verbatim to the same provider.
        provider: Option<Value>,
    },
    /// A tool call and its result.
    Tool(ToolPart),
    /// Any other part (file, source, data), kept as it is.
    Other(Map<String, Value>),
}

impl Part {
    /// A finished text of a person.
    #[must_use]
    pub const fn user_text(text: String) -> Self {
        Self::Text {
            text,
            state: TextState::Done,
            trust: Trust::User,
        }
    }

    /// The text of a text part.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            Self::Reasoning { .. } | Self::Tool(_) | Self::Other(_) => None,
        }
    }

    /// The JSON form that is stored and sent.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Text { text, state, trust } => json!({
                "type": "text", "text": text, "state": state,
                "providerMetadata": {"weald": {"trust": trust}},
            }),
            Self::Reasoning {
                text,
                state,
                provider,
            } => {
                let mut weald = Map::new();
                weald.insert("trust".into(), json!(Trust::Model));
                if let Some(provider) = provider {
                    weald.insert("provider".into(), provider.clone());
                }
                json!({
                    "type": "reasoning", "text": text, "state": state,
                    "providerMetadata": {"weald": weald},
                })
            }
            Self::Tool(tool) => tool_to_json(tool),
            Self::Other(members) => Value::Object(members.clone()),
        }
    }

    /// Reads the JSON form; a part it does not know is kept as [`Part::Other`].
    #[must_use]
    pub fn from_json(value: Value) -> Self {
        let Value::Object(members) = value else {
            return Self::Other(Map::from_iter([
                ("type".into(), json!("data-unknown")),
                ("data".into(), value),
            ]));
        };
        let weald = members.get("providerMetadata").and_then(|m| m.get("weald"));
        let state = match members.get("state").and_then(Value::as_str) {
            Some("streaming") => TextState::Streaming,
            _ => TextState::Done,
        };
        let text = |members: &Map<String, Value>| {
            members
                .get("text")
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        match members.get("type").and_then(Value::as_str) {
            Some("text") => match text(&members) {
                Some(text) => Self::Text {
                    text,
                    state,
                    trust: trust_of(weald),
                },
                None => Self::Other(members),
            },
            Some("reasoning") => match text(&members) {
                Some(text) => Self::Reasoning {
                    text,
                    state,
                    provider: weald.and_then(|w| w.get("provider")).cloned(),
                },
                None => Self::Other(members),
            },
            Some("dynamic-tool") => {
                tool_from_json(&members).map_or(Self::Other(members), Self::Tool)
            }
            _ => Self::Other(members),
        }
    }
}

fn trust_of(weald: Option<&Value>) -> Trust {
    let label = weald.and_then(|w| w.get("trust")).and_then(Value::as_str);
    label.map_or(Trust::Web, |label| Trust::from(label.to_owned()))
}

fn tool_to_json(tool: &ToolPart) -> Value {
    let mut out = Map::new();
    let mut weald = Map::new();
    out.insert("type".into(), json!("dynamic-tool"));
    out.insert("toolName".into(), json!(tool.tool));
    out.insert("toolCallId".into(), json!(tool.call_id));
    if let Some(title) = &tool.title {
        out.insert("title".into(), json!(title));
    }
    if let Some(worker) = &tool.worker {
        weald.insert("worker".into(), json!(worker));
        weald.insert("trust".into(), json!(Trust::Tool(worker.clone())));
    }
    match &tool.state {
        ToolState::InputStreaming { raw } => {
            out.insert("state".into(), json!("input-streaming"));
            weald.insert("raw".into(), json!(raw));
        }
        ToolState::InputAvailable { input } => {
            out.insert("state".into(), json!("input-available"));
            out.insert("input".into(), input.clone());
        }
        ToolState::ApprovalRequested { input, approval_id } => {
            out.insert("state".into(), json!("approval-requested"));
            out.insert("input".into(), input.clone());
            out.insert("approval".into(), json!({"id": approval_id}));
        }
        ToolState::Ended {
            input,
            outcome,
            output,
            duration_ms,
            truncated,
            asset_ids,
        } => {
            out.insert("input".into(), input.clone());
            weald.insert("outcome".into(), json!(outcome));
            weald.insert("duration_ms".into(), json!(duration_ms));
            weald.insert("truncated".into(), json!(truncated));
            if !asset_ids.is_empty() {
                weald.insert("asset_ids".into(), json!(asset_ids));
            }
            match outcome {
                Outcome::Ok => {
                    out.insert("state".into(), json!("output-available"));
                    out.insert("output".into(), output.clone());
                }
                Outcome::Denied | Outcome::Error | Outcome::Unknown => {
                    let text = output
                        .as_str()
                        .map_or_else(|| output.to_string(), str::to_owned);
                    out.insert("state".into(), json!("output-error"));
                    out.insert("errorText".into(), json!(text));
                }
            }
        }
    }
    out.insert("callProviderMetadata".into(), json!({"weald": weald}));
    Value::Object(out)
}

fn tool_from_json(members: &Map<String, Value>) -> Option<ToolPart> {
    let text = |key: &str| members.get(key).and_then(Value::as_str).map(str::to_owned);
    let weald = members
        .get("callProviderMetadata")
        .and_then(|m| m.get("weald"));
    let input = members.get("input").cloned().unwrap_or(Value::Null);
    let ended = |outcome: Outcome, output: Value, input: Value| ToolState::Ended {
        input,
        outcome: weald
            .and_then(|w| w.get("outcome"))
            .and_then(|o| serde_json::from_value(o.clone()).ok())
            .unwrap_or(outcome),
        output,
        duration_ms: weald
            .and_then(|w| w.get("duration_ms"))
            .and_then(Value::as_u64)
            .unwrap_or(0),
        truncated: weald
            .and_then(|w| w.get("truncated"))
            .and_then(Value::as_bool)
            .unwrap_or(false),
        asset_ids: weald
            .and_then(|w| w.get("asset_ids"))
            .and_then(|ids| Vec::deserialize(ids).ok())
            .unwrap_or_default(),
    };
    let state = match members.get("state")?.as_str()? {
        "input-streaming" => ToolState::InputStreaming {
            raw: weald
                .and_then(|w| w.get("raw"))
                .and_then(Value::as_str)
                .unwrap_or("")
                .to_owned(),
        },
        "input-available" => ToolState::InputAvailable { input },
        "approval-requested" => ToolState::ApprovalRequested {
            input,
            approval_id: members.get("approval")?.get("id")?.as_str()?.to_owned(),
        },
        "output-available" => ended(
            Outcome::Ok,
            members.get("output").cloned().unwrap_or(Value::Null),
            input,
        ),
        "output-error" => ended(
            Outcome::Error,
            json!(text("errorText").unwrap_or_default()),
            input,
        ),
        _ => return None,
    };
    Some(ToolPart {
        call_id: text("toolCallId")?,
        tool: text("toolName")?,
        worker: weald
            .and_then(|w| w.get("worker"))
            .and_then(Value::as_str)
            .map(str::to_owned),
        title: text("title"),
        state,
    })
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from_json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(part: &Part) {
        assert_eq!(&Part::from_json(part.to_json()), part);
    }

    #[test]
    fn every_part_reads_back() {
        round_trip(&Part::user_text("hi".into()));
        round_trip(&Part::Reasoning {
            text: "hm".into(),
            state: TextState::Streaming,
            provider: Some(json!({"signature": "x"})),
        });
        let tool = |state| {
            Part::Tool(ToolPart {
                call_id: "c1".into(),
                tool: "fs_list".into(),
                worker: Some("fs-worker".into()),
                title: None,
                state,
            })
        };
        round_trip(&tool(ToolState::InputStreaming {
            raw: "{\"pa".into(),
        }));
        round_trip(&tool(ToolState::InputAvailable {
            input: json!({"path": "."}),
        }));
        round_trip(&tool(ToolState::ApprovalRequested {
            input: json!({}),
            approval_id: "a".into(),
        }));
        for outcome in [
            Outcome::Ok,
            Outcome::Error,
            Outcome::Denied,
            Outcome::Unknown,
        ] {
            round_trip(&tool(ToolState::Ended {
                input: json!({}),
                outcome,
                output: json!("text"),
                duration_ms: 3,
                truncated: true,
                asset_ids: vec![AssetId(uuid::Uuid::from_u128(7))],
            }));
        }
    }

    #[test]
    fn an_unknown_part_is_kept_as_it_is() {
        let file = json!({"type": "file", "mediaType": "image/png", "url": "asset:1"});
        assert_eq!(Part::from_json(file.clone()).to_json(), file);
    }
}

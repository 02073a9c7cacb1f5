//! Messages of a context as contents of the wire.

use serde_json::{Value, json};
use weald_domain::{
    message::{Outcome, Part, Role, ToolPart, ToolState},
    model::{ContextMessage, ModelError, ModelRequest},
};

use super::signature::{self, Signature};
use crate::{
    call_out::{CallIds, GO_ON, arguments, is_lone_result, name, refuse_files, text_of},
    tool_result,
};

/// The wire's own word for a call that another model made; newer models refuse a call of the
/// running turn that has no signature at all.
const FOREIGN: &str = "skip_thought_signature_validator";

/// The `contents` member of a request.
pub(super) fn encode_all(
    request: &ModelRequest,
    wants_signatures: bool,
) -> Result<Vec<Value>, ModelError> {
    let mut writer = Writer::default();
    for message in &request.messages {
        refuse_files(message)?;
        match message.role {
            Role::System | Role::User => writer.user_text(&text_of(message)),
            Role::Tool if is_lone_result(message) => writer.user_text(&text_of(message)),
            Role::Assistant | Role::Tool => writer.assistant(message, wants_signatures),
        }
    }
    // The wire answers a user, nobody else.
    if writer
        .turns
        .last()
        .is_some_and(|(role, _)| *role == "model")
    {
        writer.user_text(GO_ON);
    }
    let content = |(role, parts)| json!({"role": role, "parts": Value::Array(parts)});
    Ok(writer.turns.into_iter().map(content).collect())
}

/// Turns that alternate, as the wire has them.
#[derive(Default)]
struct Writer {
    turns: Vec<(&'static str, Vec<Value>)>,
    ids: CallIds,
}

impl Writer {
    fn push(&mut self, role: &'static str, parts: Vec<Value>) {
        match self.turns.last_mut() {
            _ if parts.is_empty() => {}
            Some((last, before)) if *last == role => before.extend(parts),
            Some(_) | None => self.turns.push((role, parts)),
        }
    }

    fn user_text(&mut self, text: &str) {
        if !text.is_empty() {
            self.push("user", vec![json!({"text": text})]);
        }
    }

    fn assistant(&mut self, message: &ContextMessage, wants_signatures: bool) {
        let mut parts = vec![];
        let mut results = vec![];
        let mut signed: Option<&str> = None;
        for part in &message.parts {
            match part {
                Part::Text { text, .. } if text.is_empty() => {}
                Part::Text { text, .. } => parts.push(json!({"text": text})),
                Part::Reasoning { text, provider, .. } => {
                    let mut thought = text.chars();
                    for kept in signature::all(provider.as_ref()) {
                        match kept {
                            Signature::Call(signature) => signed = Some(signature),
                            Signature::Text(signature, length) => {
                                sign_text(&mut parts, signature, length);
                            }
                            Signature::Thought(signature, length) => {
                                let said: String = thought.by_ref().take(length).collect();
                                parts.push(json!({
                                    "text": said, "thought": true, "thoughtSignature": signature,
                                }));
                            }
                        }
                    }
                }
                Part::Tool(tool) => {
                    let is_first = results.is_empty();
                    let foreign = (wants_signatures && is_first).then_some(FOREIGN);
                    let id = self.ids.take(&tool.call_id);
                    parts.push(call(&id, tool, signed.take().or(foreign)));
                    results.push(result(&id, tool));
                }
                Part::Other(_) => {}
            }
        }
        let says_something = |part: &Value| part.get("thought").is_none();
        if parts.iter().any(says_something) {
            self.push("model", parts);
        }
        self.push("user", results);
    }
}

/// Puts a signature on the end of the text it came with.
fn sign_text(parts: &mut Vec<Value>, signature: &str, length: usize) {
    let is_plain = |part: &&Value| part.get("thoughtSignature").is_none();
    let text = parts
        .last()
        .filter(is_plain)
        .and_then(|part| part.get("text"));
    let text = text.and_then(Value::as_str).unwrap_or("").to_owned();
    let count = text.chars().count();
    if length == 0 || length > count {
        parts.push(json!({"text": "", "thoughtSignature": signature}));
        return;
    }
    let head: String = text.chars().take(count - length).collect();
    let tail: String = text.chars().skip(count - length).collect();
    parts.pop();
    if !head.is_empty() {
        parts.push(json!({"text": head}));
    }
    parts.push(json!({"text": tail, "thoughtSignature": signature}));
}

fn call(id: &str, tool: &ToolPart, signature: Option<&str>) -> Value {
    let mut part = json!({
        "functionCall": {"id": id, "name": name(&tool.tool), "args": arguments(tool)},
    });
    if let Some(signature) = signature {
        part["thoughtSignature"] = json!(signature);
    }
    part
}

fn result(id: &str, tool: &ToolPart) -> Value {
    let member = match &tool.state {
        ToolState::Ended {
            outcome: Outcome::Ok,
            ..
        } => "output",
        ToolState::Ended { .. }
        | ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. } => "error",
    };
    let text = tool_result::text_of(&tool.state);
    let name = name(&tool.tool);
    json!({"functionResponse": {"id": id, "name": name, "response": {member: text}}})
}

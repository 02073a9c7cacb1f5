//! Messages of a context as messages of the wire.
//!
//! A tool part is a call and its result in one; the wire has the call in the assistant message and
//! the result at the front of the user message behind it.

use serde_json::{Value, json};
use weald_domain::{
    message::{Outcome, Part, Role, ToolPart, ToolState},
    model::{ContextMessage, ModelError, ModelRequest},
};

use super::{request_out::cached, thinking};
use crate::{
    call_out::{CallIds, GO_ON, arguments, is_lone_result, name, refuse_files, text_of},
    tool_result,
};

/// The `messages` member of a request.
pub(super) fn encode_all(request: &ModelRequest) -> Result<Vec<Value>, ModelError> {
    let mut writer = Writer::default();
    for message in &request.messages {
        refuse_files(message)?;
        match message.role {
            Role::System | Role::User => writer.user_text(text_of(message)),
            Role::Tool if is_lone_result(message) => writer.user_text(text_of(message)),
            Role::Assistant | Role::Tool => writer.assistant(message),
        }
    }
    Ok(writer.finish())
}

/// Turns that alternate, as the wire has them.
#[derive(Default)]
struct Writer {
    turns: Vec<(&'static str, Vec<Value>)>,
    ids: CallIds,
}

impl Writer {
    fn push(&mut self, role: &'static str, blocks: Vec<Value>) {
        match self.turns.last_mut() {
            _ if blocks.is_empty() => {}
            Some((last, before)) if *last == role => before.extend(blocks),
            Some(_) | None => self.turns.push((role, blocks)),
        }
    }

    fn user_text(&mut self, text: String) {
        self.push("user", text_block(&text).into_iter().collect());
    }

    fn assistant(&mut self, message: &ContextMessage) {
        let mut blocks = vec![];
        let mut results = vec![];
        // A block of thinking stands before what it led to, never at the end.
        let mut thoughts = vec![];
        for part in &message.parts {
            match part {
                Part::Text { text, .. } => {
                    if let Some(block) = text_block(text) {
                        blocks.append(&mut thoughts);
                        blocks.push(block);
                    }
                }
                Part::Reasoning { text, provider, .. } => {
                    thoughts.extend(thinking::blocks(text, provider.as_ref()));
                }
                Part::Tool(tool) => {
                    let id = self.ids.take(&tool.call_id);
                    blocks.append(&mut thoughts);
                    blocks.push(json!({
                        "type": "tool_use", "id": id, "name": name(&tool.tool),
                        "input": arguments(tool),
                    }));
                    results.push(result(&id, tool));
                }
                Part::Other(_) => {}
            }
        }
        self.push("assistant", blocks);
        self.push("user", results);
    }

    fn finish(mut self) -> Vec<Value> {
        // Newer models take no beginning of their answer.
        if self
            .turns
            .last()
            .is_some_and(|(role, _)| *role == "assistant")
        {
            self.user_text(GO_ON.to_owned());
        }
        if let Some((_, blocks)) = self.turns.last_mut()
            && let Some(last) = blocks.last_mut().and_then(Value::as_object_mut)
        {
            last.insert("cache_control".into(), cached());
        }
        let message = |(role, blocks)| json!({"role": role, "content": Value::Array(blocks)});
        self.turns.into_iter().map(message).collect()
    }
}

/// The wire refuses a text that is empty or blank.
fn text_block(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| json!({"type": "text", "text": text}))
}

fn result(id: &str, tool: &ToolPart) -> Value {
    let mut block = json!({
        "type": "tool_result", "tool_use_id": id, "content": tool_result::text_of(&tool.state),
    });
    let failed = match &tool.state {
        ToolState::Ended { outcome, .. } => *outcome != Outcome::Ok,
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. } => true,
    };
    if failed {
        block["is_error"] = json!(true);
    }
    block
}

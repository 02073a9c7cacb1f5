//! What every wire needs to write a context: arguments, ids of calls, and what no wire can carry.

use std::collections::HashSet;

use serde_json::{Map, Value};
use weald_domain::{
    limits::TOOL_NAME_MAX,
    message::{Part, Role, ToolPart, ToolState},
    model::{ContextMessage, ModelError, ModelErrorKind},
};

use crate::failure;

/// The arguments of a call. Servers refuse a whole conversation for one call whose arguments are
/// no object.
pub(crate) fn arguments(tool: &ToolPart) -> Map<String, Value> {
    match tool.input() {
        Some(Value::Object(input)) => input.clone(),
        Some(Value::String(raw)) => object(raw),
        Some(_) | None => match &tool.state {
            ToolState::InputStreaming { raw } => object(raw),
            ToolState::InputAvailable { .. }
            | ToolState::ApprovalRequested { .. }
            | ToolState::Ended { .. } => Map::new(),
        },
    }
}

fn object(raw: &str) -> Map<String, Value> {
    serde_json::from_str(raw).unwrap_or_default()
}

/// All text of a message.
pub(crate) fn text_of(message: &ContextMessage) -> String {
    message.parts.iter().filter_map(Part::text).collect()
}

/// Whether a message is a result without its call, as imported histories have them. No wire has a
/// place for one; it goes out as a text of the user.
pub(crate) fn is_lone_result(message: &ContextMessage) -> bool {
    message.role == Role::Tool && message.parts.iter().any(|part| part.text().is_some())
}

/// The name of a called tool as every wire takes it: a model may have called one that is none, and
/// servers refuse a whole conversation for one name.
pub(crate) fn name(tool: &str) -> String {
    let begins_well = tool.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let first = if begins_well { "" } else { "_" };
    let name = first.chars().chain(tool.chars().map(legal));
    name.take(TOOL_NAME_MAX).collect()
}

/// A character that every wire takes in names and ids.
const fn legal(c: char) -> char {
    if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') {
        c
    } else {
        '_'
    }
}

/// What the user says behind an answer that was cut, on wires whose servers refuse a request that
/// ends with the assistant.
pub(crate) const GO_ON: &str =
    "Your answer was cut off here. Go on from there, without repeating what you said.";

/// Refuses a message with a file.
pub(crate) fn refuse_files(message: &ContextMessage) -> Result<(), ModelError> {
    let is_file = |part: &Part| match part {
        Part::Other(members) => members.get("type").and_then(Value::as_str) == Some("file"),
        Part::Text { .. } | Part::Reasoning { .. } | Part::Tool(_) => false,
    };
    if message.parts.iter().any(is_file) {
        let text = "a message holds a file, which this model wire cannot carry yet";
        let kind = ModelErrorKind::BadRequest;
        return Err(failure::lasting(kind, "unsupported_part", text));
    }
    Ok(())
}

/// Ids of calls as a wire takes them: an id that another wire made may be too long, hold a
/// character that is not allowed, or come twice in a conversation.
#[derive(Debug, Default)]
pub(crate) struct CallIds {
    taken: HashSet<String>,
}

/// Longest id that every wire takes.
const ID_MAX: usize = 40;

impl CallIds {
    /// The id under which the next call goes out. The same conversation gives the same ids.
    pub(crate) fn take(&mut self, id: &str) -> String {
        let base: String = id.chars().take(ID_MAX).map(legal).collect();
        if base.is_empty() {
            self.free("call".to_owned())
        } else {
            self.free(base)
        }
    }

    /// As [`Self::take`], for a wire whose servers want the ids back that they made (`functions.f:0`)
    /// and mind no character: only one that is too long or not printable is changed.
    pub(crate) fn take_as_it_is(&mut self, id: &str) -> String {
        let is_fit = (1..=ID_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
        if is_fit {
            self.free(id.to_owned())
        } else {
            self.take(id)
        }
    }

    fn free(&mut self, base: String) -> String {
        let mut free = base.clone();
        let mut n = 2;
        while !self.taken.insert(free.clone()) {
            let suffix = format!("_{n}");
            free = base.chars().take(ID_MAX - suffix.len()).collect();
            free.push_str(&suffix);
            n += 1;
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_out_in_legal_characters_and_lengths() {
        assert_eq!(name("fs_list"), "fs_list");
        assert_eq!(name("fs.read größe"), "fs_read_gr__e");
        assert_eq!(name(""), "_");
        assert_eq!(name("9-lives"), "_9-lives");
        assert_eq!(name(&"x".repeat(100)).len(), TOOL_NAME_MAX);
        assert_eq!(name(&"9".repeat(100)).len(), TOOL_NAME_MAX);
    }

    #[test]
    fn an_id_goes_out_once_and_in_legal_characters() {
        let mut ids = CallIds::default();
        assert_eq!(ids.take("call_0"), "call_0");
        assert_eq!(ids.take("call_0"), "call_0_2");
        assert_eq!(ids.take("functions.fs:1"), "functions_fs_1");
        let long = "x".repeat(100);
        assert_eq!(ids.take(&long).len(), ID_MAX);
        let second = ids.take(&long);
        assert_eq!((second.len(), second.ends_with("_2")), (ID_MAX, true));
        assert_eq!(ids.take(""), "call");
    }
}

//! A tool call as one line.

use serde_json::Value;
use weald_api::domain::{event::session, message::Outcome};

use crate::clean::one_line;

/// The longest arguments a line shows.
const ARGS_MAX: usize = 60;
/// The longest arguments kept for that line, bytes.
const RAW_MAX: usize = 4096;
/// The longest complaint of a tool a line shows.
const COMPLAINT_MAX: usize = 160;

/// A call that has not ended.
#[derive(Debug)]
pub(super) struct Call {
    tool: String,
    title: Option<String>,
    args: String,
    args_chars: u64,
    complaint: Option<String>,
}

impl Call {
    pub(super) fn new(start: session::ToolCallStart) -> Self {
        Self {
            tool: start.tool,
            title: start.title,
            args: String::new(),
            args_chars: 0,
            complaint: None,
        }
    }

    /// Takes a piece of the arguments; a piece that came before is passed over.
    pub(super) fn add_args(&mut self, offset: u64, delta: &str) {
        if offset == self.args_chars && self.args.len() + delta.len() <= RAW_MAX {
            self.args.push_str(delta);
            self.args_chars += delta.chars().count() as u64;
        }
    }

    /// Takes what the tool answered: only a failure is worth a line.
    pub(super) fn answered(&mut self, result: &session::ToolCallResult) {
        let failed = match result.outcome {
            Outcome::Ok => false,
            Outcome::Error | Outcome::Denied | Outcome::Unknown => true,
        };
        let first = result.content.iter().flatten().next();
        if let (true, Some(content)) = (failed, first) {
            self.complaint = Some(one_line(&content.to_text(), COMPLAINT_MAX));
        }
    }

    /// `fs_list src`.
    pub(super) fn line(&self) -> String {
        let args = serde_json::from_str(&self.args).map_or_else(|_| String::new(), |v| brief(&v));
        let name = self.title.as_deref().unwrap_or(&self.tool);
        one_line(&format!("{name} {}", one_line(&args, ARGS_MAX)), 100)
    }

    pub(super) fn complaint(&self) -> Option<&str> {
        self.complaint.as_deref()
    }
}

/// The values of the arguments that fit a line.
fn brief(args: &Value) -> String {
    let Value::Object(members) = args else {
        return String::new();
    };
    let values = members.values().filter_map(|value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    });
    values.collect::<Vec<_>>().join(" ")
}

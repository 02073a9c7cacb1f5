//! The one form of every error: problem+json (RFC 9457) with a stable `code`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Media type of every error.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error as it travels. Members that a route names stand beside the fixed ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:weald:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of error, the same for every occurrence of a code.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What went wrong here, for a person.
    pub detail: String,
    /// Stable name of the error, for programs.
    pub code: String,
    /// Finds this request in the log.
    pub trace_id: String,
    /// Members that a route names, such as `active_session`.
    #[serde(flatten)]
    #[schema(value_type = Object, additional_properties)]
    pub more: Map<String, Value>,
}

impl Problem {
    /// A problem without further members; the trace id is filled in on its way out.
    #[must_use]
    pub fn new(status: u16, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:weald:problem:{code}"),
            title: title(code),
            status,
            detail: detail.into(),
            code: code.to_owned(),
            trace_id: String::new(),
            more: Map::new(),
        }
    }

    /// The problem with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }
}

/// `conversation_busy` → `Conversation busy`.
fn title(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_members_stand_beside_the_fixed_ones() {
        let problem = Problem::new(409, "conversation_busy", "A session is active.")
            .with("active_session", serde_json::json!({"session_id": "s"}));
        let json = serde_json::to_value(&problem).expect("JSON");
        assert_eq!(json["title"], "Conversation busy");
        assert_eq!(json["active_session"]["session_id"], "s");
        assert_eq!(
            serde_json::from_value::<Problem>(json).expect("reads back"),
            problem
        );
    }
}

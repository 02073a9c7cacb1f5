//! One event of a stream as its server writes it.

use serde_json::Value;

/// An event of a stream of server-sent events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its `event` field; none when it has none.
    pub kind: Option<&'static str>,
    /// Its `data` field.
    pub data: String,
}

impl Frame {
    /// An event with a name.
    pub(crate) fn named(kind: &'static str, data: &Value) -> Self {
        Self {
            kind: Some(kind),
            data: data.to_string(),
        }
    }

    /// The bytes of the event.
    #[must_use]
    pub fn to_sse(&self) -> String {
        match self.kind {
            Some(kind) => format!("event: {kind}\ndata: {}\n\n", self.data),
            None => format!("data: {}\n\n", self.data),
        }
    }
}

//! What a wire says that no reader has a word for: kept raw, never dropped.

use serde_json::{Map, Value, json};
use weald_domain::model::ModelEvent;

/// Tells of the members that are not known and not null, each for itself.
pub(crate) fn keep_rest(members: Map<String, Value>, known: &[&str], out: &mut Vec<ModelEvent>) {
    for (member, value) in members {
        if !value.is_null() && !known.contains(&member.as_str()) {
            out.push(ModelEvent::Unknown(json!({member: value})));
        }
    }
}

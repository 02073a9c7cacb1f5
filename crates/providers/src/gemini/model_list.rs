//! The list of models.

use serde_json::Value;
use weald_domain::model::OfferedModel;

/// Reads `{"models": [{"name": "models/…"}]}`; models that cannot chat are left out.
#[must_use]
pub fn decode(list: &Value) -> Option<Vec<OfferedModel>> {
    let entries = list.get("models")?.as_array()?;
    Some(entries.iter().filter_map(entry).collect())
}

fn entry(entry: &Value) -> Option<OfferedModel> {
    let name = entry.get("name")?.as_str()?;
    let methods = entry.get("supportedGenerationMethods");
    let methods = methods.and_then(Value::as_array);
    if methods.is_some_and(|methods| !methods.iter().any(|m| m == "generateContent")) {
        return None;
    }
    let display_name = entry.get("displayName").and_then(Value::as_str);
    Some(OfferedModel {
        id: name.strip_prefix("models/").unwrap_or(name).to_owned(),
        display_name: display_name.map(str::to_owned),
        context_window: entry.get("inputTokenLimit").and_then(Value::as_u64),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn models_that_chat_are_listed_by_their_short_name() {
        let list = json!({"models": [
            {"name": "models/gemini-x", "displayName": "Gemini X", "inputTokenLimit": 1000,
             "supportedGenerationMethods": ["generateContent", "countTokens"]},
            {"name": "models/embedding", "supportedGenerationMethods": ["embedContent"]},
        ]});
        let expected = OfferedModel {
            id: "gemini-x".into(),
            display_name: Some("Gemini X".into()),
            context_window: Some(1000),
        };
        assert_eq!(decode(&list), Some(vec![expected]));
        assert_eq!(decode(&json!({"data": []})), None);
    }
}

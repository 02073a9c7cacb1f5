//! Arguments of a tool: what its schema wants, and what a person said.

use serde_json::{Map, Value, json};
use weald_domain::tool::ToolSpec;

use super::super::{
    period::number,
    slot::{Slots, is_path_like},
    word::{Quoting, Word},
};

/// Letters of a text that is taken as an argument.
const TEXT_MAX: usize = 1_000;

/// A required argument that is not there yet: its name and its schema.
pub(in super::super) fn missing<'a>(
    tool: &'a ToolSpec,
    args: &Map<String, Value>,
) -> Option<(&'a str, &'a Value)> {
    let required = tool.input_schema.get("required")?.as_array()?;
    let mut names = required.iter().filter_map(Value::as_str);
    let name = names.find(|name| !args.contains_key(*name))?;
    Some((name, property(tool, name)))
}

fn property<'a>(tool: &'a ToolSpec, name: &str) -> &'a Value {
    let properties = tool.input_schema.get("properties");
    properties.and_then(|p| p.get(name)).unwrap_or(&Value::Null)
}

/// The arguments that a request names.
pub(super) fn named(slots: &Slots<'_>, tool: &ToolSpec) -> Map<String, Value> {
    let mut args = Map::new();
    let Some(properties) = tool
        .input_schema
        .get("properties")
        .and_then(Value::as_object)
    else {
        return args;
    };
    let required = tool.input_schema.get("required").and_then(Value::as_array);
    let is_required =
        |name: &str| required.is_some_and(|names| names.iter().any(|required| required == name));
    for (name, schema) in properties.iter().take(64) {
        let value = assigned(slots, name, schema).or_else(|| {
            let hint = is_required(name).then(|| hinted(slots, name, schema));
            hint.flatten()
        });
        if let Some(value) = value {
            args.insert(name.clone(), value);
        }
    }
    args
}

/// `name=value` and `name: value`.
fn assigned(slots: &Slots<'_>, name: &str, schema: &Value) -> Option<Value> {
    let words = slots.words().iter().enumerate();
    words
        .filter(|(_, word)| word.quoting == Quoting::Bare)
        .find_map(|(at, word)| {
            let rest = word.raw.strip_prefix(name)?;
            match rest.strip_prefix(['=', ':']) {
                Some("") => parse(&slots.words().get(at + 1)?.raw, schema),
                Some(value) => parse(value, schema),
                // The colon of `name: value` went as punctuation.
                None if rest.is_empty() && slots.words().len() > at + 1 && at > 0 => {
                    let value = slots.words().get(at + 1)?;
                    let is_clear = value.quoting == Quoting::Quoted || !is_text(schema);
                    is_clear.then(|| parse(&value.raw, schema)).flatten()
                }
                None => None,
            }
        })
}

/// A value that can be told by its form.
fn hinted(slots: &Slots<'_>, name: &str, schema: &Value) -> Option<Value> {
    let raw = |is: &dyn Fn(&&Word) -> bool| {
        let word = slots.words().iter().find(is)?;
        Some(word.raw.clone())
    };
    let format = schema.get("format").and_then(Value::as_str).unwrap_or("");
    let text = if schema.get("enum").is_some() || !is_text(schema) {
        let fits = |word: &&Word| {
            parse(&word.raw, schema)
                .or_else(|| parse(&word.lower, schema))
                .is_some()
        };
        let word = slots.words().iter().find(fits)?;
        return parse(&word.raw, schema).or_else(|| parse(&word.lower, schema));
    } else if format == "uri" || name == "url" {
        raw(&|word| word.raw.contains("://"))
    } else if format == "email" {
        raw(&|word| word.raw.contains('@'))
    } else if format == "date" {
        raw(&|word| word.raw.parse::<chrono::NaiveDate>().is_ok())
    } else if ["path", "file"].contains(&name) {
        slots.file().or_else(|| slots.folder())
    } else if ["dir", "directory", "folder", "root"].contains(&name) {
        slots.folder()
    } else {
        slots
            .quoted()
            .filter(|text| !is_path_like(text))
            .map(str::to_owned)
    };
    parse(&text?, schema)
}

fn is_text(schema: &Value) -> bool {
    matches!(
        schema.get("type").and_then(Value::as_str),
        None | Some("string")
    )
}

/// What a person said, as a value that the schema allows.
pub(in super::super) fn parse(said: &str, schema: &Value) -> Option<Value> {
    let said = said.trim();
    if said.is_empty() {
        return None;
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array) {
        let is_said = |value: &&Value| match value {
            Value::String(text) => text.eq_ignore_ascii_case(said),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => serde_json::from_str::<Value>(said).is_ok_and(|s| s == **value),
        };
        return allowed.iter().find(is_said).cloned();
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("integer") => {
            let value = said
                .parse()
                .ok()
                .or_else(|| i64::try_from(number(said)?).ok())?;
            within(schema, value).then(|| json!(value))
        }
        Some("number") => {
            let value: f64 = said.parse().ok().filter(|value: &f64| value.is_finite())?;
            Some(json!(value))
        }
        Some("boolean") => match said.to_lowercase().as_str() {
            "yes" | "true" | "on" | "ja" | "是" => Some(json!(true)),
            "no" | "false" | "off" | "nein" | "否" => Some(json!(false)),
            _ => None,
        },
        Some("array") => serde_json::from_str(said).ok().filter(Value::is_array),
        Some("object") => serde_json::from_str(said).ok().filter(Value::is_object),
        Some(_) | None => Some(json!(said.chars().take(TEXT_MAX).collect::<String>())),
    }
}

fn within(schema: &Value, value: i64) -> bool {
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    bound("minimum").is_none_or(|least| value >= least)
        && bound("maximum").is_none_or(|most| value <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_the_schema_allows() {
        let told = |said: &str, schema: Value| parse(said, &schema);
        assert_eq!(told("7", json!({"type": "integer"})), Some(json!(7)));
        assert_eq!(told("seven", json!({"type": "integer"})), Some(json!(7)));
        assert_eq!(told("9", json!({"type": "integer", "maximum": 8})), None);
        assert_eq!(told("1.5", json!({"type": "number"})), Some(json!(1.5)));
        assert_eq!(told("NaN", json!({"type": "number"})), None);
        assert_eq!(told("Ja", json!({"type": "boolean"})), Some(json!(true)));
        assert_eq!(
            told("Low", json!({"enum": ["low", "high"]})),
            Some(json!("low"))
        );
        assert_eq!(told("[1]", json!({"type": "array"})), Some(json!([1])));
        assert_eq!(told("{}", json!({"type": "array"})), None);
        assert_eq!(told(" a b ", json!({"type": "string"})), Some(json!("a b")));
    }
}

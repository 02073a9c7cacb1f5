//! `weald config schema`

use serde_json::{Map, Value, json};

use crate::{
    config::{SETTINGS, Setting},
    context::Context,
    failure::Outcome,
};

/// Nothing but the global flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Prints the JSON Schema of a `weald.toml`.
pub(super) fn run(_args: &Args, context: &mut Context) -> Outcome {
    let mut properties = Map::new();
    for setting in SETTINGS {
        put(&mut properties, setting.key, setting);
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "weald.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    let text = serde_json::to_string_pretty(&schema)?;
    Ok(context.console.line(&text)?)
}

fn put(properties: &mut Map<String, Value>, key: &str, setting: &Setting) {
    let Some((section, rest)) = key.split_once('.') else {
        let mut schema = setting.kind.schema();
        if let Value::Object(members) = &mut schema {
            members.insert("description".into(), json!(setting.about));
            if let Some(default) = (setting.default)() {
                members.insert("default".into(), default);
            }
        }
        properties.insert(key.to_owned(), schema);
        return;
    };
    let section = properties.entry(section).or_insert_with(
        || json!({"type": "object", "properties": {}, "additionalProperties": false}),
    );
    if let Some(Value::Object(inner)) = section.get_mut("properties") {
        put(inner, rest, setting);
    }
}

//! The arguments of a call: checked against the tool's schema, and their paths.

use serde_json::Value;
use weald_domain::limits::JSON_DEPTH_MAX;

use super::paths::Resolved;
use crate::{manifest::ToolEntry, registry::KnownTool};

/// Checks arguments against the tool's schema; the reason names the place.
pub(super) fn check(tool: &KnownTool, args: &Value) -> Result<(), String> {
    if !args.is_object() {
        return Err("the arguments must be a JSON object".into());
    }
    if deeper_than(args, JSON_DEPTH_MAX) {
        return Err(format!(
            "the arguments are nested deeper than {JSON_DEPTH_MAX}"
        ));
    }
    let Some(validator) = tool.validator() else {
        return Err("the schema of this tool is broken".into());
    };
    validator.validate(args).map_err(|error| {
        let place = error.instance_path().to_string();
        let place = if place.is_empty() { "/" } else { &place };
        let reason: String = error.to_string().chars().take(500).collect();
        format!("{place}: {reason}")
    })
}

fn deeper_than(value: &Value, depth: usize) -> bool {
    if depth == 0 {
        return true;
    }
    match value {
        Value::Array(items) => items.iter().any(|item| deeper_than(item, depth - 1)),
        Value::Object(members) => members.values().any(|item| deeper_than(item, depth - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The paths a call names or leaves to their defaults: argument and text.
pub(super) fn paths(entry: &ToolEntry, args: &Value) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for argument in &entry.path_arguments {
        match (args.get(&argument.name), &argument.default) {
            (Some(Value::String(path)), _) => paths.push((argument.name.clone(), path.clone())),
            (None | Some(Value::Null), Some(default)) => {
                paths.push((argument.name.clone(), default.clone()));
            }
            _ => {}
        }
    }
    paths
}

/// The arguments as the worker gets them: absolute paths, free of links.
pub(super) fn with_paths(args: &Value, resolved: &[Resolved]) -> Value {
    let mut args = args.clone();
    for path in resolved {
        args[&path.argument] = Value::String(path.path());
    }
    args
}

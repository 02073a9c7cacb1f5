//! Says what is wrong with a manifest, with the place and the reason (WK-002).

use std::{collections::BTreeSet, fmt};

use semver::{Version, VersionReq};
use serde_json::Value;

use super::{Manifest, ToolEntry};

/// The JSON Schema of manifest v1.
const SCHEMA: &str = include_str!("v1.schema.json");
/// Permissions whose resource is the path that a call names.
const ON_PATHS: [&str; 3] = ["fs.read", "fs.write", "git"];

/// One thing that is wrong with a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, as a JSON pointer; empty for the whole document.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "/"
        } else {
            &self.path
        };
        write!(f, "{path}: {}", self.reason)
    }
}

/// Reads a manifest.
///
/// # Errors
/// Everything that is wrong with it, in the order of the document's places.
pub fn validate(text: &str) -> Result<Manifest, Vec<Problem>> {
    let document: Value =
        serde_json::from_str(text).map_err(|error| vec![at("", format!("not JSON: {error}"))])?;
    let mut problems = shape(&document);
    if problems.is_empty() {
        problems = versions(&document);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let manifest: Manifest =
        serde_json::from_value(document).map_err(|error| vec![at("", error.to_string())])?;
    let problems = meaning(&manifest);
    if problems.is_empty() {
        Ok(manifest)
    } else {
        Err(problems)
    }
}

fn at(path: impl Into<String>, reason: impl Into<String>) -> Problem {
    Problem {
        path: path.into(),
        reason: reason.into(),
    }
}

/// What the schema says.
fn shape(document: &Value) -> Vec<Problem> {
    let schema: Value = match serde_json::from_str(SCHEMA) {
        Ok(schema) => schema,
        Err(error) => return vec![at("", format!("the manifest schema is broken: {error}"))],
    };
    match jsonschema::draft202012::new(&schema) {
        Ok(validator) => validator
            .iter_errors(document)
            .map(|error| at(error.instance_path().to_string(), error.to_string()))
            .collect(),
        Err(error) => vec![at("", format!("the manifest schema is broken: {error}"))],
    }
}

/// What semver says.
fn versions(document: &Value) -> Vec<Problem> {
    let text = |pointer: &str| {
        document
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("")
    };
    let mut problems = Vec::new();
    if let Err(error) = Version::parse(text("/version")) {
        problems.push(at("/version", format!("not a semantic version: {error}")));
    }
    if let Err(error) = VersionReq::parse(text("/engines/weald")) {
        problems.push(at(
            "/engines/weald",
            format!("not a range of versions: {error}"),
        ));
    }
    problems
}

/// What no schema can say.
pub(crate) fn meaning(manifest: &Manifest) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut names = BTreeSet::new();
    for (index, tool) in manifest.tools.iter().enumerate() {
        let place = format!("/tools/{index}");
        if !names.insert(tool.name.as_str()) {
            problems.push(at(
                format!("{place}/name"),
                format!("`{}` is there twice", tool.name),
            ));
        }
        for permission in &tool.permissions {
            if !manifest.permissions.contains(permission) {
                let reason = format!(
                    "`{}` is not among the worker's permissions",
                    permission.as_str()
                );
                problems.push(at(format!("{place}/permissions"), reason));
            }
        }
        arguments(tool, &place, &mut problems);
    }
    if let Some(schema) = &manifest.config_schema {
        compiles(schema, "/config_schema", &mut problems);
    }
    problems
}

fn arguments(tool: &ToolEntry, place: &str, problems: &mut Vec<Problem>) {
    let before = problems.len();
    compiles(
        &tool.input_schema,
        &format!("{place}/input_schema"),
        problems,
    );
    if let Some(schema) = &tool.output_schema {
        compiles(schema, &format!("{place}/output_schema"), problems);
    }
    if problems.len() == before {
        examples(tool, place, problems);
    }
    for (n, argument) in tool.path_arguments.iter().enumerate() {
        let pointer = format!(
            "/properties/{}",
            argument.name.replace('~', "~0").replace('/', "~1")
        );
        if tool.input_schema.pointer(&pointer).is_none() {
            let reason = format!("`{}` is not an argument of `input_schema`", argument.name);
            problems.push(at(format!("{place}/path_arguments/{n}/name"), reason));
        }
    }
    let on_paths = tool
        .permissions
        .iter()
        .any(|p| ON_PATHS.contains(&p.as_str()));
    if on_paths && tool.path_arguments.is_empty() {
        let reason =
            "a tool with `fs.read`, `fs.write` or `git` must say which arguments are paths";
        problems.push(at(format!("{place}/path_arguments"), reason));
    }
}

fn compiles(schema: &Value, place: &str, problems: &mut Vec<Problem>) {
    if let Err(error) = jsonschema::draft202012::new(schema) {
        problems.push(at(place, format!("not a JSON Schema 2020-12: {error}")));
    }
}

fn examples(tool: &ToolEntry, place: &str, problems: &mut Vec<Problem>) {
    let Ok(validator) = jsonschema::draft202012::new(&tool.input_schema) else {
        return;
    };
    for (n, example) in tool.examples.iter().enumerate() {
        if let Err(error) = validator.validate(&example.args) {
            let path = format!("{place}/examples/{n}/args{}", error.instance_path());
            problems.push(at(path, error.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        json!({
            "manifest_version": 1, "id": "echo-worker", "version": "1.2.3", "name": "Echo",
            "description": "Says it again.", "kind": "worker", "capabilities": ["tools"],
            "permissions": ["fs.read"], "entrypoint": {"strategy": "builtin"},
            "tools": [{
                "name": "echo", "description": "Says it again.",
                "input_schema": {"type": "object", "properties": {"path": {"type": "string"}}},
                "permissions": ["fs.read"], "path_arguments": [{"name": "path"}],
                "examples": [{"description": "once", "args": {"path": "a"}}]
            }],
            "engines": {"weald": ">=0.1"}
        })
    }

    fn paths(document: &Value) -> Vec<String> {
        match validate(&document.to_string()) {
            Ok(_) => vec![],
            Err(problems) => problems.into_iter().map(|problem| problem.path).collect(),
        }
    }

    fn with(pointer: &str, value: Value) -> Value {
        let mut document = good();
        *document.pointer_mut(pointer).expect("there") = value;
        document
    }

    #[test]
    fn a_good_manifest_is_read() {
        let manifest = validate(&good().to_string()).expect("good");
        assert_eq!(manifest.toolset(), "echo");
        assert_eq!(
            manifest.tools[0].effect,
            weald_domain::tool::EffectClass::Once
        );
    }

    #[test]
    fn every_problem_has_its_place() {
        assert_eq!(paths(&with("/id", json!("Bad Id"))), ["/id"]);
        assert_eq!(paths(&with("/version", json!("1"))), ["/version"]);
        assert_eq!(
            paths(&with("/engines/weald", json!("soon"))),
            ["/engines/weald"]
        );
        assert_eq!(
            paths(&with("/tools/0/name", json!("no-dash"))),
            ["/tools/0/name"]
        );
        assert_eq!(
            paths(&with("/permissions", json!([]))),
            ["/tools/0/permissions"]
        );
        assert_eq!(
            paths(&with("/tools/0/path_arguments/0/name", json!("file"))),
            ["/tools/0/path_arguments/0/name"]
        );
        assert_eq!(
            paths(&with("/tools/0/path_arguments", json!([]))),
            ["/tools/0/path_arguments"]
        );
        assert_eq!(
            paths(&with("/tools/0/examples/0/args/path", json!(7))),
            ["/tools/0/examples/0/args/path"]
        );
        assert_eq!(
            paths(&with(
                "/tools/0/input_schema/properties/path",
                json!({"type": "strange"})
            )),
            ["/tools/0/input_schema"]
        );
    }

    #[test]
    fn several_problems_are_told_at_once() {
        let mut document = with("/kind", json!("plugin"));
        document["surplus"] = json!(1);
        let problems = validate(&document.to_string()).expect_err("bad");
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(
            validate("{").expect_err("bad")[0]
                .reason
                .starts_with("not JSON")
        );
    }
}

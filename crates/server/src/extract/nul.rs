//! U+0000 in a request: PostgreSQL holds it in no text, so none may have it on either engine. What
//! is kept as JSON may: there it is written as an escape.

use axum::http::{StatusCode, Uri};
use serde_json::Value;

use crate::{Fault, fault::Answer};

/// Members of a body that are kept as JSON, with all that is in them.
const KEPT: [&str; 3] = ["input", "metadata", "edited_args"];

/// Whether no text of a body has it. What is no JSON is somebody else's to refuse.
pub(super) fn check_body(json: &str) -> Answer<()> {
    if !json.contains("\\u0000") {
        return Ok(());
    }
    let Ok(Value::Object(body)) = serde_json::from_str(json) else {
        return Ok(());
    };
    let plain = body
        .iter()
        .filter(|(name, _)| !KEPT.contains(&name.as_str()));
    let mut found = plain.filter_map(|(name, value)| {
        let place = if name.contains('\0') {
            Some(String::new())
        } else {
            within(value)
        };
        place.map(|place| format!("{}{place}", name.replace('\0', "")))
    });
    found.next().map_or(Ok(()), |member| Err(refused(&member)))
}

/// Whether no value of a query string has it.
pub(super) fn check_query(uri: &Uri) -> Answer<()> {
    if uri.query().is_some_and(|query| query.contains("%00")) {
        return Err(refused("query"));
    }
    Ok(())
}

/// Where a value has it, as a path behind the value's own name.
fn within(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            let mut all = items.iter().enumerate();
            all.find_map(|(n, item)| within(item).map(|rest| format!("[{n}]{rest}")))
        }
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            if name.contains('\0') {
                return Some(String::new());
            }
            within(value).map(|rest| format!(".{name}{rest}"))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn refused(member: &str) -> Fault {
    let detail = format!("{member}: the character U+0000 cannot be kept in it.");
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "nul_character", detail).with("member", member)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member_of(body: &str) -> Option<Value> {
        let refused = check_body(body).err()?;
        let problem = refused.problem();
        assert_eq!(
            (problem.status, problem.code.as_str()),
            (422, "nul_character")
        );
        problem.more.get("member").cloned()
    }

    #[test]
    fn a_text_that_has_it_is_named() {
        let met = [
            (r#"{"title": "a\u0000"}"#, "title"),
            (r#"{"model": {"name": "a\u0000"}}"#, "model.name"),
            (
                r#"{"projects": [{}, {"name": "\u0000"}]}"#,
                "projects[1].name",
            ),
            (r#"{"a\u0000b": 1}"#, "ab"),
        ];
        for (body, member) in met {
            assert_eq!(member_of(body), Some(member.into()), "{body}");
        }
    }

    #[test]
    fn what_is_kept_as_json_may_have_it() {
        for body in [
            r#"{"input": [{"type": "text", "text": "a\u0000"}]}"#,
            r#"{"metadata": {"a\u0000": "\u0000"}}"#,
            r#"{"edited_args": {"path": "\u0000"}}"#,
            r#"{"title": "a\\u0000"}"#,
            r#"{"title": "a\u0000"#,
        ] {
            assert_eq!(member_of(body), None, "{body}");
        }
    }
}

//! Rules that many routes share: which workspace is meant, and how long a name may be.

use serde_json::{Map, Value};
use weald_domain::{access::Access, id::WorkspaceId, limits::METADATA_MAX, plain, slug::Slug};

use crate::{Fault, fault::Answer};

/// The workspace a request reads: the one asked for, else the user's first.
pub(crate) fn readable(access: &Access, asked: Option<WorkspaceId>) -> Answer<WorkspaceId> {
    asked
        .or_else(|| access.default_workspace())
        .filter(|id| access.may_read(*id))
        .ok_or_else(|| Fault::not_found("workspace"))
}

/// The workspace a request writes to: 403 `read_only` when the user may only read it.
pub(crate) fn writable(access: &Access, asked: Option<WorkspaceId>) -> Answer<WorkspaceId> {
    let id = readable(access, asked)?;
    if access.may_write(id) {
        Ok(id)
    } else {
        Err(read_only())
    }
}

/// The user may see this and not change it (403).
pub(crate) fn read_only() -> Fault {
    Fault::forbidden(
        "read_only",
        "You may read this workspace and not change it.",
    )
}

/// A name for people: 1 to `max` characters, not blank, nothing but plain characters.
pub(crate) fn name(member: &str, text: &str, max: usize) -> Answer<String> {
    let text = text.trim();
    let length = text.chars().count();
    if (1..=max).contains(&length) && text.chars().all(plain::is_plain) {
        return Ok(text.to_owned());
    }
    let detail = format!(
        "{member}: 1 to {max} characters on one line, without control characters, were expected"
    );
    Err(Fault::bad("bad_name", detail).with("limit", max))
}

/// A longer text: at most `max` bytes.
pub(crate) fn text(member: &str, text: &str, max: usize) -> Answer<()> {
    if text.len() <= max {
        return Ok(());
    }
    let detail = format!("{member}: at most {max} bytes were expected");
    Err(Fault::bad("text_too_long", detail).with("limit", max))
}

/// Metadata: at most 16 KiB of JSON.
pub(crate) fn metadata(metadata: &Map<String, Value>) -> Answer<()> {
    let length = serde_json::to_string(metadata).map_or(usize::MAX, |json| json.len());
    if length <= METADATA_MAX {
        return Ok(());
    }
    let detail = format!("metadata: at most {METADATA_MAX} bytes of JSON were expected");
    Err(Fault::bad("metadata_too_large", detail).with("limit", METADATA_MAX))
}

/// The slug asked for, else one made from a name.
pub(crate) fn slug(asked: Option<Slug>, name: &str) -> Answer<Slug> {
    asked.or_else(|| Slug::from_name(name)).ok_or_else(|| {
        Fault::bad(
            "bad_id",
            "No id can be made from that name; give one of a-z, 0-9 and `-`.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_a_length_and_one_line() {
        assert_eq!(name("name", "  a b ", 3).expect("legal"), "a b");
        for bad in ["", "   ", "abcd", "a\nb", "a\u{202e}", "\u{9b}a"] {
            assert!(name("name", bad, 3).is_err(), "{bad:?}");
        }
        assert!(name("name", "äöü", 3).is_ok());
    }

    #[test]
    fn large_metadata_is_refused() {
        let of = |length: usize| Map::from_iter([("a".into(), Value::from("x".repeat(length)))]);
        assert!(metadata(&of(16_000)).is_ok());
        assert!(metadata(&of(17_000)).is_err());
    }
}

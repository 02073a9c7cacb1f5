//! `app.*` and `chat.*` belong to a user; everything else to the deployment (MY-04, WK-048).

use serde_json::{Map, Value};
use weald_api::config::{ConfigEntry, ConfigResponse, ConfigSource, TakesEffect};

/// Whether a setting belongs to a user.
pub(super) fn is_own(key: &str) -> bool {
    key.starts_with("app.") || key.starts_with("chat.")
}

/// Lays a user's settings over those of the deployment; others than admins see only their own.
pub(super) fn laid_over(
    entries: Vec<ConfigEntry>,
    own: &Map<String, Value>,
    sees_all: bool,
) -> ConfigResponse {
    let shown = entries
        .into_iter()
        .filter(|entry| sees_all || is_own(&entry.key));
    let mut entries: Vec<_> = shown
        .map(|entry| match own.get(&entry.key) {
            Some(value) if is_own(&entry.key) => own_entry(entry.key, value.clone()),
            Some(_) | None => entry,
        })
        .collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    let mut values = Map::new();
    for entry in &entries {
        put(&mut values, &entry.key, entry.value.clone());
    }
    ConfigResponse { values, entries }
}

/// A setting that a user has set.
pub(super) const fn own_entry(key: String, value: Value) -> ConfigEntry {
    let (source, takes_effect) = (ConfigSource::User, TakesEffect::Reload);
    ConfigEntry {
        key,
        value,
        source,
        origin: None,
        takes_effect,
    }
}

/// `a.b.c` = value, as nested objects.
fn put(values: &mut Map<String, Value>, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            values.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let inner = values
                .entry(section)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// A nested or dotted patch by dotted key.
pub(super) fn flattened(patch: Map<String, Value>) -> Map<String, Value> {
    let mut flat = Map::new();
    let mut open: Vec<(String, Value)> = patch.into_iter().collect();
    while let Some((key, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                open.extend(
                    members
                        .into_iter()
                        .map(|(name, value)| (format!("{key}.{name}"), value)),
                );
            }
            value @ (Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)) => {
                flat.insert(key, value);
            }
        }
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(key: &str, value: Value) -> ConfigEntry {
        ConfigEntry {
            key: key.into(),
            value,
            source: ConfigSource::Default,
            origin: None,
            takes_effect: TakesEffect::Restart,
        }
    }

    #[test]
    fn the_users_setting_wins_and_members_see_only_theirs() {
        let entries = vec![
            entry("server.port", json!(7420)),
            entry("chat.message.font_size", json!(14)),
        ];
        let own = Map::from_iter([("chat.message.font_size".into(), json!(18))]);
        let all = laid_over(entries.clone(), &own, true);
        assert_eq!(
            Value::Object(all.values),
            json!({"chat": {"message": {"font_size": 18}}, "server": {"port": 7420}})
        );
        assert_eq!(all.entries[0].source, ConfigSource::User);
        let mine = laid_over(entries, &own, false);
        assert_eq!(
            Value::Object(mine.values),
            json!({"chat": {"message": {"font_size": 18}}})
        );
    }

    #[test]
    fn a_patch_is_nested_or_dotted() {
        let patch = json!({"app": {"theme": "dark"}, "chat.message.font_size": null});
        let flat = flattened(patch.as_object().expect("an object").clone());
        assert_eq!(flat.get("app.theme"), Some(&json!("dark")));
        assert_eq!(flat.get("chat.message.font_size"), Some(&Value::Null));
    }
}

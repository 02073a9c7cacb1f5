//! Every setting there is: its key, what it may hold, its default, when a change takes effect.

use serde_json::{Value, json};
use weald_api::config::TakesEffect;
use weald_domain::limits::STREAMS_PER_USER;

use super::value::Kind;

/// One setting.
#[derive(Debug)]
pub(crate) struct Setting {
    /// `section.key`.
    pub(crate) key: &'static str,
    /// What it may hold.
    pub(crate) kind: Kind,
    /// What holds without a layer; none when nothing does.
    pub(crate) default: fn() -> Option<Value>,
    /// When a change takes effect.
    pub(crate) takes_effect: TakesEffect,
    /// One sentence for a person.
    pub(crate) about: &'static str,
}

impl Setting {
    /// `WEALD_SECTION__KEY`.
    pub(crate) fn variable(&self) -> String {
        format!("WEALD_{}", self.key.replace('.', "__").to_ascii_uppercase())
    }
}

/// Every setting, by key.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting {
        key: "app.theme",
        kind: Kind::OneOf(&["system", "light", "dark"]),
        default: || Some(json!("system")),
        takes_effect: TakesEffect::Reload,
        about: "Theme of the web app for users who chose none",
    },
    Setting {
        key: "auth.token",
        kind: Kind::SecretReference,
        default: || None,
        takes_effect: TakesEffect::Restart,
        about: "Reference to the root token; without one a token is made and shown once",
    },
    Setting {
        key: "chat.message.font_size",
        kind: Kind::Number { min: 8, max: 40 },
        default: || Some(json!(14)),
        takes_effect: TakesEffect::Reload,
        about: "Text size of messages in pixels for users who chose none",
    },
    Setting {
        key: "data.root",
        kind: Kind::Folder,
        default: || None,
        takes_effect: TakesEffect::Restart,
        about: "Root of all files; by default the XDG data folder",
    },
    Setting {
        key: "database.url",
        kind: Kind::Database,
        default: || None,
        takes_effect: TakesEffect::Restart,
        about: "Address of a PostgreSQL database; by default the file weald.sqlite of the data folder",
    },
    Setting {
        key: "limits.streams_per_user",
        kind: Kind::Number {
            min: 1,
            max: 1_000_000,
        },
        default: || Some(json!(STREAMS_PER_USER)),
        takes_effect: TakesEffect::Restart,
        about: "Open streams of one user; beyond it 429 `too_many_streams`",
    },
    Setting {
        key: "log.level",
        kind: Kind::OneOf(&["error", "warn", "info", "debug", "trace"]),
        default: || Some(json!("warn")),
        takes_effect: TakesEffect::Restart,
        about: "How much is logged to standard error",
    },
    Setting {
        key: "projects.allowed_root_directories",
        kind: Kind::Folders,
        default: || Some(json!([])),
        takes_effect: TakesEffect::Restart,
        about: "Folders that repositories must be in; empty allows all",
    },
    Setting {
        key: "retention.events_days",
        kind: Kind::Number {
            min: 1,
            max: 36_500,
        },
        default: || None,
        takes_effect: TakesEffect::Reload,
        about: "Days after which what an ended session recorded is erased; by default it is kept",
    },
    Setting {
        key: "secrets.backend",
        kind: Kind::OneOf(&["file", "env"]),
        default: || Some(json!("file")),
        takes_effect: TakesEffect::Restart,
        about: "Where secrets are kept: an encrypted file, or the environment (read only)",
    },
    Setting {
        key: "server.allowed_hosts",
        kind: Kind::Hosts,
        default: || Some(json!([])),
        takes_effect: TakesEffect::Restart,
        about: "Host names the server answers to besides loopback names",
    },
    Setting {
        key: "server.host",
        kind: Kind::Address,
        default: || Some(json!("127.0.0.1")),
        takes_effect: TakesEffect::Restart,
        about: "Address the server listens on",
    },
    Setting {
        key: "server.port",
        kind: Kind::Number { min: 0, max: 65535 },
        default: || Some(json!(7420)),
        takes_effect: TakesEffect::Restart,
        about: "Port the server listens on; 0 takes a free one",
    },
    Setting {
        key: "stream.checkpoint_max_s",
        kind: Kind::Number { min: 1, max: 3600 },
        default: || Some(json!(60)),
        takes_effect: TakesEffect::Restart,
        about: "Seconds after which partial text is stored even when little is new",
    },
    Setting {
        key: "stream.checkpoint_s",
        kind: Kind::Number { min: 1, max: 3600 },
        default: || Some(json!(5)),
        takes_effect: TakesEffect::Restart,
        about: "Seconds after which partial text is stored",
    },
    Setting {
        key: "trust.folders",
        kind: Kind::Folders,
        default: || Some(json!([])),
        takes_effect: TakesEffect::Restart,
        about: "Folders whose own weald.toml is read; a project's file cannot set this",
    },
];

/// The setting of a key.
pub(crate) fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The setting whose key is nearly `key`.
pub(crate) fn nearest(key: &str) -> Option<&'static str> {
    let last = |key: &str| key.rsplit('.').next().map(str::to_owned);
    let by_distance = SETTINGS
        .iter()
        .map(|setting| (distance(setting.key, key), setting.key));
    let (least, near) = by_distance.min()?;
    if least <= 3 {
        return Some(near);
    }
    let same_name = SETTINGS
        .iter()
        .find(|setting| last(setting.key) == last(key));
    same_name.map(|setting| setting.key)
}

/// Letters to change, add or remove to make one text of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (other, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let cost = corner + usize::from(letter != *other);
            corner = *cell;
            left = cost.min(left + 1).min(corner + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_default_fits() {
        assert!(SETTINGS.windows(2).all(|pair| pair[0].key < pair[1].key));
        for setting in SETTINGS {
            if let Some(default) = (setting.default)() {
                assert_eq!(setting.kind.check(&default), Ok(()), "{}", setting.key);
            }
        }
    }

    #[test]
    fn a_mistyped_key_finds_its_neighbour() {
        assert_eq!(nearest("server.prot"), Some("server.port"));
        assert_eq!(nearest("http.port"), Some("server.port"));
        assert_eq!(nearest("nothing.like_it"), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn a_key_names_its_variable() {
        let font = setting("chat.message.font_size").expect("exists");
        assert_eq!(font.variable(), "WEALD_CHAT__MESSAGE__FONT_SIZE");
    }
}

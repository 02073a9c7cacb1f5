use std::{fs, path::Path};

use serde_json::json;
use weald_api::config::ConfigSource;
use weald_store::DatabaseAddress;

use super::*;
use crate::{environment::Environment, places::Places};

/// A home of its own with the files of each layer.
struct Home {
    folder: tempfile::TempDir,
    env: Environment,
    places: Places,
}

impl Home {
    fn new(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut env = Environment::made_of(variables);
        env.home = folder.path().join("home");
        env.folder = folder.path().join("project/src");
        let mut places = Places::of(&env);
        places.system_file = folder.path().join("system.toml");
        fs::create_dir_all(&env.folder).expect("a folder");
        fs::create_dir_all(&places.config).expect("a folder");
        Self {
            folder,
            env,
            places,
        }
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).expect("writes");
    }

    fn user(&self, text: &str) {
        fs::write(&self.places.user_file, text).expect("writes");
    }

    fn discover(&self, overrides: &Overrides) -> Discovered {
        Discovered::of(&self.env, &self.places, overrides).expect("a configuration")
    }

    fn port(&self, overrides: &Overrides) -> (ConfigSource, serde_json::Value) {
        let said = self
            .discover(overrides)
            .layered
            .explain("server.port")
            .expect("a setting");
        (said[0].source, said[0].value.clone())
    }
}

fn assign(text: &str) -> Overrides {
    Overrides {
        assignments: vec![text.into()],
        ..Overrides::default()
    }
}

#[test]
fn without_any_file_every_setting_has_its_default() {
    let home = Home::new(&[]);
    let found = home.discover(&Overrides::default());
    let config = found.layered.typed().expect("typed");
    assert_eq!(
        (config.server.port, config.log.level.as_str()),
        (7420, "warn")
    );
    assert_eq!(config.data.root, home.places.data);
    assert_eq!((config.auth.token, found.warnings.len()), (None, 0));
    assert_eq!(found.layered.entries().len(), SETTINGS.len());
}

#[test]
fn each_layer_beats_the_ones_below_it() {
    let mut home = Home::new(&[]);
    let none = Overrides::default();
    assert_eq!(home.port(&none), (ConfigSource::Default, json!(7420)));
    home.write("system.toml", "[server]\nport = 1\n");
    assert_eq!(home.port(&none), (ConfigSource::SystemFile, json!(1)));
    let trust = format!(
        "trust.folders = ['{}']\nserver.port = 2\n",
        home.folder.path().display()
    );
    home.user(&trust);
    assert_eq!(home.port(&none), (ConfigSource::UserFile, json!(2)));
    home.write("project/weald.toml", "server.port = 3\n");
    assert_eq!(home.port(&none), (ConfigSource::ProjectFile, json!(3)));
    home.env.set("WEALD_SERVER__PORT", "4");
    assert_eq!(home.port(&none), (ConfigSource::Environment, json!(4)));
    let mut overrides = assign("server.port=5");
    assert_eq!(home.port(&overrides), (ConfigSource::CommandLine, json!(5)));
    overrides.flags.push(("server.port", json!(6)));
    assert_eq!(home.port(&overrides), (ConfigSource::Flag, json!(6)));
    let said = home
        .discover(&overrides)
        .layered
        .explain("server.port")
        .expect("a setting");
    assert_eq!(said.len(), 7);
    assert_eq!(said[2].origin.as_deref(), Some("WEALD_SERVER__PORT"));
}

#[test]
fn an_untrusted_project_changes_nothing_and_is_named() {
    let home = Home::new(&[]);
    home.write("project/weald.toml", "server.port = 3\n");
    let found = home.discover(&Overrides::default());
    assert_eq!(home.port(&Overrides::default()).0, ConfigSource::Default);
    assert!(
        found.warnings[0].contains("not in `trust.folders`"),
        "{:?}",
        found.warnings
    );
}

#[test]
fn a_project_cannot_trust_itself_or_others() {
    let home = Home::new(&[]);
    home.user(&format!(
        "trust.folders = ['{}']\n",
        home.folder.path().display()
    ));
    home.write("project/weald.toml", "trust.folders = ['/']\n");
    let found = home.discover(&Overrides::default());
    assert!(found.warnings[0].contains("cannot set `trust.folders`"));
    assert_eq!(
        found.layered.explain("trust.folders").expect("a setting")[0].source,
        ConfigSource::UserFile
    );
}

#[test]
fn an_unknown_key_is_passed_over_with_a_hint() {
    let home = Home::new(&[("WEALD_SERVER__PROT", "1"), ("WEALD_SECRET__A__B", "x")]);
    home.user("[server]\nhots = 'x'\n[server.deep]\nx = 1\n");
    let warnings = home.discover(&Overrides::default()).warnings;
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(warnings[0].contains("WEALD_SERVER__PROT") && warnings[0].contains("`server.port`"));
    let said = |words: [&str; 2]| {
        warnings
            .iter()
            .any(|w| words.iter().all(|word| w.contains(word)))
    };
    assert!(said(["`server.hots`", "`server.host`"]), "{warnings:?}");
    assert!(said(["`server.deep`", "passed over"]), "{warnings:?}");
}

#[test]
fn a_value_that_does_not_fit_is_refused_by_the_name_of_its_source() {
    let refused = |home: &Home, overrides: &Overrides| {
        Discovered::of(&home.env, &home.places, overrides)
            .expect_err("refused")
            .to_string()
    };
    let home = Home::new(&[]);
    home.user("server.port = 'many'\n");
    let said = refused(&home, &Overrides::default());
    assert!(
        said.contains("weald.toml") && said.contains("from 0 to 65535"),
        "{said}"
    );
    home.user("auth.token = 'hunter2'\n");
    let said = refused(&home, &Overrides::default());
    assert!(
        said.contains("never holds a secret") && !said.contains("hunter2"),
        "{said}"
    );
    home.user("not toml");
    assert!(refused(&home, &Overrides::default()).contains("is not TOML"));
    home.user("");
    assert!(refused(&home, &assign("server.port=70000")).contains("in -c"));
    assert!(refused(&home, &assign("port=1")).contains("no setting `port`"));
    assert!(refused(&home, &assign("server.port")).contains("not `key=value`"));
}

#[test]
fn an_edit_keeps_comments_and_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config/weald.toml");
    let change = |key: &str, value| set(&file, &[(key.to_owned(), Some(value))]).expect("edits");
    change("server.port", json!(1));
    let text = "# mine\n[server]\nhost = '127.0.0.1' # here\nport = 1 # there\n";
    fs::write(&file, text).expect("writes");
    change("server.port", json!(2));
    change("chat.message.font_size", json!(16));
    change("trust.folders", json!(["/a", "/b"]));
    unset(&file, "server.host").expect("edits");
    unset(&file, "app.theme").expect("edits");
    let text = fs::read_to_string(&file).expect("reads");
    assert_eq!(
        text,
        "# mine\n[server]\nport = 2 # there\n\n[chat.message]\nfont_size = 16\n\n\
         [trust]\nfolders = [\"/a\", \"/b\"]\n"
    );
}

#[test]
fn an_edit_is_all_or_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("weald.toml");
    let changes = [
        ("server.port".to_owned(), Some(json!(2))),
        ("server.host".to_owned(), Some(json!("nowhere"))),
    ];
    assert!(matches!(
        set(&file, &changes),
        Err(EditError::BadValue { .. })
    ));
    assert!(!Path::new(&file).exists());
}

#[test]
fn an_address_with_a_password_stands_in_its_variable_only_and_is_never_shown() {
    let whole = "postgres://ada:hunter2@db/weald";
    let refused = |home: &Home, overrides: &Overrides| {
        let refused = Discovered::of(&home.env, &home.places, overrides).expect_err("refused");
        let said = format!("{refused} {}", refused.hint());
        assert!(!said.contains("hunter2"), "{said}");
        assert_eq!(refused.code(), "bad_database_url");
        said
    };
    let mut home = Home::new(&[]);
    home.user(&format!("database.url = '{whole}'\n"));
    let said = refused(&home, &Overrides::default());
    assert!(
        said.contains("never holds a password") && said.contains("PGPASSWORD"),
        "{said}"
    );
    home.user("");
    refused(&home, &assign(&format!("database.url={whole}")));
    refused(&home, &assign("database.url=/data/weald.sqlite"));
    let edit = set(
        &home.places.user_file,
        &[("database.url".into(), Some(json!(whole)))],
    );
    assert!(matches!(edit, Err(EditError::BadValue { .. })), "{edit:?}");

    home.env.set("WEALD_DATABASE__URL", whole);
    let found = home.discover(&Overrides::default());
    let shown = format!(
        "{found:?} {:?} {:?}",
        found.layered.typed().expect("typed"),
        found.layered.explain("database.url")
    );
    assert!(
        shown.contains("ada:***@db") && !shown.contains("hunter2"),
        "{shown}"
    );
    let address = found.layered.database(&home.env).expect("an address");
    let DatabaseAddress::Postgres(url) = address else {
        panic!("a server");
    };
    assert_eq!(url.expose(), whole, "the server is asked with the password");

    // A stronger layer wins with all of it.
    let found = home.discover(&assign("database.url=postgres://bob@other/weald"));
    let address = found.layered.database(&home.env).expect("an address");
    assert_eq!(
        address.shown().as_deref(),
        Some("postgres://bob@other/weald")
    );
    assert!(!address.has_password());
}

#[test]
fn a_variable_with_one_underscore_too_few_is_named() {
    let home = Home::new(&[("WEALD_DATABASE_URL", "postgres://ada:hunter2@db/weald")]);
    let found = home.discover(&Overrides::default());
    let [warning] = found.warnings.as_slice() else {
        panic!("{:?}", found.warnings);
    };
    assert!(
        warning.contains("WEALD_DATABASE__URL") && !warning.contains("hunter2"),
        "{warning}"
    );
    let address = found.layered.database(&home.env).expect("the default");
    assert!(matches!(address, DatabaseAddress::Sqlite));
}

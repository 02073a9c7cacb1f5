//! `weald config path`

use serde_json::{Map, Value, json};

use crate::{
    config::Overrides,
    context::Context,
    failure::{Form, Outcome},
};

/// Nothing but the global flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Shows where everything is.
pub(super) fn run(_args: &Args, context: &mut Context) -> Outcome {
    let (found, config) = context.configure(Overrides::default())?;
    let data = config.data.root;
    let places = &context.places;
    let mut all = vec![
        ("user_file", places.user_file.clone()),
        ("system_file", places.system_file.clone()),
        ("machine_key", places.machine_key()),
        ("socket", places.socket(&data)),
        ("state_folder", places.state.clone()),
        ("data_folder", data),
    ];
    all.extend(found.project_file.map(|file| ("project_file", file)));
    if context.form() == Form::Json {
        let all: Map<String, Value> = all
            .into_iter()
            .map(|(name, path)| (name.to_owned(), json!(path)))
            .collect();
        return context.json(&all);
    }
    for (name, path) in all {
        let name = name.replace('_', " ");
        context
            .console
            .line(&format!("{name:<13} {}", path.display()))?;
    }
    Ok(())
}

//! `weald --server URL config …`: the settings of that server instead of the files here.

use serde_json::{Map, Value};
use weald_api::config::ConfigEntry;

use super::{Command, explain, get};
use crate::{
    config::setting,
    context::Context,
    exit::Exit,
    failure::{Failure, Outcome, bad_setting},
    reach::with_server,
};

/// Reads and writes over the API.
pub(crate) async fn run(command: Command, context: &mut Context) -> Outcome {
    with_server(context, async |context, reach| {
        let client = &reach.client;
        match command {
            Command::Get(args) => {
                let entries: Vec<ConfigEntry> = client.config().await?.entries;
                get::show(&args, &entries, context)
            }
            Command::Explain(args) => {
                let said = client.explain_config(args.key()).await?;
                explain::show(said, context)
            }
            Command::Set(args) => {
                let (key, text) = args.change();
                let value = match text {
                    Some(text) => parse(key, text)?,
                    None => Value::Null,
                };
                client
                    .update_config(Map::from_iter([(key.to_owned(), value)]))
                    .await?;
                Ok(context.console.note("changed on the server")?)
            }
            Command::Path(_) | Command::Schema(_) => Err(local()),
        }
    })
    .await
}

/// As the setting wants it; a setting of a newer server is sent as text.
fn parse(key: &str, text: &str) -> Outcome<Value> {
    let Some(setting) = setting(key) else {
        return Ok(Value::from(text));
    };
    setting
        .kind
        .parse(text)
        .map_err(|detail| bad_setting(key, format!("{key}: {detail}")))
}

fn local() -> Failure {
    let what = "this is about the files of this machine, not about a server";
    Failure::new(Exit::Usage, "local_only", what).hint("leave --server out")
}

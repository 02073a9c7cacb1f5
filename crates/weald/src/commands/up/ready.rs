//! What `weald up` says once it serves.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use serde::Serialize;
use weald_api::{Client, Endpoint, preset::WorkspacePageQuery};
use weald_terminal::Paint;

use super::login_page::LoginPage;
use crate::{
    commands::version::VERSION,
    context::Context,
    failure::{Form, Outcome},
    runtime::Sockets,
};

/// A server that serves.
pub(super) struct Ready {
    /// Its base address.
    pub(super) url: String,
    /// The root token, when it was made just now.
    pub(super) token: Option<String>,
    /// Code of the login link.
    pub(super) code: String,
    /// The data folder.
    pub(super) data: PathBuf,
    /// The address of the database, without a password, when it is not in the data folder.
    pub(super) database: Option<String>,
}

/// The one line for programs.
#[derive(Serialize)]
struct Line<'a> {
    r#type: &'static str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

impl Ready {
    /// Says it.
    pub(super) async fn say(&self, context: &mut Context, sockets: &Sockets) -> Outcome {
        if context.form() == Form::Json {
            return context.json(&Line {
                r#type: "ready",
                url: &self.url,
                token: self.token.as_deref(),
            });
        }
        let model = model_in_use(sockets).await;
        let console = &mut context.console;
        let title = console.paint(Paint::Strong, &format!("Weald {VERSION}"));
        console.line(&title)?;
        let link = console.paint(Paint::Accent, &self.link());
        console.line(&format!("  open   {link}"))?;
        console.line("         (valid for 5 minutes, for one login)")?;
        console.line(&format!("  data   {}", self.data.display()))?;
        if let Some(database) = &self.database {
            console.line(&format!("  tables {database}"))?;
        }
        if let Some(model) = &model {
            let connected = !model.starts_with("builtin/");
            let about = if connected {
                ""
            } else {
                "  (no language model is connected)"
            };
            console.line(&format!("  model  {model}{about}"))?;
            if !connected {
                console
                    .line("  next   weald provider add --help, or “Connect a model” in the app")?;
            }
        }
        if let Some(token) = &self.token {
            console.line(&format!("  token  {token}"))?;
            console.line("         (for programs; it is shown this once)")?;
        }
        Ok(console.line("  Ctrl+C stops it")?)
    }

    fn link(&self) -> String {
        format!("{}/#code={}", self.url, self.code)
    }

    /// Opens the login link where there is a display, through a page that is there until the code
    /// is worthless. Failing to is no failure: the link is shown.
    pub(super) fn open_browser(&self, context: &Context) -> Option<LoginPage> {
        let has_display = ["WAYLAND_DISPLAY", "DISPLAY"]
            .iter()
            .any(|name| context.env.variable(name).is_some());
        if !has_display || context.form() == Form::Json {
            return None;
        }
        let page = LoginPage::write(&context.places.state, &self.link());
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                tracing::debug!(%error, "no page for a browser was written");
                return None;
            }
        };
        let opened = Command::new("xdg-open")
            .arg(page.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        if let Err(error) = opened {
            tracing::debug!(%error, "no browser was opened");
            return None;
        }
        Some(page)
    }
}

/// The model of the default preset.
async fn model_in_use(sockets: &Sockets) -> Option<String> {
    let client = Client::connect(Endpoint::Socket(sockets.api.clone())).ok()?;
    let presets = client.presets(&WorkspacePageQuery::default()).await.ok()?;
    let preset = presets.items.into_iter().find(|preset| preset.is_default)?;
    Some(preset.model.name.to_string())
}

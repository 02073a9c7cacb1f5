//! `weald model list`

use weald_api::{
    domain::slug::Slug,
    provider::{Model, ModelListQuery},
};

use crate::{
    context::Context,
    failure::Outcome,
    listing::{self, PageArgs},
    reach::with_server,
};

/// Which models.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Of one provider
    #[arg(long, value_name = "ID")]
    provider: Option<Slug>,
    #[command(flatten)]
    page: PageArgs,
}

/// Lists them.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let query = ModelListQuery {
        provider_id: args.provider,
        after: args.page.after,
        limit: args.page.limit,
    };
    let page = with_server(context, async |_, reach| {
        Ok(reach.client.models(&query).await?)
    });
    let page = page.await?;
    listing::write(
        context,
        &page,
        ["MODEL", "WINDOW", "STATE", "NAME"],
        |model: &Model| {
            [
                format!("{}/{}", model.provider_id, model.provider_model_id),
                model
                    .context_window
                    .map_or_else(String::new, |tokens| tokens.to_string()),
                if model.is_enabled {
                    String::new()
                } else {
                    "disabled".into()
                },
                model.display_name.clone().unwrap_or_default(),
            ]
        },
    )
}

//! `weald provider list`

use weald_api::{PageQuery, provider::Provider};

use crate::{
    context::Context,
    failure::Outcome,
    listing::{self, PageArgs},
    reach::with_server,
};

/// Which page.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    page: PageArgs,
}

/// Lists them.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let query = PageQuery {
        after: args.page.after,
        limit: args.page.limit,
    };
    let page = with_server(context, async |_, reach| {
        Ok(reach.client.providers(&query).await?)
    });
    let page = page.await?;
    listing::write(
        context,
        &page,
        ["ID", "KIND", "STATE", "ADDRESS"],
        |provider: &Provider| {
            [
                provider.id.to_string(),
                kind_of(provider),
                if provider.is_enabled {
                    String::new()
                } else {
                    "disabled".into()
                },
                provider.base_url.clone().unwrap_or_default(),
            ]
        },
    )
}

fn kind_of(provider: &Provider) -> String {
    let name = serde_json::to_value(provider.kind).ok();
    name.as_ref()
        .and_then(|name| name.as_str())
        .unwrap_or_default()
        .to_owned()
}

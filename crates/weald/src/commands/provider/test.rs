//! `weald provider test ID`

use weald_api::domain::slug::Slug;

use super::report;
use crate::{
    context::Context,
    failure::{Form, Outcome},
    reach::with_server,
};

/// Which provider.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Id of the provider
    #[arg(value_name = "ID")]
    id: Slug,
}

/// Asks it for its models.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let tested = with_server(context, async |_, reach| {
        Ok(reach.client.test_provider(&args.id).await?)
    })
    .await?;
    if context.form() == Form::Json && tested.ok {
        return context.json(&tested);
    }
    report(context, &tested)
}

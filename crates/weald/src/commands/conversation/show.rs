//! `weald conversation show ID`

use weald_api::{
    domain::message::{Part, Role},
    message::MessageItem,
};
use weald_terminal::{
    Paint,
    clean::{clean, one_line},
};

use super::Which;
use crate::{
    context::Context,
    failure::{Form, Outcome},
    reach::with_server,
};

/// Which conversation.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
}

/// Shows the selected branch.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let id = args.which.id;
    let branch = with_server(context, async |_, reach| {
        Ok(reach.client.messages(id, None).await?)
    });
    let items = branch.await?.items;
    if context.form() == Form::Json {
        return items.iter().try_for_each(|item| context.json(item));
    }
    items.iter().try_for_each(|item| show(item, context))
}

fn show(item: &MessageItem, context: &mut Context) -> Outcome {
    let message = &item.message;
    let who = match message.role {
        Role::System => "system",
        Role::User => "you",
        Role::Assistant => message.metadata.model_id.as_deref().unwrap_or("assistant"),
        Role::Tool => "tool",
    };
    let console = &mut context.console;
    let heading = console.paint(Paint::Strong, &one_line(who, 80));
    let at = console.paint(Paint::Dim, &message.created_at.to_string());
    console.line(&format!("{heading}  {at}"))?;
    for part in &message.parts {
        match part {
            Part::Text { text, .. } => console.line(&clean(text))?,
            // Some models want a thought kept that says nothing.
            Part::Reasoning { text, .. } if text.is_empty() => {}
            Part::Reasoning { text, .. } => {
                let text = console.paint(Paint::Dim, &clean(text));
                console.line(&text)?;
            }
            Part::Tool(call) => {
                let line = format!("● {}", one_line(&call.tool, 64));
                let line = console.paint(Paint::Dim, &line);
                console.line(&line)?;
            }
            Part::Other(_) => {}
        }
    }
    if let Some(error) = &message.metadata.error {
        let text = console.paint(Paint::Bad, &one_line(&error.message, 400));
        console.line(&text)?;
    }
    Ok(console.line("")?)
}

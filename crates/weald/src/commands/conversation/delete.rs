//! `weald conversation delete ID`

use weald_terminal::{clean::one_line, prompt::Answer};

use super::Which;
use crate::{
    ask::{self, Question},
    context::Context,
    exit::Exit,
    failure::{Failure, Outcome},
    reach::with_server,
};

/// Which conversation.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
}

/// Deletes it after one question.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let id = args.which.id;
    with_server(context, async |context, reach| {
        let conversation = reach.client.conversation(id).await?.conversation;
        let title = conversation.title.as_deref().unwrap_or("without a title");
        let question = Question {
            text: format!(
                "Delete the conversation “{}” for good?",
                one_line(title, 80)
            ),
            default: Answer::No,
        };
        match ask::confirm(context, question).await? {
            Answer::Yes => {}
            Answer::No => {
                return Err(Failure::new(
                    Exit::Denied,
                    "not_confirmed",
                    "nothing was deleted",
                ));
            }
        }
        reach.client.delete_conversation(id).await?;
        Ok(context.console.note(&format!("deleted {id}"))?)
    })
    .await
}

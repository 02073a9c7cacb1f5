//! `weald conversation export ID`

use std::{fmt::Write as _, path::PathBuf};

use clap::ValueEnum;
use serde::Serialize;
use weald_api::{
    conversation::Conversation,
    domain::message::{Part, Role, ToolState},
    message::{Message, MessageItem},
};
use weald_terminal::clean::{clean, clean_json};

use super::Which;
use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Outcome},
    reach::with_server,
};

/// What to write, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// The form
    #[arg(long, value_name = "FORM", default_value = "markdown")]
    format: Format,
    /// The file; standard output without it
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Markdown,
    /// Everything, for programs.
    Json,
}

#[derive(Serialize)]
struct Export<'a> {
    conversation: &'a Conversation,
    messages: Vec<&'a Message>,
}

/// Writes the selected branch.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let id = args.which.id;
    let (conversation, items) = with_server(context, async |_, reach| {
        let conversation = reach.client.conversation(id).await?.conversation;
        Ok((conversation, reach.client.messages(id, None).await?.items))
    })
    .await?;
    let messages = items
        .iter()
        .map(|item: &MessageItem| &item.message)
        .collect();
    let text = match args.format {
        Format::Json => {
            let export = Export {
                conversation: &conversation,
                messages,
            };
            clean_json(&serde_json::to_string_pretty(&export)?).into_owned() + "\n"
        }
        Format::Markdown => markdown(&conversation, &messages),
    };
    let Some(file) = args.output else {
        // A pipe gets what was said; a terminal nothing that could steer it.
        let text = if context.console.out_is_terminal() {
            clean(&text)
        } else {
            text.into()
        };
        return Ok(context.console.piece(&text)?);
    };
    let file = context.env.absolute(&file);
    std::fs::write(&file, text).map_err(|error| {
        let what = format!("{} cannot be written: {error}", file.display());
        Failure::new(Exit::Failed, "unwritable", what).hint("choose another file with --output")
    })?;
    Ok(context.console.note(&format!("wrote {}", file.display()))?)
}

fn markdown(conversation: &Conversation, messages: &[&Message]) -> String {
    let mut text = String::new();
    let title = conversation.title.as_deref().unwrap_or("Conversation");
    let _ = writeln!(
        text,
        "# {title}\n\n{} · {}\n",
        conversation.id, conversation.created_at
    );
    for message in messages {
        let who = match message.role {
            Role::System => "System",
            Role::User => "You",
            Role::Assistant => message.metadata.model_id.as_deref().unwrap_or("Assistant"),
            Role::Tool => "Tool",
        };
        let _ = writeln!(text, "## {who}\n");
        for part in &message.parts {
            write_part(&mut text, part);
        }
        if let Some(error) = &message.metadata.error {
            let _ = writeln!(text, "> **{}** {}\n", error.code, error.message);
        }
    }
    text
}

fn write_part(text: &mut String, part: &Part) {
    match part {
        Part::Text { text: said, .. } => {
            let _ = writeln!(text, "{said}\n");
        }
        // Some models want a thought kept that says nothing.
        Part::Reasoning { text: thought, .. } if thought.is_empty() => {}
        Part::Reasoning { text: thought, .. } => {
            for line in thought.lines() {
                let _ = writeln!(text, "> {line}");
            }
            text.push('\n');
        }
        Part::Tool(call) => {
            let input = call.input().map_or_else(String::new, ToString::to_string);
            let _ = writeln!(text, "- `{}` `{input}`", call.tool);
            if let ToolState::Ended {
                output, outcome, ..
            } = &call.state
            {
                let output = output
                    .as_str()
                    .map_or_else(|| output.to_string(), str::to_owned);
                let fence = fence_for(&output);
                let _ = writeln!(text, "  ({outcome:?})\n\n{fence}\n{output}\n{fence}");
            }
            text.push('\n');
        }
        Part::Other(members) => {
            let kind = members
                .get("type")
                .and_then(|kind| kind.as_str())
                .unwrap_or("part");
            let _ = writeln!(text, "- ({kind})\n");
        }
    }
}

/// A fence longer than any run of backticks in the text.
fn fence_for(text: &str) -> String {
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fence_for("plain"), "```");
        assert_eq!(fence_for("a ``` b"), "````");
    }
}

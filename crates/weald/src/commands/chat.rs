//! `weald chat`: a conversation, line by line.

use std::io::{IsTerminal, stdin};

use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};
use weald_terminal::{Paint, prompt};

use super::run::{TalkArgs, projects_here};
use crate::{
    ask,
    context::Context,
    exit::Exit,
    failure::{Form, Outcome},
    reach::with_server,
    session,
};

/// How to talk.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    talk: TalkArgs,
}

/// Talks until the input ends.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome<Exit> {
    with_server(context, async |context, reach| {
        let mut talk = args.talk;
        let mut projects = match talk.conversation {
            Some(_) => None,
            None => Some(projects_here(context, reach).await?),
        };
        let mut source = Source::new();
        if context.form() == Form::Text {
            let text = "Ctrl+C stops an answer, Ctrl+D ends the chat";
            let text = context.console.paint_note(Paint::Dim, text);
            context.console.note(&text)?;
        }
        while let Some(line) = source.next().await? {
            if line.trim().is_empty() {
                continue;
            }
            let request = talk.request(line, projects.clone());
            let said = match reach.client.run(request, None).await {
                Ok(run) => {
                    talk.conversation = run.conversation_id();
                    projects = None;
                    session::follow(context, &reach.client, run).await
                }
                Err(error) => Err(error.into()),
            };
            match said {
                Ok(()) => {}
                Err(failure) if context.ending || failure.exit == Exit::Ok => return Err(failure),
                Err(failure) => {
                    let form = context.form();
                    failure.show(&mut context.console, form)?;
                }
            }
        }
        Ok(Exit::Ok)
    })
    .await
}

/// Where lines come from.
enum Source {
    /// A person.
    Terminal,
    /// A pipe.
    Pipe(Lines<BufReader<Stdin>>),
}

impl Source {
    fn new() -> Self {
        if stdin().is_terminal() {
            Self::Terminal
        } else {
            Self::Pipe(BufReader::new(tokio::io::stdin()).lines())
        }
    }

    async fn next(&mut self) -> Outcome<Option<String>> {
        match self {
            Self::Terminal => ask::blocking(|| prompt::line("›")).await,
            Self::Pipe(lines) => Ok(lines.next_line().await?),
        }
    }
}

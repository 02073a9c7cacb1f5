//! `weald chat`: a conversation, line by line.

use std::io::{IsTerminal, stdin};

use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};
use weald_terminal::{Paint, prompt};

use super::run::{TalkArgs, projects_or_stop};
use crate::{
    ask,
    context::Context,
    exit::Exit,
    failure::{Form, Outcome},
    reach::with_server_and_stop,
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
    with_server_and_stop(context, async |context, reach, stop| {
        let mut talk = args.talk;
        let mut projects = match talk.conversation {
            Some(_) => None,
            None => Some(projects_or_stop(context, reach, stop).await?),
        };
        let mut source = Source::new();
        if context.form() == Form::Text {
            let text = "Ctrl+C stops an answer, Ctrl+D ends the chat";
            let text = context.console.paint_note(Paint::Dim, text);
            context.console.note(&text)?;
        }
        loop {
            let line = tokio::select! {
                line = source.next() => line?,
                asked = stop.next() => return Err(session::ended(context, asked)),
            };
            let Some(line) = line else {
                return Ok(Exit::Ok);
            };
            if line.trim().is_empty() {
                continue;
            }
            let request = talk.request(line, projects.clone());
            let said = match reach.client.run(request, None).await {
                Ok(run) => {
                    talk.conversation = run.conversation_id();
                    projects = None;
                    session::follow(context, &reach.client, run, stop).await
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

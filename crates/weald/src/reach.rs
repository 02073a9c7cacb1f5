//! Reaching a deployment: a server by URL, the one that runs on our data through its runtime
//! socket, or one that this command brings itself.

use std::time::Duration;

use tokio::time::Instant;
use weald_api::{Client, Endpoint};

use crate::{
    config::Overrides,
    context::Context,
    deployment::Setup,
    embedded::Embedded,
    exit::Exit,
    failure::{Failure, Outcome},
    runtime::Sockets,
    session::Stop,
};

/// How long a data folder may be in use by somebody who does not answer: one that starts or ends.
const SETTLE_WITHIN: Duration = Duration::from_secs(12);
/// The pause between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A deployment that answers.
pub(crate) struct Reach {
    /// Speaks to it.
    pub(crate) client: Client,
    place: Place,
}

enum Place {
    /// Another machine, or another user's.
    Remote,
    /// Another process of this user on this machine.
    Attached,
    /// This process.
    Embedded(Embedded),
}

impl Reach {
    /// Finds a deployment, or brings one.
    pub(crate) async fn open(context: &mut Context) -> Outcome<Self> {
        if let Some(url) = context.global.server.clone() {
            let token = context.env.variable("WEALD_TOKEN").map(str::to_owned);
            let client = Client::connect(Endpoint::Tcp { url, token })?;
            return Ok(Self {
                client,
                place: Place::Remote,
            });
        }
        let overrides = context.overrides(Overrides::default());
        let (found, config) = context.configure(Overrides::default())?;
        let sockets = Sockets::of(&context.places, &config.data.root);
        let client = Client::connect(Endpoint::Socket(sockets.api.clone()))?;
        let until = Instant::now() + SETTLE_WITHIN;
        loop {
            if sockets.answers().await? {
                return Ok(Self {
                    client,
                    place: Place::Attached,
                });
            }
            let setup = Setup {
                config: config.clone(),
                layered: found.layered.clone(),
                overrides: overrides.clone(),
                env: context.env.clone(),
                places: context.places.clone(),
            };
            if let Some(embedded) = Embedded::open(setup).await? {
                return Ok(Self {
                    client,
                    place: Place::Embedded(embedded),
                });
            }
            if Instant::now() >= until {
                return Err(silent(&config.data.root));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Whether the deployment sees the same files as this process.
    pub(crate) const fn is_local(&self) -> bool {
        !matches!(self.place, Place::Remote)
    }

    /// Whether the deployment ends with this command.
    pub(crate) const fn is_own(&self) -> bool {
        matches!(self.place, Place::Embedded(_))
    }

    /// Lets go of it. A deployment of our own stays until others are done with it.
    async fn close(self, context: &mut Context, stop: &mut Stop) -> Outcome {
        let Place::Embedded(embedded) = self.place else {
            return Ok(());
        };
        let running = embedded.running();
        if running > 0 && !context.ending {
            context.console.note(&format!(
                "{running} session(s) still run in this process: it stays until they have ended \
                 or wait for an answer (Ctrl+C hands them to the next start)"
            ))?;
        }
        let ending = context.ending;
        embedded
            .close(async {
                if !ending {
                    stop.next().await;
                }
            })
            .await;
        Ok(())
    }
}

fn silent(data: &std::path::Path) -> Failure {
    let what = format!(
        "the data folder {} is in use by a process that does not answer",
        data.display()
    );
    Failure::new(Exit::Conflict, "data_in_use", what)
        .hint("stop that process, or use another data folder (WEALD_HOME)")
}

/// Does something with a deployment: finds one, gives up after `--timeout` or when told to stop,
/// and lets go of it.
pub(crate) async fn with_server<T>(
    context: &mut Context,
    work: impl AsyncFnOnce(&mut Context, &Reach) -> Outcome<T>,
) -> Outcome<T> {
    with_server_and_stop(context, async |context, reach, stop| {
        tokio::select! {
            result = work(context, reach) => return result,
            _ = stop.next() => {}
        }
        context.ending = true;
        Err(Failure::interrupted())
    })
    .await
}

/// The same for work that listens itself to being told to stop.
pub(crate) async fn with_server_and_stop<T>(
    context: &mut Context,
    work: impl AsyncFnOnce(&mut Context, &Reach, &mut Stop) -> Outcome<T>,
) -> Outcome<T> {
    let mut stop = Stop::listen()?;
    let reach = Reach::open(context).await?;
    let limit = context.global.timeout;
    let work = work(context, &reach, &mut stop);
    let done = match limit {
        None => Ok(work.await),
        Some(limit) => tokio::time::timeout(limit, work)
            .await
            .map_err(|_| timed_out(limit)),
    };
    let result = done.unwrap_or_else(|late| {
        context.ending = true;
        Err(late)
    });
    reach.close(context, &mut stop).await?;
    result
}

fn timed_out(limit: Duration) -> Failure {
    let what = format!("not done within {} s", limit.as_secs_f64());
    Failure::new(Exit::TimedOut, "timed_out", what)
        .hint("what was begun goes on; give more time with `--timeout`")
}

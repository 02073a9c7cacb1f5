//! `weald up`

mod login_page;
mod ready;
mod root_token;
mod take;

use std::{net::SocketAddr, time::Duration};

use login_page::LoginPage;
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    config::Overrides,
    context::Context,
    deployment::Setup,
    exit::Exit,
    failure::{Failure, Outcome},
    session::{Stop, StopKind},
    start,
};

/// How long the code of a login link is good for.
const CODE_LIVES: Duration = Duration::from_secs(5 * 60);

/// Where to serve.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT")]
    addr: Option<SocketAddr>,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
}

/// Serves until it is told to stop.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome<Exit> {
    // Listened to from the first moment on, so that a stop during the start is orderly too.
    let mut stop = Stop::listen()?;
    let overrides = context.overrides(flags(&args));
    let (found, config) = context.configure(flags(&args))?;
    let address = SocketAddr::new(config.server.host, config.server.port);
    check_address(address)?;
    let setup = Setup {
        config: config.clone(),
        layered: found.layered,
        overrides,
        env: context.env.clone(),
        places: context.places.clone(),
    };
    let opened = take::take(context, setup).await?;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| start::listen_failure(address, &error))?;
    let address = listener.local_addr()?;
    root_token::take_named(opened.store(), &config).await?;
    let sockets = opened.sockets().clone();
    let deployment = opened
        .serve(vec![listener])
        .await
        .map_err(|error| start::failure(&error))?;
    let url = format!("http://{address}");
    if let Err(error) = deployment.store.sign(&url) {
        tracing::warn!(%error, "the lock of the data folder does not say where Weald serves");
    }
    // As late as can be: a token that was made and not shown is lost.
    let token = match root_token::make(&deployment.store).await {
        Ok(token) => token,
        Err(failure) => {
            deployment.end().await;
            return Err(failure);
        }
    };
    let ready = ready::Ready {
        url,
        token,
        code: deployment.state.link_code(),
        data: config.data.root,
        database: config.database.url,
    };
    ready.say(context, &sockets).await?;
    let page = (!args.no_open).then(|| ready.open_browser(context));
    let asked = until_stop(&mut stop, page.flatten()).await;
    context
        .console
        .note("stopping: sessions are handed to the next start (Ctrl+C ends it now)")?;
    tokio::select! {
        () = deployment.end() => {}
        _ = stop.next() => return Ok(Exit::Interrupted),
    }
    Ok(match asked {
        StopKind::Interrupt => Exit::Interrupted,
        StopKind::Terminate => Exit::Ok,
    })
}

/// Waits for a stop; the page for the browser goes when its code does, at the latest.
async fn until_stop(stop: &mut Stop, page: Option<LoginPage>) -> StopKind {
    tokio::select! {
        asked = stop.next() => return asked,
        () = tokio::time::sleep(CODE_LIVES) => drop(page),
    }
    stop.next().await
}

fn flags(args: &Args) -> Overrides {
    let flags = args.addr.map(|address| {
        vec![
            ("server.host", json!(address.ip())),
            ("server.port", json!(address.port())),
        ]
    });
    Overrides {
        flags: flags.unwrap_or_default(),
        ..Overrides::default()
    }
}

/// Others on the network must not reach a server whose users have no way to log in.
fn check_address(address: SocketAddr) -> Outcome {
    if address.ip().is_loopback() {
        return Ok(());
    }
    let what = format!("Weald cannot start: {address} can be reached by others");
    Err(Failure::new(Exit::Usage, "not_loopback", what).hint(
        "this release serves loopback addresses only, such as 127.0.0.1:7420; \
         put a proxy with authentication in front, or use `ssh -L`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_served() {
        for good in ["127.0.0.1:0", "127.1.2.3:80", "[::1]:7420"] {
            assert!(
                check_address(good.parse().expect("an address")).is_ok(),
                "{good}"
            );
        }
        for bad in ["0.0.0.0:7420", "[::]:7420", "192.168.1.2:7420"] {
            let refused = check_address(bad.parse().expect("an address")).expect_err("refused");
            assert_eq!(
                (refused.exit, refused.code()),
                (Exit::Usage, "not_loopback"),
                "{bad}"
            );
        }
    }
}

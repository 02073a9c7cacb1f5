//! Handing a data folder over: `weald up` asks a command that brought its own deployment to
//! stop, one line each way.

use std::{path::Path, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// What is asked.
const ASK: &str = "hand over\n";
/// What is answered.
const YES: &str = "handing over\n";
/// How long an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Asks the owner of a data folder to hand it over; whether it will.
pub(crate) async fn ask(socket: &Path) -> bool {
    let asked = async {
        let mut stream = UnixStream::connect(socket).await?;
        stream.write_all(ASK.as_bytes()).await?;
        let mut answer = String::new();
        BufReader::new(stream.take(64))
            .read_line(&mut answer)
            .await?;
        std::io::Result::Ok(answer == YES)
    };
    matches!(
        tokio::time::timeout(ANSWER_WITHIN, asked).await,
        Ok(Ok(true))
    )
}

/// Waits until somebody asks; cancels `asked` then, and answers.
pub(crate) async fn listen(listener: UnixListener, asked: CancellationToken) {
    while !asked.is_cancelled() {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                warn!(%error, "no more requests to hand over can be taken");
                return;
            }
        };
        let answered = tokio::time::timeout(ANSWER_WITHIN, answer(stream, &asked)).await;
        if let Ok(Err(error)) = answered {
            warn!(%error, "a request to hand over broke off");
        }
    }
}

async fn answer(stream: UnixStream, asked: &CancellationToken) -> std::io::Result<()> {
    let own = rustix::process::geteuid().as_raw();
    if stream.peer_cred()?.uid() != own {
        return Ok(());
    }
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(64)).read_line(&mut line).await?;
    if line == ASK {
        asked.cancel();
        write.write_all(YES.as_bytes()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_asks_is_answered_once_it_is_known() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take");
        assert!(!ask(&path).await);
        let asked = CancellationToken::new();
        let listening = listen(UnixListener::bind(&path).expect("opens"), asked.clone());
        let asking = async {
            let mut noise = UnixStream::connect(&path).await.expect("connects");
            noise.write_all(b"hello\n").await.expect("writes");
            drop(noise);
            ask(&path).await
        };
        let ((), yes) = tokio::join!(listening, asking);
        assert!(yes && asked.is_cancelled());
    }
}

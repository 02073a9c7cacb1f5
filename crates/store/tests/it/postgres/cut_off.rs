//! A server that falls silent: nothing is refused, and nothing is answered.

use std::{path::Path, sync::Arc, time::Duration};

use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::watch,
};
use tokio_util::task::TaskTracker;
use weald_domain::secret::Secret;
use weald_store::{DatabaseAddress, OpenError, Store};
use weald_testkit::{clock::FakeClock, contract::world::World, postgres::Postgres};

use crate::fresh::{ports, try_open_on};

/// What becomes of the bytes between the store and the server.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// They go no further, and nobody is told.
    silent: bool,
    /// How often the connections there were got lost: the store saw them closed, the server did
    /// not.
    losses: u32,
}

/// A line to a server that can be cut.
struct Line {
    server: Postgres,
    folder: TempDir,
    state: watch::Sender<State>,
}

impl Line {
    fn new() -> Self {
        let server = Postgres::start();
        let folder = TempDir::new().expect("a folder");
        let (state, states) = watch::channel(State::default());
        let socket = |folder: &Path| folder.join(".s.PGSQL.5432");
        let listener = UnixListener::bind(socket(folder.path())).expect("listens");
        let url = server.url();
        let behind = url.split_once("host=").expect("a socket").1;
        let behind = socket(Path::new(behind));
        let (tasks, connections) = (TaskTracker::new(), TaskTracker::new());
        tasks.spawn(async move {
            while let Ok((front, _)) = listener.accept().await {
                let back = UnixStream::connect(&behind).await.expect("connects");
                connections.spawn(carry(front, back, states.clone()));
            }
        });
        Self {
            server,
            folder,
            state,
        }
    }

    fn set_silent(&self, silent: bool) {
        self.state.send_modify(|state| state.silent = silent);
    }

    fn lose_connections(&self) {
        self.state.send_modify(|state| state.losses += 1);
    }

    async fn try_open(&self, folder: &str, clock: &FakeClock) -> Result<Store, OpenError> {
        let socket = self.folder.path().display();
        let url = format!("postgres://weald@localhost/postgres?host={socket}");
        let database = DatabaseAddress::Postgres(Secret::new(url));
        try_open_on(database, &self.folder.path().join(folder), clock).await
    }
}

/// Carries bytes both ways until an end is closed, or the connection is lost.
async fn carry(front: UnixStream, back: UnixStream, states: watch::Receiver<State>) {
    let (mut front_in, mut front_out) = front.into_split();
    let (mut back_in, mut back_out) = back.into_split();
    let mut watched = states.clone();
    let losses = watched.borrow().losses;
    tokio::select! {
        () = one_way(&mut front_in, &mut back_out, states.clone()) => return,
        () = one_way(&mut back_in, &mut front_out, states) => return,
        lost = watched.wait_for(|state| state.losses > losses) => drop(lost),
    }
    drop((front_in, front_out));
    std::future::pending::<()>().await;
    drop((back_in, back_out));
}

async fn one_way(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut states: watch::Receiver<State>,
) {
    let mut bytes = [0; 8192];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        let open = states.wait_for(|state| !state.silent).await.is_ok();
        if !open || to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}

/// The clock stands still while the server is silent: what is waited for comes at once, or never.
#[tokio::test]
async fn a_silent_server_holds_nobody_for_ever() {
    let line = Line::new();
    let clock = FakeClock::default();
    let store = line.try_open("a", &clock).await.expect("opens");
    let world = World::of(ports(&store, clock, Arc::new(()))).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let (journal, sessions) = (&world.ports.journal, &world.ports.sessions);
    line.set_silent(true);
    tokio::time::pause();
    let limit = Duration::from_secs(60);
    let begin = journal.begin(world.new_run("no"));
    let begun = tokio::time::timeout(limit, begin).await;
    assert!(begun.expect("gives up").is_err(), "nothing can begin");
    let read = tokio::time::timeout(limit, sessions.get(&world.access, run.session.id)).await;
    assert!(read.expect("gives up").is_err(), "nothing can be read");
    let renewed = tokio::time::timeout(limit, journal.renew()).await;
    assert!(
        renewed.expect("gives up").is_err(),
        "nothing can be renewed"
    );
    tokio::time::resume();
    line.set_silent(false);
    world.finish(&mut run, "done").await;
    line.set_silent(true);
    tokio::time::pause();
    let closed = tokio::time::timeout(limit, store.close()).await;
    closed.expect("closes all the same");
}

/// The job has its connection, and waits for a lock, when the server falls silent.
#[tokio::test]
async fn a_job_that_a_silent_server_does_not_answer_is_given_up() {
    let line = Line::new();
    let clock = FakeClock::default();
    let store = line.try_open("a", &clock).await.expect("opens");
    let world = World::of(ports(&store, clock, Arc::new(()))).await;
    let beside = sqlx::PgPool::connect(&line.server.url()).await;
    let beside = beside.expect("connects");
    let mut lock = beside.begin().await.expect("begins");
    let text = "UPDATE feed SET head_pos = head_pos";
    sqlx::query(text).execute(&mut *lock).await.expect("locks");
    let mut begin = std::pin::pin!(world.ports.journal.begin(world.new_run("no")));
    let waits = async {
        let text = "SELECT count(*) FROM pg_locks WHERE NOT granted";
        let count = async || sqlx::query_scalar::<_, i64>(text).fetch_one(&beside).await;
        while count().await.expect("reads") == 0 {}
    };
    tokio::select! {
        _ = &mut begin => panic!("it overtook the lock"),
        () = waits => {}
    }
    line.set_silent(true);
    tokio::time::pause();
    let begun = tokio::time::timeout(Duration::from_secs(60), begin).await;
    assert!(begun.expect("gives up").is_err(), "nothing can begin");
}

#[tokio::test]
async fn a_lock_whose_connection_was_lost_is_taken_from_the_server() {
    let line = Line::new();
    let clock = FakeClock::default();
    let store = line.try_open("a", &clock).await.expect("opens");
    let world = World::of(ports(&store, clock.clone(), Arc::new(()))).await;
    line.lose_connections();
    assert_eq!(world.ports.journal.renew().await.expect("renews"), []);
    let refused = line.try_open("b", &clock).await.err();
    assert!(
        matches!(refused, Some(OpenError::DatabaseInUse)),
        "it was taken again: {refused:?}"
    );
    world.begin(world.new_run("again")).await;
}

//! One worker process: started with an empty environment in a process group of its own, spoken to
//! over its standard streams, and ended with everything it started.

mod flow;

use std::{process::Stdio, sync::Arc, time::Duration};

use rmcp::{
    RoleClient, ServiceError, ServiceExt,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ClientConfig, Implementation,
    },
    service::RunningService,
    transport::async_rw::AsyncRwTransport,
};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    sync::{mpsc, watch},
    time::timeout,
};
use tokio_util::task::TaskTracker;

use crate::{
    config::WorkerCommand,
    roots::{ROOTS_VARIABLE, Roots},
};
use flow::{Flow, Metered};

/// Largest message a worker may send: the largest stored result and what JSON adds to it.
const MESSAGE_MAX: usize = 40 * 1024 * 1024;
/// How much of what a worker wrote to its error stream is kept for an error text.
const ERROR_TAIL: usize = 2 * 1024;

/// How a process is started.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) command: WorkerCommand,
    /// The last argument.
    pub(crate) id: String,
    pub(crate) roots: Roots,
    pub(crate) start_timeout: Duration,
}

/// A process did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProcessError {
    /// It could not be started, or did not answer in time.
    NotStarted(String),
    /// It ended before it answered.
    Ended(String),
    /// It did not answer in time.
    Silent,
    /// It sent more than a worker may.
    Flooded,
    /// It answered something that is no tool result, or an MCP error.
    Nonsense(String),
}

/// A running worker. Dropping it kills the process and its group.
pub(crate) struct Process {
    service: RunningService<RoleClient, ClientConfig>,
    child: Child,
    group: Group,
    flow: Arc<Flow>,
    errors: mpsc::Receiver<Vec<u8>>,
}

impl Process {
    /// Starts a worker and waits until it answers.
    pub(crate) async fn start(
        launch: &Launch,
        tracker: &TaskTracker,
        running: &Running,
    ) -> Result<Self, ProcessError> {
        let failed = |what: String| ProcessError::NotStarted(what);
        let mut child = command(launch)
            .map_err(|error| failed(error.to_string()))?
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let mut group = Group::new(child.id(), running);
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed("its streams are missing".into()));
        };
        let mut errors = keep_tail(stderr, tracker);
        let flow = Arc::new(Flow::default());
        let reader = Metered::new(stdout, Arc::clone(&flow), MESSAGE_MAX);
        let transport = AsyncRwTransport::new(reader, stdin).with_max_line_length(MESSAGE_MAX);
        match timeout(launch.start_timeout, client().serve(transport)).await {
            Ok(Ok(service)) => Ok(Self {
                service,
                child,
                group,
                flow,
                errors,
            }),
            Ok(Err(error)) => {
                let end = end_of(&mut child, &mut group, &mut errors).await;
                Err(failed(if end.is_empty() {
                    error.to_string()
                } else {
                    end
                }))
            }
            Err(_) => Err(failed(format!(
                "no answer within {:?}",
                launch.start_timeout
            ))),
        }
    }

    /// Runs one call. Dropping the future sends MCP's cancel notification.
    pub(crate) async fn call(
        &mut self,
        tool: &str,
        args: &Value,
        limit: Duration,
    ) -> Result<CallToolResult, ProcessError> {
        self.flow.begin();
        let mut params = CallToolRequestParams::new(tool.to_owned());
        params.arguments = args.as_object().cloned();
        let answer = timeout(limit, self.service.peer().call_tool_once(params)).await;
        match answer {
            Err(_) => Err(ProcessError::Silent),
            Ok(_) if self.flow.is_flooded() => Err(ProcessError::Flooded),
            Ok(Ok(CallToolResponse::Complete(result))) => Ok(result),
            Ok(Ok(_)) => Err(ProcessError::Nonsense("it wants more input".into())),
            Ok(Err(ServiceError::McpError(error))) => Err(ProcessError::Nonsense(
                error.message.chars().take(500).collect(),
            )),
            Ok(Err(ServiceError::UnexpectedResponse)) => Err(ProcessError::Nonsense(
                "the answer is no tool result".into(),
            )),
            Ok(Err(_)) => {
                let end = end_of(&mut self.child, &mut self.group, &mut self.errors).await;
                Err(ProcessError::Ended(end))
            }
        }
    }

    /// Whether it still runs and its streams are open.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None)) && !self.service.peer().is_transport_closed()
    }

    /// Tells it to stop, and kills what is left after the grace.
    pub(crate) async fn stop(mut self, grace: Duration) {
        self.group.signal(Signal::TERM);
        if timeout(grace, self.child.wait()).await.is_err() {
            self.group.signal(Signal::KILL);
            if let Err(error) = self.child.wait().await {
                tracing::warn!(%error, "a worker process could not be waited for");
            }
        }
        self.group.end();
    }
}

/// How many processes run.
pub(crate) type Running = watch::Sender<u64>;

/// The process group of a worker: dropping it kills what is left of it.
struct Group {
    id: Option<Pid>,
    running: Running,
}

impl Group {
    fn new(leader: Option<u32>, running: &Running) -> Self {
        running.send_modify(|n| *n += 1);
        let id = leader.and_then(|id| Pid::from_raw(id.cast_signed()));
        Self {
            id,
            running: running.clone(),
        }
    }

    /// Kills what is left and forgets the number: once the leader is reaped and the group is
    /// empty, it may mean another group.
    fn end(&mut self) {
        self.signal(Signal::KILL);
        self.id = None;
    }

    /// A group that is gone is no error.
    fn signal(&self, signal: Signal) {
        let Some(id) = self.id else { return };
        match kill_process_group(id, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => {}
            Err(error) => tracing::warn!(%error, "a worker's process group cannot be signalled"),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        self.running.send_modify(|n| *n -= 1);
    }
}

fn command(launch: &Launch) -> Result<Command, serde_json::Error> {
    let roots = serde_json::to_string(&launch.roots)?;
    let mut command = Command::new(&launch.command.program);
    command
        .args(&launch.command.args)
        .arg(&launch.id)
        .env_clear()
        .envs(launch.command.env.iter().map(|(name, value)| (name, value)))
        .env(ROOTS_VARIABLE, roots)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    Ok(command)
}

fn client() -> ClientConfig {
    let mut config = ClientConfig::default();
    config.client_info = Implementation::new("weald", env!("CARGO_PKG_VERSION"));
    config
}

/// Reads the error stream to its end, so that a worker never blocks on it, and keeps its end.
fn keep_tail(
    mut stream: impl AsyncRead + Unpin + Send + 'static,
    tracker: &TaskTracker,
) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel(1);
    tracker.spawn(async move {
        let mut tail = Vec::new();
        let mut buffer = [0; 1024];
        while let Ok(n @ 1..) = stream.read(&mut buffer).await {
            tail.extend_from_slice(&buffer[..n]);
            tail.drain(..tail.len().saturating_sub(ERROR_TAIL));
        }
        // The receiver is gone when nobody wants to know.
        sender.try_send(tail).ok();
    });
    receiver
}

/// How a process ended and its last words. A process that closed its output but did not end is
/// killed.
async fn end_of(
    child: &mut Child,
    group: &mut Group,
    errors: &mut mpsc::Receiver<Vec<u8>>,
) -> String {
    let wait = Duration::from_secs(1);
    let how = match timeout(wait, child.wait()).await {
        Ok(Ok(status)) => status.to_string(),
        Ok(Err(_)) | Err(_) => "it closed its output".into(),
    };
    group.end();
    let words = timeout(wait, errors.recv())
        .await
        .ok()
        .flatten()
        .unwrap_or_default();
    let words = String::from_utf8_lossy(&words);
    match words.lines().map(str::trim).rfind(|line| !line.is_empty()) {
        Some(last) => format!("{how}: {last}"),
        None => how,
    }
}

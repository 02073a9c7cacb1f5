//! A host over the odd worker, its grants and its project.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;
use weald_domain::{
    access::Access,
    approval::{Approval, ApprovalState},
    id::{ApprovalId, ConversationId, GrantId, SessionId, UserId, WorkspaceId},
    permission::{Decision, Grant, Lifetime, Permission},
    ports::{
        AnswerError, Approvals, CallContext, Check, NewAnswer, Page, PageRequest, StoreError,
        ToolAnswer, ToolCall, ToolError, ToolHost,
    },
    time::UnixMillis,
};
use weald_worker_host::{Config, Registry, WorkerCommand, WorkerHost};

pub(crate) const MANIFEST: &str = include_str!("../../examples/odd_worker/manifest.json");

/// A program of this crate's examples.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    let path = test
        .parent()
        .and_then(Path::parent)
        .expect("target")
        .join("examples")
        .join(name);
    assert!(
        path.is_file(),
        "build the examples first: {path:?} is not there"
    );
    path
}

/// Grants without a store.
#[derive(Default)]
pub(crate) struct GrantBook(Mutex<Vec<Grant>>);

impl GrantBook {
    pub(crate) fn give(&self, permission: Permission, scope: &Path, decision: Decision) -> GrantId {
        let mut grants = self.0.lock().expect("lock");
        let id = GrantId(Uuid::from_u128(grants.len() as u128 + 1));
        grants.push(Grant {
            id,
            workspace_id: WorkspaceId(Uuid::from_u128(1)),
            owner_id: UserId(Uuid::from_u128(1)),
            worker: "odd-worker".into(),
            permission,
            scope: vec![scope.to_str().expect("utf-8").into()],
            decision,
            lifetime: Lifetime::Workspace,
            conversation_id: None,
            granted_at: UnixMillis(0),
            revoked_at: None,
        });
        id
    }
}

#[async_trait]
impl Approvals for GrantBook {
    async fn list(
        &self,
        _: &Access,
        _: Option<ApprovalState>,
        _: Option<ConversationId>,
        _: PageRequest,
    ) -> Result<Page<Approval>, StoreError> {
        unreachable!("the broker does not list approvals")
    }

    async fn get(&self, _: &Access, _: ApprovalId) -> Result<Option<Approval>, StoreError> {
        unreachable!("the broker does not read approvals")
    }

    async fn answer(
        &self,
        _: &Access,
        _: ApprovalId,
        _: NewAnswer,
    ) -> Result<Option<Approval>, AnswerError> {
        unreachable!("the broker does not answer approvals")
    }

    async fn of_session(&self, _: SessionId) -> Result<Vec<Approval>, StoreError> {
        unreachable!("the broker does not read approvals")
    }

    async fn grants(&self, _: WorkspaceId) -> Result<Vec<Grant>, StoreError> {
        Ok(self.0.lock().expect("lock").clone())
    }
}

/// A host with one project.
pub(crate) struct Bench {
    pub(crate) host: WorkerHost,
    pub(crate) grants: Arc<GrantBook>,
    pub(crate) root: PathBuf,
    pub(crate) context: CallContext,
    pub(crate) stop: CancellationToken,
    folder: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let base = folder.path().canonicalize().expect("canonical");
        let root = base.join("project");
        std::fs::create_dir(&root).expect("project");
        std::fs::write(root.join("a.txt"), "hello").expect("file");
        std::fs::write(base.join("secret.txt"), "secret").expect("file");
        let version = semver::Version::new(0, 1, 0);
        let command = WorkerCommand {
            program: example("odd_worker"),
            args: vec![],
            env: vec![],
        };
        let mut config = Config::new(command, version.clone());
        change(&mut config);
        let grants = Arc::new(GrantBook::default());
        let stop = CancellationToken::new();
        let registry = Registry::builtin(&[MANIFEST], &version).expect("manifest");
        let approvals = Arc::clone(&grants) as Arc<dyn Approvals>;
        let host = WorkerHost::new(config, registry, approvals, TaskTracker::new(), &stop);
        let context = CallContext {
            workspace_id: WorkspaceId(Uuid::from_u128(1)),
            owner_id: UserId(Uuid::from_u128(1)),
            conversation_id: ConversationId(Uuid::from_u128(1)),
            session_id: SessionId(Uuid::from_u128(1)),
            projects: vec![("app".parse().expect("slug"), root.clone())],
        };
        Self {
            host,
            grants,
            root,
            context,
            stop,
            folder,
        }
    }

    pub(crate) fn outside(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("canonical")
    }

    pub(crate) fn allow_everything(&self) {
        self.grants
            .give(Permission::FsRead, &self.root, Decision::Allow);
        self.grants
            .give(Permission::HostGit, &self.root, Decision::Allow);
    }

    pub(crate) async fn check(&self, tool: &str, args: Value) -> Check {
        self.host
            .check(&self.context, &call(tool, args))
            .await
            .expect("checked")
    }

    pub(crate) async fn run(&self, tool: &str, args: Value) -> Result<ToolAnswer, ToolError> {
        self.host.call(&self.context, &call(tool, args), &[]).await
    }

    pub(crate) async fn denied(&self, tool: &str, args: Value) -> (String, String) {
        let check = self.check(tool, args).await;
        let Check::Deny { code, reason, .. } = check else {
            panic!("not denied: {check:?}")
        };
        (code, reason)
    }

    /// The code with which a call fails.
    pub(crate) async fn fails(&self, tool: &str, args: Value) -> String {
        self.run(tool, args).await.expect_err("a failure").code
    }

    pub(crate) async fn echo_pid(&self) -> u64 {
        json_of(&self.run("odd_echo", json!({})).await.expect("echo"))["pid"]
            .as_u64()
            .expect("pid")
    }
}

pub(crate) fn call(tool: &str, args: Value) -> ToolCall {
    ToolCall {
        call_id: "call".into(),
        tool: tool.into(),
        args,
    }
}

/// The JSON of an answer.
pub(crate) fn json_of(answer: &ToolAnswer) -> Value {
    answer
        .content
        .iter()
        .find_map(|content| match content {
            weald_domain::tool::ToolContent::Json { value } => Some(value.clone()),
            weald_domain::tool::ToolContent::Text { .. } => None,
        })
        .expect("a JSON content")
}

/// Waits until something holds; fails after a while.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(tokio::time::Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Whether a process runs (a zombie does not).
pub(crate) fn is_running(pid: u64) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        let state = stat
            .rsplit_once(") ")
            .map(|(_, rest)| rest.starts_with(['Z', 'X']));
        state == Some(false)
    })
}

/// The number a worker wrote into a file.
pub(crate) async fn noted(file: &Path) -> u64 {
    let mut pid = None;
    until("the worker noted its process id", || {
        pid = std::fs::read_to_string(file)
            .ok()
            .and_then(|text| text.parse().ok());
        pid.is_some()
    })
    .await;
    pid.expect("a process id")
}

//! The workers as the engine sees them: port [`ToolHost`] over broker and processes.

use std::sync::Arc;

use async_trait::async_trait;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use weald_domain::{
    approval::Need,
    ports::{Approvals, CallContext, Check, ToolAnswer, ToolCall, ToolError, ToolHost},
    preset::Toolset,
    tool::{EffectClass, ToolSpec},
};

use crate::{
    answer,
    broker::{Broker, Sound, failure},
    config::Config,
    manifest::Manifest,
    pool::{Bounds, Key, LendError, Loan, Pool},
    process::{Launch, ProcessError},
    registry::Registry,
    restarts::Restarts,
};

/// How a worker does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerStatus {
    /// Its id.
    pub id: String,
    /// Failures in a row, the worst of all owners; at the limit it is disabled for that owner.
    pub failures: u32,
    /// Whether somebody's failures disabled it.
    pub is_disabled: bool,
}

/// All workers of a deployment. Nothing is started before the first call.
pub struct WorkerHost {
    config: Config,
    broker: Broker,
    pool: Arc<Pool>,
    stop: CancellationToken,
}

impl WorkerHost {
    /// Takes the known workers and what decides about them. Processes end when `stop` is
    /// cancelled; tasks run on `tracker`.
    #[must_use]
    pub fn new(
        config: Config,
        registry: Registry,
        approvals: Arc<dyn Approvals>,
        tracker: TaskTracker,
        stop: &CancellationToken,
    ) -> Self {
        let stop = stop.child_token();
        let bounds = Bounds {
            busy: config.busy_per_owner.max(1),
            idle: config.idle_per_owner.max(1),
            idle_time: config.idle,
            grace: config.grace,
        };
        let restarts = Restarts::new(config.failures.max(1), config.backoff);
        Self {
            broker: Broker {
                registry: Arc::new(registry),
                approvals,
            },
            pool: Pool::new(bounds, restarts, tracker, stop.clone()),
            config,
            stop,
        }
    }

    /// The known workers.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.broker.registry
    }

    /// How each worker does.
    #[must_use]
    pub fn status(&self) -> Vec<WorkerStatus> {
        let status = |manifest: &Arc<Manifest>| {
            let failures = self.pool.restarts.failures(&manifest.id);
            WorkerStatus {
                id: manifest.id.clone(),
                failures,
                is_disabled: failures >= self.config.failures.max(1),
            }
        };
        self.registry().manifests().iter().map(status).collect()
    }

    /// Worker processes that run now.
    #[must_use]
    pub fn processes(&self) -> u64 {
        self.pool.figures().0
    }

    /// Worker processes that wait for a call now.
    #[must_use]
    pub fn idle_processes(&self) -> usize {
        self.pool.figures().1
    }

    /// Worker processes started so far.
    #[must_use]
    pub fn starts(&self) -> u64 {
        self.pool.figures().2
    }

    /// Lets a disabled worker start again.
    pub fn enable(&self, worker: &str) {
        self.pool.restarts.enable(worker);
    }

    /// Ends every worker process and waits until they are gone. Later calls are refused.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.pool.drained().await;
    }

    fn launch(&self, sound: &Sound) -> Launch {
        Launch {
            command: self.config.builtin.clone(),
            id: sound.manifest.id.clone(),
            roots: sound.roots(),
            start_timeout: self.config.start_timeout,
        }
    }

    async fn run(
        &self,
        context: &CallContext,
        tool: &str,
        sound: Sound,
    ) -> Result<ToolAnswer, ToolError> {
        let launch = self.launch(&sound);
        let worker = sound.manifest.id.clone();
        let key = Key {
            worker: worker.clone(),
            owner: context.owner_id,
            workspace: context.workspace_id,
            roots: launch.roots.clone(),
        };
        let effect = sound.manifest.tool(tool).map(|tool| tool.effect);
        let repeatable = effect == Some(EffectClass::Pure);
        loop {
            let mut loan = self
                .pool
                .lend(key.clone(), &launch)
                .await
                .map_err(|error| not_lent(&worker, error))?;
            let loss_is_harmless = repeatable && loan.is_warm();
            let Some(process) = loan.process() else {
                return Err(stopping());
            };
            let answer = tokio::select! {
                () = self.stop.cancelled() => return Err(stopping()),
                answer = process.call(tool, &sound.args, self.config.call_timeout) => answer,
            };
            match answer {
                Ok(result) => {
                    loan.give_back();
                    return Ok(answer::stored(result));
                }
                // It had died while nobody used it. Each round takes one process from the shelf,
                // so the last one is with a new process.
                Err(ProcessError::Ended(_)) if loss_is_harmless => drop(loan),
                Err(error) => {
                    settle(loan, &error);
                    return Err(process_failed(&worker, &error));
                }
            }
        }
    }
}

/// What becomes of a process whose call failed.
fn settle(loan: Loan, error: &ProcessError) {
    match error {
        ProcessError::Nonsense(_) => loan.give_back(),
        // Slow is not broken: the process ends, but is not counted as a failure.
        ProcessError::Silent => drop(loan),
        ProcessError::NotStarted(_) | ProcessError::Ended(_) | ProcessError::Flooded => {
            loan.failed();
        }
    }
}

#[async_trait]
impl ToolHost for WorkerHost {
    fn tools(&self, toolsets: &[Toolset], context: &CallContext) -> Vec<ToolSpec> {
        let mut specs = Vec::new();
        for manifest in self.registry().manifests() {
            let Some(toolset) = toolsets
                .iter()
                .find(|t| t.enabled && t.name == manifest.toolset())
            else {
                continue;
            };
            let offered = manifest.tools.iter().filter(|tool| {
                !toolset.exclude_tools.contains(&tool.name)
                    && (!context.projects.is_empty() || !tool.needs_project())
            });
            specs.extend(offered.map(|tool| tool.spec(&manifest.id)));
        }
        specs
    }

    async fn check(&self, context: &CallContext, call: &ToolCall) -> Result<Check, ToolError> {
        Ok(match self.broker.look(context, call).await? {
            Ok(sound) if sound.missing.is_empty() => Check::Allow {
                worker: sound.manifest.id.clone(),
                grants: sound.grants,
            },
            Ok(sound) => Check::Ask {
                worker: sound.manifest.id.clone(),
                needs: sound.missing,
                question: sound.question,
            },
            Err(refusal) => Check::Deny {
                worker: refusal.worker,
                reason: refusal.reason,
                code: refusal.code.to_owned(),
            },
        })
    }

    async fn call(
        &self,
        context: &CallContext,
        call: &ToolCall,
        approved: &[Need],
    ) -> Result<ToolAnswer, ToolError> {
        let sound = match self.broker.look(context, call).await? {
            Ok(sound) => sound,
            Err(refusal) => return Err(failure(refusal.code, refusal.reason)),
        };
        if !sound.is_covered_by(approved) {
            let message = format!("nobody allowed `{}` to touch that", call.tool);
            return Err(failure("not_permitted", message));
        }
        self.run(context, &call.tool, sound).await
    }
}

fn not_lent(worker: &str, error: LendError) -> ToolError {
    match error {
        LendError::Disabled => failure(
            "worker_disabled",
            format!("{worker} failed too often and is disabled"),
        ),
        LendError::Stopping => stopping(),
        LendError::Process(error) => process_failed(worker, &error),
    }
}

fn process_failed(worker: &str, error: &ProcessError) -> ToolError {
    match error {
        ProcessError::NotStarted(why) => failure(
            "worker_start_failed",
            format!("{worker} could not be started: {why}"),
        ),
        ProcessError::Ended(how) => failure(
            "worker_crashed",
            format!("{worker} ended before it answered ({how})"),
        ),
        ProcessError::Silent => failure(
            "timeout",
            format!("{worker} did not answer in time and was stopped"),
        ),
        ProcessError::Flooded => failure(
            "worker_flooded",
            format!("{worker} sent more than a worker may and was stopped"),
        ),
        ProcessError::Nonsense(what) => failure(
            "bad_result",
            format!("{worker} gave no usable answer: {what}"),
        ),
    }
}

fn stopping() -> ToolError {
    failure("stopping", "Weald is stopping".into())
}

impl Drop for WorkerHost {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

//! One deployment in this process: store, workers, engine and server wired together, and their
//! end in the right order. The same for `weald up` and for a command that brings its own.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};
use weald_domain::{limits::STREAM_TTL_MS, secret::Secret};
use weald_engine::{Engine, EngineConfig, Ports};
use weald_providers::ModelClients;
use weald_server::{Listeners, ServerConfig, ServerState, Services};
use weald_store::{OpenError, SecretsBackend, Store, StoreConfig};
use weald_worker_host::{Registry, WorkerCommand, WorkerHost};

use crate::{
    clock::{SystemClock, SystemIds},
    commands::version::VERSION,
    config::{Config, Layered, LiveConfig, Overrides, SecretBackend},
    environment::Environment,
    known_sources::{keys_of, known_sources},
    places::Places,
    runtime::Sockets,
    upkeep,
};

/// How long an orderly end may take.
const END_WITHIN: Duration = Duration::from_secs(9);
/// How long closing the store may take after that.
const CLOSE_WITHIN: Duration = Duration::from_millis(800);
/// How long of that the engine may take to hand its sessions back.
const HAND_BACK_WITHIN: Duration = Duration::from_secs(6);

/// What a deployment is made of.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// Settings in force.
    pub(crate) config: Config,
    /// The layers they came from.
    pub(crate) layered: Layered,
    /// The flags among them.
    pub(crate) overrides: Overrides,
    /// What the process was started with.
    pub(crate) env: Environment,
    /// Where things are.
    pub(crate) places: Places,
}

/// A deployment that owns its data folder and does not listen yet.
pub(crate) struct Opened {
    store: Store,
    sockets: Sockets,
    setup: Setup,
}

/// A deployment that serves.
pub(crate) struct Deployment {
    pub(crate) store: Store,
    engine: Engine,
    pub(crate) state: ServerState,
    workers: Arc<WorkerHost>,
    sockets: Sockets,
    stop: CancellationToken,
    served: JoinHandle<()>,
}

impl Opened {
    /// Takes the data folder, migrates it when needed, and reads what is there.
    pub(crate) async fn open(setup: Setup) -> Result<Self, OpenError> {
        let config = StoreConfig {
            data_root: setup.config.data.root.clone(),
            database: setup.layered.database(&setup.env)?,
            machine_key: setup.places.machine_key(),
            secrets: match setup.config.secrets.backend {
                SecretBackend::File => SecretsBackend::File,
                SecretBackend::Env => SecretsBackend::Environment,
            },
            environment: secrets_of(&setup.env),
            owner_name: owner_name(&setup.env),
            stream_ttl_ms: STREAM_TTL_MS,
        };
        let store = Store::open(config, Arc::new(SystemClock), Arc::new(SystemIds::new())).await?;
        Ok(Self {
            store,
            sockets: Sockets::of(&setup.places, &setup.config.data.root),
            setup,
        })
    }

    /// Its runtime sockets.
    pub(crate) const fn sockets(&self) -> &Sockets {
        &self.sockets
    }

    /// The data folder's store.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Settles what an earlier process left and serves: on the runtime socket and the listeners.
    pub(crate) async fn serve(self, tcp: Vec<TcpListener>) -> anyhow::Result<Deployment> {
        let Self {
            store,
            sockets,
            setup,
        } = self;
        let address = match tcp.first() {
            Some(listener) => listener.local_addr()?,
            None => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        };
        let listeners = Listeners {
            tcp,
            runtime: Some(sockets.listen(&sockets.api)?),
        };
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let workers = Arc::new(workers(&store, &setup.env, tasks.clone(), &stop)?);
        let adapters = Adapters::new(&store, &workers);
        let engine = Engine::new(engine_config(&setup.config), adapters.ports());
        let server = server_config(&setup.config, &setup.env, address);
        let live = LiveConfig::new(setup.layered, setup.env, setup.places, setup.overrides);
        let live = Arc::new(live);
        tasks.spawn(upkeep::prune_daily(
            store.clone(),
            live.clone(),
            stop.clone(),
        ));
        let services = adapters.services(engine.clone(), live);
        let state = ServerState::new(services, server, stop.clone());
        engine
            .recover()
            .await
            .context("taking over the sessions of an earlier process")?;
        let served = tasks.spawn(weald_server::serve(state.clone(), listeners));
        Ok(Deployment {
            store,
            engine,
            state,
            workers,
            sockets,
            stop,
            served,
        })
    }
}

impl Deployment {
    /// Hands running sessions back, ends streams and connections, and frees the data folder:
    /// within ten seconds, whatever hangs.
    pub(crate) async fn end(self) {
        let end = async {
            self.engine.shutdown().await;
            self.stop.cancel();
            if let Err(error) = self.served.await {
                warn!(%error, "the server ended in an odd way");
            }
            self.workers.shutdown().await;
        };
        if tokio::time::timeout(END_WITHIN, end).await.is_err() {
            warn!("not everything ended in time; the next start settles the rest");
        }
        if let Err(error) = self.sockets.remove() {
            warn!(%error, "the runtime socket could not be removed");
        }
        let close = self.store.close();
        if tokio::time::timeout(CLOSE_WITHIN, close).await.is_err() {
            warn!("the store did not close in time");
        }
        info!(statements = self.store.statement_count(), "stopped");
    }
}

fn engine_config(config: &Config) -> EngineConfig {
    EngineConfig {
        checkpoint_every: Duration::from_secs(config.stream.checkpoint_s),
        checkpoint_max: Duration::from_secs(config.stream.checkpoint_max_s),
        stop_timeout: HAND_BACK_WITHIN,
        ..EngineConfig::default()
    }
}

fn server_config(config: &Config, env: &Environment, address: SocketAddr) -> ServerConfig {
    ServerConfig {
        address,
        allowed_hosts: config.server.allowed_hosts.clone(),
        projects_root: config.data.root.join("projects"),
        allowed_root_directories: config.projects.allowed_root_directories.clone(),
        streams_per_user: config.limits.streams_per_user,
        sources: known_sources(env),
        version: VERSION.to_owned(),
    }
}

/// Built-in workers run as this very program, with an environment that holds nothing of ours.
fn workers(
    store: &Store,
    env: &Environment,
    tasks: TaskTracker,
    stop: &CancellationToken,
) -> anyhow::Result<WorkerHost> {
    let version = VERSION.parse().context("reading our own version")?;
    let registry = Registry::builtin(&weald_workers::manifests(), &version)
        .context("reading the manifests of the built-in workers")?;
    let path = env
        .variable("PATH")
        .unwrap_or("/usr/local/bin:/usr/bin:/bin");
    let builtin = WorkerCommand {
        program: std::env::current_exe().context("finding our own program")?,
        args: vec![OsString::from("worker"), OsString::from("run")],
        env: vec![(OsString::from("PATH"), OsString::from(path))],
    };
    let config = weald_worker_host::Config::new(builtin, version);
    Ok(WorkerHost::new(
        config,
        registry,
        store.approvals(),
        tasks,
        stop,
    ))
}

/// What engine and server stand on; both take the same.
struct Adapters {
    store: Store,
    workers: Arc<WorkerHost>,
    models: Arc<ModelClients>,
    ids: Arc<SystemIds>,
}

impl Adapters {
    fn new(store: &Store, workers: &Arc<WorkerHost>) -> Self {
        Self {
            store: store.clone(),
            workers: workers.clone(),
            models: Arc::new(ModelClients::default()),
            ids: Arc::new(SystemIds::new()),
        }
    }

    fn ports(&self) -> Ports {
        let store = &self.store;
        Ports {
            approvals: store.approvals(),
            blobs: store.blobs(),
            clock: Arc::new(SystemClock),
            conversations: store.conversations(),
            identity: store.identity(),
            ids: self.ids.clone(),
            inbox: store.inbox(),
            journal: store.journal(),
            live: store.live_log(),
            models: self.models.clone(),
            presets: store.presets(),
            projects: store.projects(),
            providers: store.providers(),
            secrets: store.secrets(),
            sessions: store.sessions(),
            tools: self.workers.clone(),
            workspaces: store.workspaces(),
        }
    }

    fn services(&self, engine: Engine, config_file: Arc<LiveConfig>) -> Services {
        let store = &self.store;
        Services {
            engine,
            approvals: store.approvals(),
            assets: store.assets(),
            blobs: store.blobs(),
            clock: Arc::new(SystemClock),
            config_file,
            conversations: store.conversations(),
            feed: store.feed(),
            folders: store.folders(),
            identity: store.identity(),
            ids: self.ids.clone(),
            live: store.live_log(),
            models: self.models.clone(),
            presets: store.presets(),
            projects: store.projects(),
            providers: store.providers(),
            request_keys: store.request_keys(),
            secrets: store.secrets(),
            sessions: store.sessions(),
            settings: store.settings(),
            streams: store.session_streams(),
            workspaces: store.workspaces(),
        }
    }
}

/// The variables of the secret store: those of other programs, and before them our own.
fn secrets_of(env: &Environment) -> BTreeMap<String, Secret> {
    let own = env
        .variables()
        .filter(|(name, _)| name.starts_with("WEALD_SECRET__"))
        .map(|(name, value)| (name.to_owned(), Secret::new(value.to_owned())));
    keys_of(env).into_iter().chain(own).collect()
}

fn owner_name(env: &Environment) -> String {
    env.variable("USER")
        .or_else(|| env.variable("LOGNAME"))
        .unwrap_or("owner")
        .to_owned()
}

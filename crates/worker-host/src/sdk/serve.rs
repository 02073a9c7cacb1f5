//! Serves a toolbox over MCP on the standard streams until the host is done with it.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use rmcp::{
    ErrorData, RoleServer, ServerHandler, ServiceExt,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
        ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
    transport::stdio_pipes,
};
use serde_json::{Value, json};
use thiserror::Error;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use weald_domain::limits::TOOL_OUTPUT_STORED_MAX;

use super::{
    beneath::Directories,
    lifeline,
    toolbox::{Call, Failure, Output, Toolbox},
};
use crate::roots::{ROOTS_VARIABLE, Roots};

/// How long tools that were told to stop may take: less than the host's grace.
const LAST_MOMENT: Duration = Duration::from_millis(1500);

/// A worker could not be served.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The host did not say what may be seen.
    #[error("no directories were handed over: a worker is started by Weald, not by hand")]
    NoRoots(#[source] Option<serde_json::Error>),
    /// The directories cannot be opened.
    #[error("the directories handed over cannot be opened")]
    Directories(#[source] std::io::Error),
    /// Threads, signals or the runtime are not to be had.
    #[error("the process cannot be set up")]
    Setup(#[source] std::io::Error),
    /// The worker itself refused to start.
    #[error("the worker cannot start")]
    Init(#[source] Failure),
    /// The host did not speak MCP.
    #[error("the host did not begin the protocol")]
    Protocol(#[source] Box<rmcp::service::ServerInitializeError>),
}

/// Serves a worker until the host closes standard input or asks it to stop. Must not be called
/// inside an async runtime: it makes one, small enough for a process that mostly waits.
///
/// # Errors
/// The process could not be set up, or the host did not speak MCP.
pub fn serve(toolbox: Toolbox) -> Result<(), ServeError> {
    lifeline::watch().map_err(ServeError::Setup)?;
    let directories = Directories::open(roots()?).map_err(ServeError::Directories)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(8)
        .build()
        .map_err(ServeError::Setup)?;
    let toolbox = Arc::new(toolbox);
    let result = runtime.block_on(run(&toolbox, Arc::new(directories)));
    // Tools on threads of their own were told; one that does not stop must not keep the process.
    runtime.shutdown_timeout(LAST_MOMENT);
    toolbox.lifecycle.dispose();
    result
}

fn roots() -> Result<Roots, ServeError> {
    let text = std::env::var(ROOTS_VARIABLE).map_err(|_| ServeError::NoRoots(None))?;
    serde_json::from_str(&text).map_err(|error| ServeError::NoRoots(Some(error)))
}

async fn run(toolbox: &Arc<Toolbox>, directories: Arc<Directories>) -> Result<(), ServeError> {
    let mut asked = signal(SignalKind::terminate()).map_err(ServeError::Setup)?;
    let stop = CancellationToken::new();
    toolbox
        .lifecycle
        .init(&directories)
        .map_err(ServeError::Init)?;
    let server = Server {
        toolbox: Arc::clone(toolbox),
        directories,
        stop: stop.clone(),
    };
    let service = server
        .serve(stdio_pipes())
        .await
        .map_err(|error| ServeError::Protocol(Box::new(error)))?;
    toolbox.lifecycle.start();
    tokio::select! {
        _ = asked.recv() => {}
        _ = service.waiting() => {}
    }
    stop.cancel();
    toolbox.lifecycle.stop();
    Ok(())
}

struct Server {
    toolbox: Arc<Toolbox>,
    directories: Arc<Directories>,
    stop: CancellationToken,
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let manifest = &self.toolbox.manifest;
        let mut config = ServerConfig::new(ServerCapabilities::builder().enable_tools().build());
        config.server_info = Implementation::new(manifest.id.clone(), manifest.version.to_string());
        config
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = self.toolbox.manifest.tools.iter().map(|tool| {
            let schema = tool.input_schema.as_object().cloned().unwrap_or_default();
            Tool::new(
                tool.name.clone(),
                tool.description.clone(),
                Arc::new(schema),
            )
        });
        Ok(ListToolsResult::with_all_items(tools.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(handler) = self.toolbox.handlers.get(request.name.as_ref()) else {
            return Err(ErrorData::invalid_params(
                format!("no tool `{}`", request.name),
                None,
            ));
        };
        let cancelled = context.ct.child_token();
        // However this ends, a tool on a thread of its own is told.
        let _told = cancelled.clone().drop_guard();
        let call = Call {
            directories: Arc::clone(&self.directories),
            cancelled,
        };
        let args = Value::Object(request.arguments.unwrap_or_default());
        let work = AssertUnwindSafe(async { handler(call, args).await }).catch_unwind();
        let result = tokio::select! {
            result = work => result.unwrap_or_else(|_| Err(Failure::panicked())),
            () = context.ct.cancelled() => Err(Failure::new("cancelled", "the call was cancelled")),
            () = self.stop.cancelled() => Err(Failure::new("stopping", "the worker stops")),
        };
        Ok(CallToolResponse::Complete(
            result.and_then(bounded).map_or_else(failed, answered),
        ))
    }
}

/// Refuses a result that is larger than what is stored.
fn bounded(output: Output) -> Result<Output, Failure> {
    let size = output.text.len() + output.value.to_string().len();
    if size > TOOL_OUTPUT_STORED_MAX {
        let message = format!("the result has {size} bytes, more than {TOOL_OUTPUT_STORED_MAX}");
        return Err(Failure::new("too_large", message));
    }
    Ok(output)
}

fn answered(output: Output) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(output.text)]);
    result.structured_content = Some(output.value);
    result
}

fn failed(failure: Failure) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(failure.message.clone())]);
    result.structured_content =
        Some(json!({ "error": { "code": failure.code, "message": failure.message } }));
    result
}

//! The permission broker: who may call which tool on which paths. Default deny (WK-012, WK-013).

mod arguments;
mod decision;
mod paths;
mod question;

use std::{path::PathBuf, sync::Arc};

use serde_json::Value;
use weald_domain::{
    approval::Need,
    id::GrantId,
    permission::{Decision, Grant, Permission},
    ports::{Approvals, CallContext, ToolCall, ToolError},
};

use crate::{
    manifest::{Manifest, ToolEntry},
    registry::{KnownTool, Registry},
    roots::Roots,
};
use paths::Resolved;

/// Decides calls; keeps nothing between them.
pub(crate) struct Broker {
    pub(crate) registry: Arc<Registry>,
    pub(crate) approvals: Arc<dyn Approvals>,
}

/// A call that is well-formed and stays inside the projects; whether it may run is in `missing`.
pub(crate) struct Sound {
    pub(crate) manifest: Arc<Manifest>,
    /// The arguments with every path made absolute and free of links.
    pub(crate) args: Value,
    /// The grants that allow a part of it.
    pub(crate) grants: Vec<GrantId>,
    /// What no grant covers.
    pub(crate) missing: Vec<Need>,
    /// Everything it touches.
    pub(crate) needs: Vec<Need>,
    /// The question for a person, if something is missing.
    pub(crate) question: String,
    /// What stored answers deny below what it touches.
    except: Vec<PathBuf>,
    projects: Vec<PathBuf>,
}

/// A call that may not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) worker: Option<String>,
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl Broker {
    /// Looks at a call. The outer error is a failure of the broker itself.
    pub(crate) async fn look(
        &self,
        context: &CallContext,
        call: &ToolCall,
    ) -> Result<Result<Sound, Refusal>, ToolError> {
        let Some(tool) = self.registry.tool(&call.tool) else {
            return Ok(Err(unknown_tool(&call.tool)));
        };
        let resolved = match self.resolve(context, call, tool).await? {
            Ok(resolved) => resolved,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let entry = tool.entry();
        let needs = match needs(entry, &resolved) {
            Ok(needs) => needs,
            Err((code, reason)) => return Ok(Err(refuse(tool, code, reason))),
        };
        let grants = self.grants(context, &needs).await?;
        let Some(decided) = decision::of(&tool.manifest.id, context, &needs, &grants) else {
            let reason = format!("a stored answer denies that to {}", tool.manifest.id);
            return Ok(Err(refuse(tool, "denied_by_grant", reason)));
        };
        Ok(Ok(Sound {
            question: question::of(tool, &decided.missing, context),
            manifest: Arc::clone(&tool.manifest),
            args: arguments::with_paths(&call.args, &resolved),
            grants: decided.grants,
            missing: decided.missing,
            except: decided.except,
            needs,
            projects: context
                .projects
                .iter()
                .map(|(_, root)| root.clone())
                .collect(),
        }))
    }

    async fn resolve(
        &self,
        context: &CallContext,
        call: &ToolCall,
        tool: &KnownTool,
    ) -> Result<Result<Vec<Resolved>, Refusal>, ToolError> {
        if let Err(reason) = arguments::check(tool, &call.args) {
            return Ok(Err(refuse(tool, "bad_arguments", reason)));
        }
        let wanted = arguments::paths(tool.entry(), &call.args);
        if wanted.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        if context.projects.is_empty() {
            let reason = format!(
                "`{}` needs a project, and this conversation has none",
                call.tool
            );
            return Ok(Err(refuse(tool, "no_project", reason)));
        }
        let roots: Vec<PathBuf> = context
            .projects
            .iter()
            .map(|(_, root)| root.clone())
            .collect();
        let found = tokio::task::spawn_blocking(move || paths::resolve_all(wanted, &roots)).await;
        match found {
            Ok(Ok(resolved)) => Ok(Ok(resolved)),
            Ok(Err((code, reason))) => Ok(Err(refuse(tool, code, reason))),
            Err(_) => Err(failure("stopping", "Weald is stopping".into())),
        }
    }

    async fn grants(&self, context: &CallContext, needs: &[Need]) -> Result<Vec<Grant>, ToolError> {
        if needs.is_empty() {
            return Ok(Vec::new());
        }
        let mut grants = self
            .approvals
            .grants(context.workspace_id)
            .await
            .map_err(|error| {
                failure(
                    "grants_unavailable",
                    format!("the stored grants cannot be read: {error}"),
                )
            })?;
        // What another person allowed is theirs; what anybody denied is denied.
        grants
            .retain(|grant| grant.decision == Decision::Deny || grant.owner_id == context.owner_id);
        Ok(grants)
    }
}

impl Sound {
    /// Whether what a person approved covers everything that no grant covers.
    pub(crate) fn is_covered_by(&self, approved: &[Need]) -> bool {
        self.missing.iter().all(|need| {
            approved.iter().any(|answer| {
                answer.permission == need.permission
                    && need.resources.iter().all(|r| answer.resources.contains(r))
            })
        })
    }

    /// What its process may see: the projects that hold what it touches, and after an answer for
    /// this one call nothing but what was approved.
    pub(crate) fn roots(&self) -> Roots {
        let held = |root: &PathBuf| {
            let root = root.to_string_lossy();
            self.needs
                .iter()
                .any(|need| need.scope.iter().any(|s| *s == *root))
        };
        let only = (!self.missing.is_empty()).then(|| {
            self.needs
                .iter()
                .flat_map(|need| &need.resources)
                .map(PathBuf::from)
                .collect()
        });
        Roots {
            roots: self
                .projects
                .iter()
                .filter(|root| held(root))
                .cloned()
                .collect(),
            cwd: self.projects.first().cloned(),
            only,
            except: self.except.clone(),
        }
    }
}

fn needs(entry: &ToolEntry, resolved: &[Resolved]) -> Result<Vec<Need>, (&'static str, String)> {
    let mut needs = Vec::new();
    for permission in &entry.permissions {
        let resources = match permission {
            Permission::FsRead | Permission::FsWrite => {
                resolved.iter().map(Resolved::path).collect()
            }
            Permission::HostGit => resolved
                .iter()
                .map(Resolved::repository)
                .collect::<Result<Vec<_>, _>>()?,
            Permission::Net
            | Permission::Shell
            | Permission::Browser
            | Permission::Secret
            | Permission::HostProcess
            | Permission::HostTcp => {
                let reason = format!(
                    "permission `{}` is not available in this release",
                    permission.as_str()
                );
                return Err(("not_available", reason));
            }
        };
        needs.push(Need {
            permission: *permission,
            resources,
            scope: paths::scope(resolved),
        });
    }
    Ok(needs)
}

fn refuse(tool: &KnownTool, code: &'static str, reason: String) -> Refusal {
    Refusal {
        worker: Some(tool.manifest.id.clone()),
        code,
        reason,
    }
}

fn unknown_tool(name: &str) -> Refusal {
    let name: String = name.chars().take(64).collect();
    Refusal {
        worker: None,
        code: "unknown_tool",
        reason: format!("there is no tool `{name}`"),
    }
}

pub(crate) fn failure(code: &str, message: String) -> ToolError {
    ToolError {
        code: code.to_owned(),
        message,
    }
}

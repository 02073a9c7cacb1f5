//! `POST /api/projects/import` (PR-12).

use axum::{Json, extract::State};
use weald_api::{
    preset::WorkspaceQuery,
    project::{
        ProjectCreateRequest, ProjectImportResponse, ProjectRefusal, ProjectRegistry,
        RegisteredProject,
    },
};
use weald_domain::time::UnixMillis;

use super::{
    FORM_VERSION,
    create::{self, New},
};
use crate::{
    Fault, ServerState, checks,
    extract::{Body, Query, Reader},
    fault::Answer,
};

/// Most projects of one document.
const PROJECTS_MAX: usize = 1000;

/// Add the projects of an exported document
///
/// Each is checked as `POST /api/projects/create` does and is added or refused by itself; what is
/// there already stays as it is. Then the active one is selected, when it is there.
#[utoipa::path(
    post, path = "/api/projects/import", tag = "projects", params(WorkspaceQuery),
    request_body = ProjectRegistry,
    responses(
        (status = 200, body = ProjectImportResponse, description = "What was added, and what was not and why."),
        (status = 400, description = "`bad_version`: a form that this release does not know; `too_many_projects`: above 1,000."),
        (status = 404, description = "`not_found`: the workspace."),
    ),
)]
pub(super) async fn import_projects(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(query): Query<WorkspaceQuery>,
    Body(registry): Body<ProjectRegistry>,
) -> Answer<Json<ProjectImportResponse>> {
    let workspace = checks::writable(&access, query.workspace_id)?;
    check(&registry)?;
    let mut done = ProjectImportResponse {
        added: Vec::new(),
        refused: Vec::new(),
    };
    for project in registry.projects {
        let id = project.id.clone();
        let new = new(project, state.now());
        match create::add(&state, &access, workspace, new).await {
            Ok(added) => done.added.push(added.id),
            Err(fault) if fault.problem().status < 500 => done.refused.push(refusal(id, &fault)),
            Err(fault) => return Err(fault),
        }
    }
    if let Some(active) = registry.active_project_id {
        let (projects, now) = (&state.services().projects, state.now());
        projects.select(&access, workspace, &active, now).await?;
    }
    Ok(Json(done))
}

fn check(registry: &ProjectRegistry) -> Answer<()> {
    if registry.version != FORM_VERSION {
        let detail = format!(
            "version: {FORM_VERSION} was expected, not {}",
            registry.version
        );
        return Err(Fault::bad("bad_version", detail));
    }
    if registry.projects.len() > PROJECTS_MAX {
        let detail = format!("projects: at most {PROJECTS_MAX}");
        return Err(Fault::bad("too_many_projects", detail));
    }
    Ok(())
}

fn new(project: RegisteredProject, now: UnixMillis) -> New {
    let made = project.created_at.map_or(now, UnixMillis);
    New {
        request: ProjectCreateRequest {
            id: Some(project.id),
            name: Some(project.name),
            kind: project.kind,
            root_directory: project.root_directory,
            description: project.description,
            metadata: project.metadata,
        },
        status: project.status,
        created_at: made.clamp(UnixMillis(0), now),
    }
}

fn refusal(id: weald_domain::slug::Slug, fault: &Fault) -> ProjectRefusal {
    let problem = fault.problem();
    ProjectRefusal {
        id,
        code: problem.code.clone(),
        detail: problem.detail.clone(),
    }
}

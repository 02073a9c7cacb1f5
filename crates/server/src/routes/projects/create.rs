//! `POST /api/projects/create` (PR-09, PR-10, PR-11, NB-27).

use axum::{Json, extract::State, http::StatusCode};
use weald_api::{
    preset::WorkspaceQuery,
    project::{Project, ProjectCreateRequest},
};
use weald_domain::{
    access::Access,
    id::WorkspaceId,
    project::{Project as NewProject, ProjectKind, ProjectStatus},
    slug::Slug,
    time::UnixMillis,
};

use super::{DESCRIPTION_MAX, NAME_MAX, root, write_fault};
use crate::{
    Fault, ServerState, checks,
    extract::{Body, Query, Reader},
    fault::Answer,
};

/// Add a project
///
/// A `repository` is a directory of yours with `.git` in it; a `managed` one is made under Weald's
/// data folder. The first one added becomes the active one.
#[utoipa::path(
    post, path = "/api/projects/create", tag = "projects", params(WorkspaceQuery),
    request_body = ProjectCreateRequest,
    responses(
        (status = 201, body = Project, description = "The new project."),
        (status = 400, description = "`bad_root_directory`, `bad_name`, `bad_id` or `metadata_too_large`."),
        (status = 403, description = "`root_not_allowed`."),
        (status = 404, description = "`not_found`: the workspace."),
        (status = 409, description = "`slug_taken`, or `root_taken` with `project_id`."),
    ),
)]
pub(super) async fn create_project(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Query(query): Query<WorkspaceQuery>,
    Body(request): Body<ProjectCreateRequest>,
) -> Answer<(StatusCode, Json<Project>)> {
    let workspace_id = checks::writable(&access, query.workspace_id)?;
    let new = New {
        request,
        status: ProjectStatus::Active,
        created_at: state.now(),
    };
    let project = add(&state, &access, workspace_id, new).await?;
    Ok((StatusCode::CREATED, Json(project.into())))
}

/// A project to be added.
pub(super) struct New {
    pub(super) request: ProjectCreateRequest,
    pub(super) status: ProjectStatus,
    pub(super) created_at: UnixMillis,
}

/// Checks a project and adds it.
pub(super) async fn add(
    state: &ServerState,
    access: &Access,
    workspace_id: WorkspaceId,
    new: New,
) -> Answer<NewProject> {
    let New {
        request,
        status,
        created_at,
    } = new;
    checks::metadata(&request.metadata)?;
    checks::text(
        "description",
        request.description.as_deref().unwrap_or(""),
        DESCRIPTION_MAX,
    )?;
    let place = place(state, workspace_id, &request).await?;
    let project = NewProject {
        id: place.id,
        workspace_id,
        owner_id: access.user_id,
        name: place.name,
        kind: request.kind,
        root_directory: place.root,
        status,
        description: request.description,
        is_active: false,
        metadata: request.metadata,
        created_at,
        updated_at: state.now(),
    };
    let services = state.services();
    let project = services.projects.create(access, project).await;
    project.map_err(write_fault)
}

struct Place {
    id: Slug,
    name: String,
    root: std::path::PathBuf,
}

/// Names a project and finds or makes its directory.
async fn place(
    state: &ServerState,
    workspace: WorkspaceId,
    request: &ProjectCreateRequest,
) -> Answer<Place> {
    let asked = request.root_directory.as_deref();
    match (request.kind, asked) {
        (ProjectKind::Repository, Some(asked)) => {
            let root = root::repository(asked, &state.config().allowed_root_directories).await?;
            let folder = root
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            let name = request
                .name
                .clone()
                .or(folder)
                .unwrap_or_else(|| "root".to_owned());
            let name = checks::name("name", &name, NAME_MAX)?;
            Ok(Place {
                id: checks::slug(request.id.clone(), &name)?,
                name,
                root,
            })
        }
        (ProjectKind::Repository, None) => Err(Fault::bad(
            "bad_root_directory",
            "root_directory: a repository needs one",
        )),
        (ProjectKind::Managed, Some(_)) => {
            let detail = "root_directory: Weald chooses the directory of a managed project";
            Err(Fault::bad("bad_root_directory", detail))
        }
        (ProjectKind::Managed, None) => {
            let id = request.id.as_ref().map(ToString::to_string);
            let name = request.name.clone().or(id).unwrap_or_default();
            let name = checks::name("name", &name, NAME_MAX)?;
            let id = checks::slug(request.id.clone(), &name)?;
            let root = root::managed(&state.config().projects_root, workspace, &id).await?;
            Ok(Place { id, name, root })
        }
    }
}

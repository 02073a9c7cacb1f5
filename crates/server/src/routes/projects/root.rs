//! Root directories: a repository's must be absolute, exist and contain `.git` (PR-11); a managed
//! one is made under the data folder (NB-27).

use std::path::{Component, Path, PathBuf};

use axum::http::StatusCode;
use weald_domain::{id::WorkspaceId, slug::Slug};

use crate::{Fault, fault::Answer};

/// The canonical root of a repository.
pub(super) async fn repository(asked: &str, allowed: &[PathBuf]) -> Answer<PathBuf> {
    let path = Path::new(asked);
    if !path.is_absolute() || asked.contains('\0') {
        return Err(bad("an absolute path was expected"));
    }
    let root = match tokio::fs::canonicalize(path).await {
        Ok(root) => root,
        // Whether something exists outside is nobody's business.
        Err(_) if !is_inside(path, allowed).await => return Err(not_allowed()),
        Err(_) => return Err(bad("no such directory")),
    };
    if !is_inside(&root, allowed).await {
        return Err(not_allowed());
    }
    if !is_dir(&root).await {
        return Err(bad("that is not a directory"));
    }
    if tokio::fs::symlink_metadata(root.join(".git"))
        .await
        .is_err()
    {
        return Err(bad(
            "that is not the root of a git repository (it has no `.git`)",
        ));
    }
    if root.to_str().is_none() {
        return Err(bad("the path is not valid UTF-8"));
    }
    Ok(root)
}

/// Whether a path is below one of the allowed directories, as they are written or as they resolve.
async fn is_inside(path: &Path, allowed: &[PathBuf]) -> bool {
    let climbs = path.components().any(|part| part == Component::ParentDir);
    if allowed.is_empty() || climbs {
        return allowed.is_empty();
    }
    for allowed in allowed {
        if path.starts_with(allowed) {
            return true;
        }
        let resolved = tokio::fs::canonicalize(allowed).await;
        if resolved.is_ok_and(|allowed| path.starts_with(allowed)) {
            return true;
        }
    }
    false
}

fn not_allowed() -> Fault {
    let detail = "The directory is outside `projects.allowed_root_directories`.";
    Fault::forbidden("root_not_allowed", detail)
}

/// Makes the directory of a managed project.
pub(super) async fn managed(
    projects: &Path,
    workspace: WorkspaceId,
    project: &Slug,
) -> Answer<PathBuf> {
    let root = projects.join(workspace.to_string()).join(project.as_str());
    let failed = |error| {
        let detail = "The directory of the project cannot be made.";
        Fault::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "storage_unavailable",
            detail,
        )
        .because(error)
    };
    tokio::fs::create_dir_all(&root).await.map_err(failed)?;
    tokio::fs::canonicalize(&root).await.map_err(failed)
}

async fn is_dir(path: &Path) -> bool {
    tokio::fs::metadata(path)
        .await
        .is_ok_and(|metadata| metadata.is_dir())
}

fn bad(detail: &str) -> Fault {
    Fault::bad("bad_root_directory", format!("root_directory: {detail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn code(asked: &str, allowed: &[PathBuf]) -> String {
        repository(asked, allowed)
            .await
            .expect_err(asked)
            .problem()
            .code
            .clone()
    }

    #[tokio::test]
    async fn only_an_existing_repository_is_taken() {
        let dir = tempfile::tempdir().expect("a directory");
        let root = dir.path().canonicalize().expect("exists");
        let path = root.to_str().expect("UTF-8");
        for bad in ["", "relative", "/no/such/directory", path, "/dev/null"] {
            assert_eq!(code(bad, &[]).await, "bad_root_directory", "{bad}");
        }
        std::fs::create_dir(root.join(".git")).expect("made");
        assert_eq!(
            repository(&format!("{path}/.git/.."), &[])
                .await
                .expect("legal"),
            root
        );
        assert_eq!(code(path, &["/elsewhere".into()]).await, "root_not_allowed");
        assert!(repository(path, std::slice::from_ref(&root)).await.is_ok());
    }

    #[tokio::test]
    async fn an_allowed_directory_may_be_a_link_and_outside_nothing_is_told() {
        let dir = tempfile::tempdir().expect("a directory");
        let dir = dir.path().canonicalize().expect("exists");
        let (real, link) = (dir.join("real"), dir.join("link"));
        std::fs::create_dir_all(real.join("repo/.git")).expect("made");
        std::fs::create_dir_all(dir.join("outside")).expect("made");
        std::os::unix::fs::symlink(&real, &link).expect("links");
        let allowed = [link.clone()];
        let text = |path: PathBuf| path.to_str().expect("UTF-8").to_owned();
        let taken = repository(&text(link.join("repo")), &allowed).await;
        assert_eq!(taken.expect("legal"), real.join("repo"));
        for outside in ["outside", "missing", "link/../missing"] {
            let code = code(&text(dir.join(outside)), &allowed).await;
            assert_eq!(code, "root_not_allowed", "{outside}");
        }
        let inside = code(&text(link.join("missing")), &allowed).await;
        assert_eq!(inside, "bad_root_directory");
    }
}

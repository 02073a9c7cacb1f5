//! Where the paths of a call really lie: resolved against the projects, so that neither links nor
//! `..` can leave them (WK-017).

use std::path::{Component, Path, PathBuf};

/// What is wrong with a path: stable code and reason.
pub(super) type PathProblem = (&'static str, String);

/// A path of a call, inside a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resolved {
    /// The argument that named it.
    pub(super) argument: String,
    path: String,
    root: String,
    repository: Result<Option<String>, PathProblem>,
}

impl Resolved {
    /// The absolute path, free of links.
    pub(super) fn path(&self) -> String {
        self.path.clone()
    }

    /// The root of the git repository that holds it; the path itself when there is none, so that
    /// the worker can say so.
    pub(super) fn repository(&self) -> Result<String, PathProblem> {
        Ok(self
            .repository
            .clone()?
            .unwrap_or_else(|| self.path.clone()))
    }
}

/// The project roots that hold the paths.
pub(super) fn scope(resolved: &[Resolved]) -> Vec<String> {
    let mut roots: Vec<String> = Vec::new();
    for path in resolved {
        if !roots.contains(&path.root) {
            roots.push(path.root.clone());
        }
    }
    roots
}

/// Resolves the paths of a call. Blocks on the file system.
pub(super) fn resolve_all(
    wanted: Vec<(String, String)>,
    roots: &[PathBuf],
) -> Result<Vec<Resolved>, PathProblem> {
    for root in roots {
        if !std::fs::canonicalize(root).is_ok_and(|canonical| canonical == *root) {
            let reason = format!("the project directory {} is gone or was moved", shown(root));
            return Err(("project_moved", reason));
        }
    }
    wanted
        .into_iter()
        .map(|(argument, text)| {
            let (path, root) = resolve(&text, roots)?;
            let repository = repository(&path, roots);
            Ok(Resolved {
                argument,
                path: utf8(&path)?,
                root: utf8(&root)?,
                repository,
            })
        })
        .collect()
}

fn resolve(text: &str, roots: &[PathBuf]) -> Result<(PathBuf, PathBuf), PathProblem> {
    let outside = || {
        let text: String = text.chars().take(200).collect();
        let reason = format!("{text:?} lies outside the projects of this conversation");
        ("outside_projects", reason)
    };
    if text.contains('\0') || text.len() > 4096 {
        return Err((
            "bad_arguments",
            "a path with a NUL, or longer than 4096 bytes".into(),
        ));
    }
    let cwd = roots.first().ok_or_else(outside)?;
    let path = real(&cwd.join(text)).ok_or_else(outside)?;
    let root = holder(&path, roots).ok_or_else(outside)?;
    Ok((path, root.clone()))
}

/// The longest root that holds a path.
fn holder<'a>(path: &Path, roots: &'a [PathBuf]) -> Option<&'a PathBuf> {
    roots
        .iter()
        .filter(|root| path.starts_with(root))
        .max_by_key(|root| root.components().count())
}

/// The path free of links. What does not exist is allowed at the end, so that a tool can say that
/// it is not there; but there only plain names.
fn real(path: &Path) -> Option<PathBuf> {
    let mut rest: Vec<&std::ffi::OsStr> = Vec::new();
    let mut head = path;
    loop {
        if let Ok(canonical) = std::fs::canonicalize(head) {
            return Some(
                rest.iter()
                    .rev()
                    .fold(canonical, |path, name| path.join(name)),
            );
        }
        match head.components().next_back()? {
            Component::Normal(name) => rest.push(name),
            Component::Prefix(_)
            | Component::RootDir
            | Component::CurDir
            | Component::ParentDir => {
                return None;
            }
        }
        head = head.parent()?;
    }
}

fn repository(path: &Path, roots: &[PathBuf]) -> Result<Option<String>, PathProblem> {
    let Some(root) = weald_git::discover(path) else {
        return Ok(None);
    };
    if holder(&root, roots).is_none() {
        let reason = "the git repository of that path begins above the project: \
                      register its root directory as a project";
        return Err(("outside_projects", reason.into()));
    }
    utf8(&root).map(Some)
}

fn utf8(path: &Path) -> Result<String, PathProblem> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        (
            "bad_arguments",
            format!("the path {} is not UTF-8", shown(path)),
        )
    })
}

fn shown(path: &Path) -> String {
    format!("{:?}", path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn project() -> (tempfile::TempDir, Vec<PathBuf>) {
        let dir = tempfile::tempdir().expect("dir");
        let base = dir.path().canonicalize().expect("canonical");
        for path in ["one/src", "two", "outside"] {
            std::fs::create_dir_all(base.join(path)).expect("dir");
        }
        for path in ["one/src/a", "two/b", "outside/secret"] {
            std::fs::write(base.join(path), "x").expect("file");
        }
        (dir, vec![base.join("one"), base.join("two")])
    }

    fn code(text: &str, roots: &[PathBuf]) -> Result<PathBuf, &'static str> {
        resolve(text, roots)
            .map(|(path, _)| path)
            .map_err(|(code, _)| code)
    }

    #[test]
    fn relative_means_the_first_project_and_absolute_any_of_them() {
        let (_dir, roots) = project();
        assert_eq!(code("src/a", &roots), Ok(roots[0].join("src/a")));
        assert_eq!(code(".", &roots), Ok(roots[0].clone()));
        let b = roots[1].join("b");
        assert_eq!(code(&b.to_string_lossy(), &roots), Ok(b));
        assert_eq!(code("src/../src/./a", &roots), Ok(roots[0].join("src/a")));
        assert_eq!(
            code("src/new/file", &roots),
            Ok(roots[0].join("src/new/file"))
        );
    }

    #[test]
    fn nothing_leads_outside() {
        let (dir, roots) = project();
        let base = dir.path().canonicalize().expect("canonical");
        symlink(base.join("outside"), roots[0].join("link")).expect("link");
        symlink(base.join("outside/gone"), roots[0].join("dangling")).expect("link");
        for text in [
            "..",
            "../outside/secret",
            "/etc/passwd",
            "/",
            "link",
            "link/secret",
            "link/new",
            "src/../../outside/secret",
            "missing/../../outside/secret",
            "../one-more",
            "../on",
            "/proc/self/root/etc/passwd",
            "/proc/self/cwd",
        ] {
            assert_eq!(code(text, &roots), Err("outside_projects"), "{text}");
        }
        assert_eq!(code("a\0b", &roots), Err("bad_arguments"));
        // A dangling link stays a name in the project; the worker refuses to follow it.
        assert_eq!(code("dangling", &roots), Ok(roots[0].join("dangling")));
        symlink(roots[1].join("b"), roots[0].join("to_two")).expect("link");
        assert_eq!(code("to_two", &roots), Ok(roots[1].join("b")));
    }

    #[test]
    fn a_moved_project_is_told() {
        let (_dir, roots) = project();
        std::fs::rename(&roots[0], roots[0].with_extension("moved")).expect("renamed");
        symlink("/", &roots[0]).expect("link");
        let wanted = vec![("path".to_owned(), "etc".to_owned())];
        assert_eq!(
            resolve_all(wanted, &roots).expect_err("moved").0,
            "project_moved"
        );
    }
}

//! git-worker.

use serde_json::{Value, json};
use weald_testkit::repository::Repository;
use weald_worker_host::sdk::{Roots, Trial};

use crate::{Folder, call, program, worker};

fn args(repository: &Repository, more: Value) -> Value {
    let mut args = json!({ "path": repository.root() });
    for (name, value) in more.as_object().into_iter().flatten() {
        args[name] = value.clone();
    }
    args
}

fn worked_in() -> Repository {
    let repository = Repository::empty();
    repository
        .write("a.txt", "one\n")
        .write("dir/b.txt", "one\n");
    repository.commit("add two files", "2026-01-01T10:00:00Z");
    repository.write("a.txt", "one\ntwo\n");
    repository.commit_as("Bob", "add a line", "2026-01-02T10:00:00Z");
    repository.write("dir/b.txt", "two\n").write("new.txt", "");
    repository
}

#[tokio::test]
async fn status_log_and_diff_answer_as_their_manifest_says() {
    let repository = worked_in();
    let mut git = worker("git-worker", repository.root()).await;
    let status = call(&mut git, "git_status", args(&repository, json!({}))).await;
    assert_eq!(status.text, "branch main, 2 files differ");
    assert_eq!(
        status.value["files"],
        json!([
            { "path": "dir/b.txt", "original": null, "index": ".", "worktree": "M" },
            { "path": "new.txt", "original": null, "index": "?", "worktree": "?" },
        ])
    );
    assert_eq!(
        (&status.value["branch"], &status.value["ahead"]),
        (&json!("main"), &Value::Null)
    );

    let log = call(
        &mut git,
        "git_log",
        args(&repository, json!({ "limit": 1 })),
    )
    .await;
    assert_eq!(log.text, "1 commit (cut: there are more)");
    let newest = &log.value["commits"][0];
    assert_eq!(
        (&newest["author"], &newest["subject"]),
        (&json!("Bob"), &json!("add a line"))
    );
    assert_eq!(
        (&newest["date"], log.truncated),
        (&json!("2026-01-02T10:00:00Z"), true)
    );
    let query = json!({ "since": "2026-01-02", "until": "2026-01-02" });
    let log = call(&mut git, "git_log", args(&repository, query)).await;
    assert_eq!(log.value["commits"].as_array().expect("commits").len(), 1);

    let query = json!({ "from": "HEAD~1", "to": "HEAD" });
    let diff = call(&mut git, "git_diff", args(&repository, query)).await;
    assert_eq!(diff.text, "1 file differs: 1 line added, 0 removed");
    assert_eq!(
        diff.value["files"],
        json!([{ "path": "a.txt", "original": null, "added": 1, "removed": 0 }])
    );
    assert!(
        diff.value["patch"]
            .as_str()
            .expect("patch")
            .contains("\n one\n+two\n")
    );
    let mut dir = args(&repository, json!({}));
    dir["path"] = json!(repository.root().join("dir"));
    let diff = call(&mut git, "git_diff", dir).await;
    assert_eq!(diff.value["files"][0]["path"], "dir/b.txt");
}

#[tokio::test]
async fn wrong_questions_are_told_by_a_code() {
    let repository = worked_in();
    let mut git = worker("git-worker", repository.root()).await;
    for (tool, more, code) in [
        ("git_log", json!({ "since": "soon" }), "bad_arguments"),
        (
            "git_diff",
            json!({ "from": "--output=/tmp/x" }),
            "bad_arguments",
        ),
        ("git_diff", json!({ "from": "nope" }), "unknown_revision"),
        ("git_diff", json!({ "to": "HEAD" }), "bad_arguments"),
    ] {
        let answer = call(&mut git, tool, args(&repository, more.clone())).await;
        assert_eq!(
            (answer.is_error, answer.code()),
            (true, Some(code)),
            "{tool} {more}"
        );
    }
    let folder = Folder::new();
    let mut git = worker("git-worker", &folder.root).await;
    let answer = call(&mut git, "git_status", json!({ "path": folder.root })).await;
    assert_eq!(answer.code(), Some("not_a_repository"));
}

#[tokio::test]
async fn a_repository_outside_of_the_directories_is_refused_by_the_worker_too() {
    let repository = worked_in();
    let folder = Folder::new();
    let mut git = worker("git-worker", &folder.root).await;
    let answer = call(&mut git, "git_log", args(&repository, json!({}))).await;
    assert_eq!(answer.code(), Some("outside_projects"));

    let pointer = format!("gitdir: {}\n", repository.root().join(".git").display());
    folder.write(".git", pointer);
    let answer = call(&mut git, "git_log", json!({ "path": folder.root })).await;
    assert_eq!(answer.code(), Some("outside_projects"));

    let below = repository.root().join("dir");
    let roots = Roots {
        roots: vec![below.clone()],
        cwd: Some(below.clone()),
        ..Roots::default()
    };
    let mut git = Trial::start(program(), "git-worker", roots)
        .await
        .expect("a worker");
    let answer = call(&mut git, "git_log", json!({ "path": below })).await;
    assert_eq!(
        answer.code(),
        Some("outside_projects"),
        "it begins above the directories"
    );
}

#[tokio::test]
async fn a_repository_that_would_run_a_program_does_not() {
    let repository = worked_in();
    let canary = repository.outside().join("canary");
    let trap = format!("touch {}; cat", canary.display());
    repository.write(".gitattributes", "* diff=d filter=f\n");
    for key in [
        "diff.d.textconv",
        "diff.external",
        "filter.f.clean",
        "core.fsmonitor",
        "core.pager",
    ] {
        repository.git(&["config", key, &trap]);
    }
    let mut git = worker("git-worker", repository.root()).await;
    for tool in ["git_status", "git_log", "git_diff"] {
        let answer = call(&mut git, tool, args(&repository, json!({}))).await;
        assert!(!answer.is_error, "{tool}: {}", answer.text);
    }
    assert!(!canary.exists());
}

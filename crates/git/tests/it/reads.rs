//! Status, log and diff of ordinary repositories.

use weald_git::{Commit, Diff, DiffQuery, DiffedFile, GitError, LogQuery, StatusFile};
use weald_testkit::repository::Repository as Fixture;

use crate::open;

fn file(path: &str, index: char, worktree: char) -> StatusFile {
    StatusFile {
        path: path.into(),
        original: None,
        index,
        worktree,
    }
}

#[tokio::test]
async fn an_empty_repository_has_a_branch_no_commits_and_no_differences() {
    let fixture = Fixture::empty();
    let repository = open(&fixture).await;
    let status = repository.status(None).await.expect("status");
    assert_eq!(
        (status.branch.as_deref(), status.commit, status.files.len()),
        (Some("main"), None, 0)
    );
    let query = LogQuery {
        limit: 10,
        ..LogQuery::default()
    };
    assert_eq!(
        repository.log(&query).await.expect("log"),
        weald_git::Log::default()
    );
    assert_eq!(
        repository.diff(&DiffQuery::default()).await.expect("diff"),
        Diff::default()
    );
    fixture.write("a", "a\n");
    fixture.git(&["add", "a"]);
    let staged = DiffQuery {
        staged: true,
        ..DiffQuery::default()
    };
    assert_eq!(repository.diff(&staged).await.expect("diff").files.len(), 1);
}

#[tokio::test]
async fn status_tells_every_kind_of_difference_and_strange_names() {
    let fixture = Fixture::empty();
    let names = [
        "spa ce",
        "new\nline",
        "quo\"te",
        "-dash",
        "grün",
        ":(top)x",
        "*",
    ];
    for name in names {
        fixture.write(name, "one\n");
    }
    fixture.write("moved", "a long enough text to be found again\n");
    fixture.commit("first", "2026-01-01T10:00:00Z");
    for name in names {
        fixture.write(name, "two\n");
    }
    fixture.git(&["mv", "moved", "to here"]);
    fixture.write("fresh/file", "new\n");
    let status = open(&fixture).await.status(None).await.expect("status");
    let mut expected: Vec<StatusFile> = names.iter().map(|name| file(name, '.', 'M')).collect();
    expected.push(StatusFile {
        original: Some("moved".into()),
        ..file("to here", 'R', '.')
    });
    expected.sort_by(|a, b| a.path.cmp(&b.path));
    expected.push(file("fresh/file", '?', '?'));
    let mut files = status.files;
    let fresh = files.pop().expect("untracked");
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.push(fresh);
    assert_eq!(files, expected);
}

#[tokio::test]
async fn status_of_a_path_and_of_a_detached_head() {
    let fixture = Fixture::empty();
    fixture.write("a", "1\n").write("dir/b", "1\n");
    let hash = fixture.commit("first", "2026-01-01T10:00:00Z");
    fixture.write("a", "2\n").write("dir/b", "2\n");
    fixture.git(&["checkout", "--quiet", "--detach"]);
    let repository = open(&fixture).await;
    let dir = fixture.root().join("dir");
    let status = repository.status(Some(&dir)).await.expect("status");
    assert_eq!((status.branch, status.commit), (None, Some(hash)));
    assert_eq!(status.files, [file("dir/b", '.', 'M')]);
    let error = repository
        .status(Some("/etc".as_ref()))
        .await
        .expect_err("outside");
    assert!(matches!(
        error,
        GitError::BadArgument {
            what: "the path",
            ..
        }
    ));
}

#[tokio::test]
async fn ahead_and_behind_are_counted() {
    let fixture = Fixture::empty();
    fixture.commit("one", "2026-01-01T10:00:00Z");
    fixture.git(&["branch", "upstream"]);
    fixture.git(&["branch", "--quiet", "--set-upstream-to=upstream"]);
    fixture.commit("two", "2026-01-02T10:00:00Z");
    let status = open(&fixture).await.status(None).await.expect("status");
    assert_eq!((status.ahead, status.behind), (Some(1), Some(0)));
}

#[tokio::test]
async fn the_log_is_bounded_by_time_number_and_path() {
    let fixture = Fixture::empty();
    fixture.write("a", "1\n");
    let first = fixture.commit_as("Bob Ü.", "add a \"thing\"", "2026-01-01T10:00:00Z");
    fixture.write("b", "1\n");
    let second = fixture.commit("add b", "2026-01-03T10:00:00Z");
    let repository = open(&fixture).await;
    let log = async |query: LogQuery| repository.log(&query).await.expect("log");
    let all = log(LogQuery {
        limit: 10,
        ..LogQuery::default()
    })
    .await;
    assert_eq!(
        all.commits,
        [
            Commit {
                hash: second.clone(),
                author: "Ada Tester".into(),
                date: "2026-01-03T10:00:00Z".into(),
                subject: "add b".into(),
            },
            Commit {
                hash: first.clone(),
                author: "Bob Ü.".into(),
                date: "2026-01-01T10:00:00Z".into(),
                subject: "add a \"thing\"".into(),
            },
        ]
    );
    assert!(!all.truncated);
    let one = log(LogQuery {
        limit: 1,
        ..LogQuery::default()
    })
    .await;
    assert_eq!((one.commits.len(), one.truncated), (1, true));
    let since = "2026-01-03".parse().expect("moment");
    let recent = log(LogQuery {
        limit: 10,
        since: Some(since),
        ..LogQuery::default()
    })
    .await;
    assert_eq!(recent.commits.len(), 1);
    let until = "2026-01-02T00:00:00Z".parse().expect("moment");
    let old = log(LogQuery {
        limit: 10,
        until: Some(until),
        ..LogQuery::default()
    })
    .await;
    assert_eq!(old.commits[0].hash, first);
    let path = Some(fixture.root().join("a"));
    let of_a = log(LogQuery {
        limit: 10,
        path,
        ..LogQuery::default()
    })
    .await;
    assert_eq!(
        of_a.commits.iter().map(|c| &c.hash).collect::<Vec<_>>(),
        [&first]
    );
}

#[tokio::test]
async fn a_diff_counts_lines_and_shows_the_patch() {
    let fixture = Fixture::empty();
    fixture
        .write("a", "1\n2\n3\n")
        .write("old name", "a long enough text to be found again\n");
    std::fs::write(fixture.root().join("bin"), b"\0\x01").expect("file");
    let first = fixture.commit("first", "2026-01-01T10:00:00Z");
    fixture.write("a", "1\nzwei\n3\n4\n");
    fixture.git(&["mv", "old name", "grün"]);
    std::fs::write(fixture.root().join("bin"), b"\0\x02").expect("file");
    let second = fixture.commit("second", "2026-01-02T10:00:00Z");
    let repository = open(&fixture).await;
    let query = DiffQuery {
        from: Some(first.parse().expect("revision")),
        to: Some("HEAD".parse().expect("revision")),
        ..DiffQuery::default()
    };
    let diff = repository.diff(&query).await.expect("diff");
    let counted = |path: &str, added, removed| DiffedFile {
        path: path.into(),
        original: None,
        added,
        removed,
    };
    assert_eq!(
        diff.files,
        [
            counted("a", Some(2), Some(1)),
            counted("bin", None, None),
            DiffedFile {
                original: Some("old name".into()),
                ..counted("grün", Some(0), Some(0))
            },
        ]
    );
    assert!(
        diff.patch
            .contains("--- a/a\n+++ b/a\n@@ -1,3 +1,4 @@\n 1\n-2\n+zwei\n 3\n+4\n")
    );
    assert!(diff.patch.contains("rename to grün\n"), "{}", diff.patch);

    fixture.write("a", "work tree\n");
    let work_tree = repository.diff(&DiffQuery::default()).await.expect("diff");
    assert_eq!(work_tree.files, [counted("a", Some(1), Some(4))]);
    let staged = DiffQuery {
        staged: true,
        ..DiffQuery::default()
    };
    assert!(
        repository
            .diff(&staged)
            .await
            .expect("diff")
            .files
            .is_empty()
    );
    fixture.git(&["add", "a"]);
    assert_eq!(repository.diff(&staged).await.expect("diff").files.len(), 1);
    let from = DiffQuery {
        from: Some(second.parse().expect("rev")),
        ..DiffQuery::default()
    };
    assert_eq!(repository.diff(&from).await.expect("diff").files.len(), 1);
}

#[tokio::test]
async fn wrong_questions_are_told_apart() {
    let fixture = Fixture::empty();
    fixture.commit("first", "2026-01-01T10:00:00Z");
    let repository = open(&fixture).await;
    let ask = async |from: Option<&str>, to: Option<&str>, staged| {
        let revision = |text: Option<&str>| text.map(|text| text.parse().expect("revision"));
        let query = DiffQuery {
            from: revision(from),
            to: revision(to),
            staged,
            path: None,
        };
        repository
            .diff(&query)
            .await
            .expect_err("wrong")
            .to_string()
    };
    assert_eq!(
        ask(Some("nope"), None, false).await,
        "there is no revision `nope`"
    );
    assert_eq!(
        ask(Some("HEAD:a"), None, false).await,
        "there is no revision `HEAD:a`"
    );
    assert_eq!(
        ask(None, Some("HEAD"), false).await,
        "`to` cannot be used: it needs `from`"
    );
    assert!(
        ask(Some("HEAD"), Some("HEAD"), true)
            .await
            .contains("the newer side is the index")
    );
}

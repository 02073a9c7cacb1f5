//! Answers made from results.

use super::*;

fn ended_with(outcome: Outcome, output: Value) -> ToolState {
    sample::ended(json!({}), outcome, output)
}

/// A result as the workers give it: a text, and the same as JSON.
fn result(document: Value) -> Value {
    json!({"content": [
        {"type": "text", "text": "as text"}, {"type": "json", "value": document}
    ]})
}

fn after(text: &str, calls: &[(&str, ToolState)]) -> ModelRequest {
    let mut request = request(text);
    for (at, (name, state)) in calls.iter().enumerate() {
        let part = sample::tool(&format!("planner_{}", at + 1), name, state.clone());
        request
            .messages
            .push(sample::assistant(vec![sample::said("I look."), part]));
    }
    request
}

async fn answer(text: &str, tool: &str, document: Value) -> String {
    let state = ended_with(Outcome::Ok, result(document));
    let answer = step(&after(text, &[(tool, state)])).await;
    let (answer, note) = answer.rsplit_once("\n*No language").expect("the note");
    assert_eq!(note, " model is connected; fixed rules answered this.*\n");
    answer.to_owned()
}

#[tokio::test]
async fn a_folder_is_a_table() {
    let entries = json!({"entries": [
        {"name": "a|b.md", "kind": "file", "size": 2048, "modified": "2026-11-20T10:00:00.000Z"},
        {"name": "src", "kind": "directory", "size": 4096, "modified": "2026-11-21T10:00:00.000Z"}
    ]});
    assert_eq!(
        answer("list the files here", "fs_list", entries.clone()).await,
        "1 folder and 1 file:\n\n\
         | Name | Kind | Size | Modified |\n|---|---|---|---|\n\
         | `src/` | directory |  | 2026-11-21 10:00 |\n\
         | `a\\|b.md` | file | 2.0 KiB | 2026-11-20 10:00 |\n"
    );
    assert_eq!(
        answer("the largest files", "fs_list", entries).await,
        "The largest files directly in the project (folders below are not counted):\n\n\
         | Name | Size |\n|---|---|\n| `a\\|b.md` | 2.0 KiB |\n"
    );
    let empty = json!({"entries": []});
    assert_eq!(
        answer("ls", "fs_list", empty).await,
        "The folder is empty.\n"
    );
}

#[tokio::test]
async fn files_are_named_or_counted() {
    let two = json!({"paths": ["a.rs", "b/c.rs"], "truncated": false});
    assert_eq!(
        answer("find *.rs", "fs_find", two.clone()).await,
        "2 files:\n\n- `a.rs`\n- `b/c.rs`\n"
    );
    assert_eq!(
        answer("how many rust files are there?", "fs_find", two).await,
        "There are 2 files that match `*.rs` in the project.\n"
    );
    let one = json!({"paths": ["a"], "truncated": false});
    assert_eq!(
        answer("how many rust files are in src?", "fs_find", one.clone()).await,
        "There is 1 file that matches `*.rs` in `src`.\n"
    );
    assert_eq!(
        answer("count the files in src", "fs_find", one).await,
        "There is 1 file in `src`.\n"
    );
    let cut = json!({"paths": ["a"], "truncated": true});
    assert_eq!(
        answer("find files named a", "fs_find", cut).await,
        "at least 1 file:\n\n- `a`\n\nThere is more; the list was cut.\n"
    );
    let many: Vec<String> = (0..203).map(|n| n.to_string()).collect();
    let many = answer(
        "find *",
        "fs_find",
        json!({"paths": many, "truncated": false}),
    )
    .await;
    assert!(many.ends_with("- `199`\n\n… and 3 more.\n"), "{many}");
}

#[tokio::test]
async fn a_file_is_shown_as_code() {
    let file = |text: &str, offset: u64, total: u64, truncated: bool| {
        json!({"path": "a.rs", "text": text, "total_lines": total, "offset": offset,
            "truncated": truncated})
    };
    assert_eq!(
        answer("read a.rs", "fs_read", file("fn x() {}\n", 1, 1, false)).await,
        "`a.rs` (1 line):\n\n```rs\nfn x() {}\n```\n"
    );
    assert_eq!(
        answer("read a.rs", "fs_read", file("```\n", 5, 9, true)).await,
        "`a.rs` (lines 5 to 5 of 9):\n\n````rs\n```\n````\n\n\
         It goes on; ask for the lines from 6, or say `more`.\n"
    );
    assert_eq!(
        answer(
            "how many lines has a.rs",
            "fs_read",
            file("x\n", 1, 120, true)
        )
        .await,
        "`a.rs` has 120 lines.\n"
    );
}

#[tokio::test]
async fn hits_are_grouped_by_file() {
    let hits = json!({"hits": [
        {"path": "a.rs", "line": 3, "text": "  // TODO one"},
        {"path": "b.rs", "line": 1, "text": "TODO"},
        {"path": "a.rs", "line": 9, "text": "TODO two"}
    ], "truncated": true});
    assert_eq!(
        answer("search for TODO", "fs_search", hits).await,
        "at least 3 lines in 2 files:\n\n**`a.rs`**\n\n- 3: `// TODO one`\n- 9: `TODO two`\n\n\
         **`b.rs`**\n\n- 1: `TODO`\n\nThere is more; the list was cut.\n"
    );
    let none = json!({"hits": [], "truncated": false});
    assert_eq!(
        answer("search for x", "fs_search", none).await,
        "Nothing was found.\n"
    );
}

#[tokio::test]
async fn a_log_is_a_digest() {
    let commit = |hash: &str, author: &str, subject: &str| {
        json!({"hash": hash, "author": author, "date": "2026-11-20T10:00:00Z", "subject": subject,
            "files_changed": 2})
    };
    let commits = json!({"commits": [
        commit("0123456789ab", "Ada", "store: *fast*"),
        commit("1123456789ab", "Bob", "web: chat"),
        commit("2123456789ab", "Ada", "docs")
    ], "truncated": false});
    assert_eq!(
        answer("what changed this week?", "git_log", commits).await,
        "**3 commits** by 2 authors in the last 7 days (since 2026-11-17).\n\n\
         Authors: Ada (2), Bob (1)\n\n\
         - 2026-11-20 `01234567` store: \\*fast\\* (Ada), 2 files\n\
         - 2026-11-20 `11234567` web: chat (Bob), 2 files\n\
         - 2026-11-20 `21234567` docs (Ada), 2 files\n"
    );
    let none = json!({"commits": [], "truncated": false});
    assert_eq!(
        answer("what changed yesterday?", "git_log", none).await,
        "No commit was made yesterday (2026-11-23).\n"
    );
}

#[tokio::test]
async fn a_status_is_told_in_words() {
    let files = json!({"branch": "main", "ahead": 1, "behind": 2, "files": [
        {"path": "a.rs", "index": "M", "worktree": "."},
        {"path": "b.rs", "index": "?", "worktree": "untracked"}
    ]});
    assert_eq!(
        answer("git status", "git_status", files).await,
        "On branch `main`, 1 ahead and 2 behind; 2 files have changed:\n\n\
         | File | Staged | Not staged |\n|---|---|---|\n\
         | `a.rs` | modified |  |\n| `b.rs` | untracked | untracked |\n"
    );
    let clean = json!({"branch": "main", "ahead": 0, "behind": 0, "files": []});
    assert_eq!(
        answer("git status", "git_status", clean).await,
        "On branch `main`; nothing is uncommitted.\n"
    );
}

#[tokio::test]
async fn a_diff_has_its_sums_and_its_patch() {
    let diff = json!({"files": [{"path": "a.rs", "added": 2, "removed": 1}],
        "patch": "-a\n+b\n+c\n", "truncated": false});
    assert_eq!(
        answer("show the diff", "git_diff", diff).await,
        "1 file differs, +2 −1:\n\n| File | Added | Removed |\n|---|---|---|\n\
         | `a.rs` | +2 | −1 |\n\n```diff\n-a\n+b\n+c\n```\n"
    );
    let none = json!({"files": [], "patch": "", "truncated": false});
    assert_eq!(
        answer("show the diff", "git_diff", none).await,
        "Nothing differs.\n"
    );
}

#[tokio::test]
async fn a_result_of_another_form_is_shown_as_it_is() {
    let odd = answer("git status", "git_status", json!({"odd": true})).await;
    assert_eq!(
        odd,
        "`git_status` answered:\n\n```\nas text\n{\"odd\":true}\n```\n"
    );
}

#[tokio::test]
async fn a_call_that_did_not_succeed_is_told() {
    let told = |outcome, output: Value| {
        let state = ended_with(outcome, output);
        async move { step(&after("git status", &[("git_status", state)])).await }
    };
    let denied = told(Outcome::Denied, json!("a person said no")).await;
    assert!(
        denied.starts_with("That was not allowed, so I stopped: a person said no\n"),
        "{denied}"
    );
    let failed = told(
        Outcome::Error,
        json!({"content": [{"type": "text", "text": "no git"}]}),
    )
    .await;
    assert!(
        failed.starts_with("That did not work: no git\n"),
        "{failed}"
    );
    let unknown = told(Outcome::Unknown, json!("")).await;
    assert!(
        unknown.contains("it is not known how that ended"),
        "{unknown}"
    );
}

#[tokio::test]
async fn a_file_named_without_its_folder_is_looked_for_once() {
    let failed = || ended_with(Outcome::Error, json!("no such file"));
    let found = |paths: Value| {
        ended_with(
            Outcome::Ok,
            result(json!({"paths": paths, "truncated": false})),
        )
    };
    let text = "read lines 3 to 4 of main.rs";

    let mut calls = vec![("fs_read", failed())];
    assert_eq!(
        step(&after(text, &calls)).await,
        r#"fs_find {"path":".","glob":"main.rs"}"#
    );
    calls.push(("fs_find", found(json!(["src/main.rs"]))));
    let read = r#"fs_read {"path":"src/main.rs","offset":3,"limit":2}"#;
    assert_eq!(step(&after(text, &calls)).await, read);
    calls.push(("fs_read", failed()));
    let gave_up = step(&after(text, &calls)).await;
    assert!(
        gave_up.starts_with("That did not work: no such file"),
        "{gave_up}"
    );

    let two = [
        ("fs_read", failed()),
        ("fs_find", found(json!(["a/main.rs", "b/main.rs"]))),
    ];
    let which = step(&after(text, &two)).await;
    assert!(which.contains("Which of them?"), "{which}");
    let none = [("fs_read", failed()), ("fs_find", found(json!([])))];
    let none = step(&after(text, &none)).await;
    assert!(none.starts_with("There is no file of that name"), "{none}");
    let path = step(&after("read src/main.rs", &[("fs_read", failed())])).await;
    assert!(path.starts_with("That did not work"), "{path}");
}

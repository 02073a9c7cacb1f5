//! Who may call what.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::json;
use uuid::Uuid;
use weald_domain::{
    approval::Need,
    id::{ConversationId, UserId},
    permission::{Decision, Permission},
    ports::{Check, ToolHost},
    preset::Toolset,
};

use crate::harness::{Bench, call, json_of};

fn toolset(name: &str, enabled: bool, exclude: &[&str]) -> Toolset {
    Toolset {
        name: name.into(),
        enabled,
        exclude_tools: exclude.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[tokio::test]
async fn only_tools_of_enabled_toolsets_are_offered_and_path_tools_need_a_project() {
    let mut bench = Bench::new();
    let names = |bench: &Bench, toolset: Toolset| -> Vec<String> {
        let specs = bench.host.tools(&[toolset], &bench.context);
        specs.into_iter().map(|spec| spec.name).collect()
    };
    assert_eq!(
        names(
            &bench,
            toolset("odd", true, &["odd_do", "odd_net", "odd_patient"])
        ),
        ["odd_echo", "odd_peek", "odd_repository", "odd_both"]
    );
    assert!(names(&bench, toolset("odd", false, &[])).is_empty());
    assert!(names(&bench, toolset("other", true, &[])).is_empty());
    bench.context.projects.clear();
    assert_eq!(
        names(&bench, toolset("odd", true, &[])),
        ["odd_echo", "odd_net", "odd_patient", "odd_do"]
    );
    assert_eq!(
        bench.denied("odd_peek", json!({ "path": "a" })).await.0,
        "no_project"
    );
}

#[tokio::test]
async fn unknown_tools_and_bad_arguments_are_refused_with_a_reason() {
    let bench = Bench::new();
    assert_eq!(bench.denied("rm_rf", json!({})).await.0, "unknown_tool");
    let (code, reason) = bench.denied("odd_echo", json!({ "text": 7 })).await;
    assert_eq!(
        (code.as_str(), reason.starts_with("/text: ")),
        ("bad_arguments", true),
        "{reason}"
    );
    for args in [
        json!([]),
        json!(null),
        json!({ "more": 1 }),
        json!({ "text": "x".repeat(11) }),
    ] {
        assert_eq!(
            bench.denied("odd_echo", args.clone()).await.0,
            "bad_arguments",
            "{args}"
        );
    }
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    assert_eq!(
        bench.denied("odd_do", json!({ "note": deep })).await.0,
        "bad_arguments"
    );
    assert_eq!(bench.denied("odd_net", json!({})).await.0, "not_available");
    assert_eq!(bench.host.starts(), 0, "a refusal starts nothing");
}

#[tokio::test]
async fn paths_outside_of_the_projects_are_refused_however_they_are_written() {
    let bench = Bench::new();
    bench.allow_everything();
    std::os::unix::fs::symlink(bench.outside(), bench.root.join("link")).expect("link");
    let secret = bench.outside().join("secret.txt");
    for path in [
        "../secret.txt",
        "link/secret.txt",
        "link",
        "/etc/passwd",
        secret.to_str().expect("utf-8"),
    ] {
        let (code, _) = bench.denied("odd_peek", json!({ "path": path })).await;
        assert_eq!(code, "outside_projects", "{path}");
        assert_eq!(
            bench.fails("odd_peek", json!({ "path": path })).await,
            "outside_projects"
        );
    }
}

#[tokio::test]
async fn without_a_grant_a_person_is_asked_about_the_resolved_path() {
    let bench = Bench::new();
    std::fs::create_dir(bench.root.join("src")).expect("dir");
    std::os::unix::fs::symlink("../a.txt", bench.root.join("src/b")).expect("link");
    let root = bench.root.to_str().expect("utf-8").to_owned();
    assert_eq!(
        bench.check("odd_peek", json!({ "path": "src/b" })).await,
        Check::Ask {
            worker: "odd-worker".into(),
            needs: vec![Need {
                permission: Permission::FsRead,
                resources: vec![format!("{root}/a.txt")],
                scope: vec![root],
            }],
            question: "May odd-worker read `a.txt` in project `app`? (odd_peek)".into(),
        }
    );
    let code = bench.fails("odd_peek", json!({ "path": "src/b" })).await;
    assert_eq!(code, "not_permitted");
}

#[tokio::test]
async fn a_grant_allows_and_a_deny_beats_it() {
    let bench = Bench::new();
    let grant = bench
        .grants
        .give(Permission::FsRead, &bench.root, Decision::Allow);
    let allowed = Check::Allow {
        worker: "odd-worker".into(),
        grants: vec![grant],
    };
    assert_eq!(
        bench.check("odd_peek", json!({ "path": "a.txt" })).await,
        allowed
    );
    assert_eq!(
        bench.check("odd_echo", json!({})).await,
        Check::Allow {
            worker: "odd-worker".into(),
            grants: vec![]
        }
    );
    bench.grants.give(
        Permission::FsRead,
        &bench.root.join("a.txt"),
        Decision::Deny,
    );
    let (code, _) = bench.denied("odd_peek", json!({ "path": "a.txt" })).await;
    assert_eq!(code, "denied_by_grant");
}

#[tokio::test]
async fn a_denial_below_an_allowed_directory_holds_in_the_process() {
    let bench = Bench::new();
    bench
        .grants
        .give(Permission::FsRead, &bench.root, Decision::Allow);
    let before = json_of(
        &bench
            .run("odd_peek", json!({ "path": "a.txt" }))
            .await
            .expect("read"),
    );
    bench.grants.give(
        Permission::FsRead,
        &bench.root.join("closed"),
        Decision::Deny,
    );
    let whole = bench
        .run("odd_peek", json!({ "path": "." }))
        .await
        .expect("an answer");
    assert_eq!(json_of(&whole)["error"]["code"], "is_a_directory");
    assert_eq!(
        bench
            .denied("odd_peek", json!({ "path": "closed/x" }))
            .await
            .0,
        "denied_by_grant"
    );
    let after = json_of(
        &bench
            .run("odd_peek", json!({ "path": "a.txt" }))
            .await
            .expect("read"),
    );
    assert_eq!(
        before["pid"], after["pid"],
        "what it touches has no denial below it"
    );
    assert_eq!(
        bench.host.starts(),
        2,
        "the whole directory needed a process that keeps out"
    );
}

#[tokio::test]
async fn what_another_owner_allowed_does_not_count_but_what_they_denied_does() {
    let mut bench = Bench::new();
    bench
        .grants
        .give(Permission::FsRead, &bench.root, Decision::Allow);
    bench.context.owner_id = UserId(Uuid::from_u128(2));
    let ask = bench.check("odd_peek", json!({ "path": "a.txt" })).await;
    assert!(matches!(ask, Check::Ask { .. }), "{ask:?}");
    bench
        .grants
        .give(Permission::FsRead, &bench.root, Decision::Deny);
    assert_eq!(
        bench.denied("odd_peek", json!({ "path": "a.txt" })).await.0,
        "denied_by_grant"
    );
}

#[tokio::test]
async fn a_tool_that_needs_two_things_asks_one_question() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.root.join("repo/.git")).expect("dir");
    std::fs::write(bench.root.join("repo/b.txt"), "b").expect("file");
    let ask = bench
        .check("odd_both", json!({ "path": "repo/b.txt" }))
        .await;
    let Check::Ask {
        needs, question, ..
    } = ask
    else {
        panic!("{ask:?}")
    };
    assert_eq!(
        question,
        "May odd-worker read `repo/b.txt` in project `app` and use the git repository of `repo` \
         in project `app`? (odd_both)"
    );
    let resources: Vec<_> = needs
        .iter()
        .flat_map(|need| need.resources.clone())
        .collect();
    let repo = bench.root.join("repo");
    assert_eq!(
        resources,
        [
            repo.join("b.txt").to_str().expect("utf-8"),
            repo.to_str().expect("utf-8")
        ]
    );

    bench
        .grants
        .give(Permission::FsRead, &bench.root, Decision::Allow);
    let ask = bench
        .check("odd_both", json!({ "path": "repo/b.txt" }))
        .await;
    let Check::Ask { needs, .. } = ask else {
        panic!("{ask:?}")
    };
    assert_eq!(needs.len(), 1, "only what is missing: {needs:?}");
}

#[tokio::test]
async fn a_repository_that_begins_above_the_project_is_refused() {
    let bench = Bench::new();
    std::fs::create_dir(bench.outside().join(".git")).expect("dir");
    assert_eq!(
        bench.denied("odd_repository", json!({})).await.0,
        "outside_projects"
    );
    let ask = bench.check("odd_peek", json!({ "path": "a.txt" })).await;
    assert!(
        matches!(ask, Check::Ask { .. }),
        "files do not need the repository: {ask:?}"
    );
}

#[tokio::test]
async fn what_was_approved_once_is_all_that_the_process_can_open() {
    let bench = Bench::new();
    std::fs::write(bench.root.join("b.txt"), "b").expect("file");
    let args = json!({ "path": "a.txt" });
    let Check::Ask { needs, .. } = bench.check("odd_peek", args.clone()).await else {
        panic!()
    };
    let answer = bench
        .host
        .call(&bench.context, &call("odd_peek", args), &needs)
        .await;
    assert_eq!(answer.expect("read").content[0].to_text(), "hello");
    let other = call("odd_peek", json!({ "path": "b.txt" }));
    let error = bench
        .host
        .call(&bench.context, &other, &needs)
        .await
        .expect_err("refused");
    assert_eq!(error.code, "not_permitted");
    assert_eq!(
        bench.host.idle_processes(),
        0,
        "a process for one answer is not kept"
    );
}

#[tokio::test]
async fn a_process_sees_only_the_project_of_its_call() {
    let mut bench = Bench::new();
    bench.allow_everything();
    let second = bench.outside().join("second");
    std::fs::create_dir(&second).expect("dir");
    std::fs::write(second.join("c.txt"), "c").expect("file");
    bench
        .grants
        .give(Permission::FsRead, &second, Decision::Allow);
    bench
        .context
        .projects
        .push(("two".parse().expect("slug"), second.clone()));
    bench.context.conversation_id = ConversationId(Uuid::from_u128(9));
    let first = json_of(
        &bench
            .run("odd_peek", json!({ "path": "a.txt" }))
            .await
            .expect("read"),
    );
    assert_eq!(first["roots"], json!([bench.root]));
    let path = second.join("c.txt");
    let other = json_of(
        &bench
            .run("odd_peek", json!({ "path": path }))
            .await
            .expect("read"),
    );
    assert_eq!(other["roots"], json!([second]));
    assert_ne!(first["pid"], other["pid"]);
}

#[tokio::test]
async fn a_path_that_is_swapped_for_a_link_between_check_and_use_never_leads_outside() {
    let bench = Bench::with(|config| config.failures = u32::MAX);
    bench.allow_everything();
    let (dir, aside) = (bench.root.join("d"), bench.root.join("aside"));
    std::fs::create_dir(&dir).expect("dir");
    std::fs::write(dir.join("secret.txt"), "harmless").expect("file");
    let outside = bench.outside();
    let stop = Arc::new(AtomicBool::new(false));
    let swapper = std::thread::spawn({
        let stop = Arc::clone(&stop);
        move || {
            while !stop.load(Ordering::Relaxed) {
                std::fs::rename(&dir, &aside).expect("aside");
                std::os::unix::fs::symlink(&outside, &dir).expect("link");
                std::fs::remove_file(&dir).expect("unlinked");
                std::fs::rename(&aside, &dir).expect("back");
            }
        }
    });
    let mut met = BTreeMap::new();
    for _ in 0..3000 {
        let result = bench
            .run("odd_peek", json!({ "path": "d/secret.txt" }))
            .await;
        let what = match result {
            Ok(answer) if answer.is_error => json_of(&answer)["error"]["code"].to_string(),
            Ok(answer) => answer.content[0].to_text(),
            Err(error) => error.code,
        };
        assert!(!what.contains("secret"), "the secret was read");
        *met.entry(what).or_insert(0) += 1;
    }
    stop.store(true, Ordering::Relaxed);
    swapper.join().expect("swapped");
    assert!(met.len() >= 3, "the race did not happen: {met:?}");
}

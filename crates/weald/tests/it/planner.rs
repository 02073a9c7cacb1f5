//! The planner in whole turns: real tools, real approvals, and a question that outlives the server.

use serde_json::Value;
use weald_testkit::repository::Repository;

use crate::{
    app::TestApp,
    command::{Home, Said},
};

fn repository() -> Repository {
    let repository = Repository::empty();
    repository.write(
        "docs/one.md",
        "# One\n\nThe journal keeps every run of the journal.\n",
    );
    repository.write(
        "docs/two.md",
        "# Two\n\nTwo lines tell about the weather here.\n\nEnd.\n",
    );
    repository
}

/// Asks in a conversation with the repository; a new one when none is named.
async fn ask(home: &Home, repository: &Repository, conversation: Option<&str>, text: &str) -> Said {
    let root = repository.root().display().to_string();
    let mut args = vec!["run", "--yes", "-C", &root, "--model", "builtin/planner"];
    if let Some(id) = conversation {
        args.extend(["--conversation", id]);
    }
    args.push(text);
    home.weald(&args).await
}

async fn conversation(home: &Home) -> String {
    let list = home.weald(&["conversation", "list", "--json"]).await.json();
    text_of(&list["items"][0], "id")
}

fn text_of(value: &Value, member: &str) -> String {
    let text = value[member].as_str();
    text.unwrap_or_else(|| panic!("no {member}: {value}"))
        .to_owned()
}

/// Allows whatever is asked until nothing is active; the conversation then.
async fn allowed(app: &TestApp) -> String {
    loop {
        let list = app.client().conversations(&Default::default()).await;
        let list = list.expect("lists");
        let entry = &list.items[0];
        if entry.active.is_none() {
            let id = entry.conversation.id.to_string();
            let export = ["conversation", "export", &id, "--format", "json"];
            return app.home().weald(&export).await.out;
        }
        let pending = app
            .home()
            .weald(&["approval", "list", "--json"])
            .await
            .json();
        if let Some(approval) = pending["items"].as_array().and_then(|items| items.first()) {
            let id = text_of(approval, "id");
            let answer = ["approval", "answer", &id, "--allow=conversation"];
            app.home().weald(&answer).await;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_question_is_answered_after_the_server_was_killed() {
    let repository = repository();
    let mut app = TestApp::start().await;
    let asked = ask(app.home(), &repository, None, "search in docs").await;
    assert_eq!(asked.code, 0, "{asked:?}");
    assert!(
        asked.out.starts_with("What shall I search for?"),
        "{asked:?}"
    );
    app.kill9();
    app.restart().await;

    let id = conversation(app.home()).await;
    let parked = ask(app.home(), &repository, Some(&id), "weather").await;
    assert_eq!(parked.code, 8, "it waits for an approval: {parked:?}");
    let export = allowed(&app).await;
    assert!(
        export.contains("1 line in 1 file") && export.contains("docs/two.md"),
        "{export}"
    );
}

#[tokio::test]
async fn find_count_and_summarise_are_one_turn() {
    let repository = repository();
    let app = TestApp::start().await;
    let text = "find *.md, count their lines and summarise them";
    let parked = ask(app.home(), &repository, None, text).await;
    assert_eq!(parked.code, 8, "{parked:?}");
    let export = allowed(&app).await;
    for told in [
        "| `docs/one.md` | 3 |",
        "Together: **8 lines**",
        "> The journal keeps every run of the journal.",
        "No language model is connected",
    ] {
        assert!(export.contains(told), "{told}: {export}");
    }
}

#[tokio::test]
async fn german_is_answered_in_german_and_a_denial_ends_the_plan() {
    let repository = repository();
    let app = TestApp::start().await;
    let text = "Finde alle Markdown-Dateien und fasse sie zusammen";
    let parked = ask(app.home(), &repository, None, text).await;
    assert_eq!(parked.code, 8, "{parked:?}");
    let id = crate::approvals::pending(app.home()).await;
    app.home()
        .weald(&["approval", "answer", &id, "--deny"])
        .await;
    let export = allowed(&app).await;
    assert!(export.contains("Das wurde nicht erlaubt"), "{export}");
    assert!(
        export.contains("Kein Sprachmodell ist verbunden"),
        "{export}"
    );
}

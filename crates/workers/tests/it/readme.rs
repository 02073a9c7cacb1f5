//! Every example of the READMEs and manifests is run: `tool {arguments}` and, in the next line, the
//! sentence that it answers.

use serde_json::{Value, json};
use weald_testkit::repository::Repository;

use crate::{call, worker};

/// The repository that the examples speak of.
fn fixture() -> Repository {
    let repository = Repository::empty();
    repository
        .write("README.md", "# Garden\n\nTODO: water it\n")
        .write("src/main.rs", "fn main() {}\n");
    repository
        .write(".gitignore", "/target\n")
        .write("target/junk.rs", "TODO\n");
    repository.commit("plant it", "2026-01-01T10:00:00Z");
    repository.write("src/lib.rs", "//! Roses.\n");
    repository.commit("add roses", "2026-01-03T10:00:00Z");
    repository.write("README.md", "# Garden\n\nIt is wet.\n");
    repository
}

fn absolute(repository: &Repository, mut args: Value) -> Value {
    let path = args["path"].as_str().unwrap_or(".").to_owned();
    args["path"] = json!(repository.root().join(path));
    args
}

async fn examples_hold(id: &str, readme: &str) {
    let repository = fixture();
    let mut trial = worker(id, repository.root()).await;
    let mut seen = 0;
    let mut lines = readme.lines().skip_while(|line| *line != "## Examples");
    while let Some(line) = lines.next() {
        let Some((tool, args)) = line.split_once(" {").filter(|(tool, _)| tool.contains('_'))
        else {
            continue;
        };
        let args: Value = serde_json::from_str(&format!("{{{args}")).expect(line);
        let answer = call(&mut trial, tool, absolute(&repository, args)).await;
        assert_eq!(Some(answer.text.as_str()), lines.next(), "{line}");
        seen += 1;
    }
    assert!(seen >= 3, "{id}: only {seen} examples");
}

#[tokio::test]
async fn the_examples_of_the_fs_worker_hold() {
    examples_hold("fs-worker", include_str!("../../src/fs/README.md")).await;
}

#[tokio::test]
async fn the_examples_of_the_git_worker_hold() {
    examples_hold("git-worker", include_str!("../../src/git/README.md")).await;
}

#[tokio::test]
async fn the_examples_of_the_manifests_run() {
    let repository = fixture();
    for text in weald_workers::manifests() {
        let manifest: Value = serde_json::from_str(text).expect("a manifest");
        let mut trial = worker(manifest["id"].as_str().expect("id"), repository.root()).await;
        for tool in manifest["tools"].as_array().expect("tools") {
            let name = tool["name"].as_str().expect("name");
            for example in tool["examples"].as_array().expect("examples") {
                let args = absolute(&repository, example["args"].clone());
                let answer = call(&mut trial, name, args).await;
                assert!(!answer.is_error, "{name}: {}", answer.text);
            }
        }
    }
}

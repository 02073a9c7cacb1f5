//! fs-worker.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

use serde_json::{Value, json};

use crate::{Folder, call, worker};

fn names(entries: &Value) -> Vec<(&str, &str)> {
    let entries = entries["entries"].as_array().expect("entries");
    let pair = |entry: &'static str| entry;
    let (name, kind) = (pair("name"), pair("kind"));
    entries
        .iter()
        .map(|entry| {
            (
                entry[name].as_str().expect("name"),
                entry[kind].as_str().expect("kind"),
            )
        })
        .collect()
}

#[tokio::test]
async fn list_is_sorted_and_says_what_each_entry_is() {
    let folder = Folder::new();
    folder
        .write("b.txt", "12345")
        .write("a/inner", "")
        .write("ä", "");
    std::os::unix::fs::symlink("/etc", folder.root.join("link")).expect("link");
    std::fs::write(folder.root.join(OsStr::from_bytes(b"bad\xff")), "").expect("file");
    let mut fs = worker("fs-worker", &folder.root).await;
    let list = call(&mut fs, "fs_list", json!({ "path": folder.path(".") })).await;
    assert_eq!(list.text, "5 entries in .");
    assert_eq!(
        names(&list.value),
        [
            ("a", "directory"),
            ("b.txt", "file"),
            ("bad\u{fffd}", "file"),
            ("link", "link"),
            ("ä", "file")
        ]
    );
    assert_eq!(list.value["entries"][1]["size"], 5);
    let modified = list.value["entries"][1]["modified"]
        .as_str()
        .expect("a time");
    assert!(
        modified.ends_with('Z') && modified.len() == 24,
        "{modified}"
    );
    let file = call(&mut fs, "fs_list", json!({ "path": folder.path("b.txt") })).await;
    assert_eq!(file.code(), Some("not_a_directory"));
}

#[tokio::test]
async fn find_matches_names_or_paths_and_keeps_to_gitignore() {
    let folder = Folder::new();
    folder
        .write(".gitignore", "/out\n*.log\n!keep.log\n")
        .write("out/a.rs", "")
        .write("b.log", "");
    folder
        .write("keep.log", "")
        .write("src/a.rs", "")
        .write("src/deep/c.rs", "");
    folder
        .write("src/.gitignore", "secret.rs\n")
        .write("src/secret.rs", "")
        .write(".git/x.rs", "");
    let mut fs = worker("fs-worker", &folder.root).await;
    let mut find = async |path: &str, glob: &str| {
        let args = json!({ "path": folder.path(path), "glob": glob });
        call(&mut fs, "fs_find", args).await.value["paths"].clone()
    };
    assert_eq!(
        find(".", "*.rs").await,
        json!(["src/a.rs", "src/deep/c.rs"])
    );
    assert_eq!(find(".", "src/*.rs").await, json!(["src/a.rs"]));
    assert_eq!(
        find("src", "**/*.rs").await,
        json!(["src/a.rs", "src/deep/c.rs"])
    );
    assert_eq!(find(".", "*.log").await, json!(["keep.log"]));
    assert_eq!(
        find("src/deep", "*.{rs,log}").await,
        json!(["src/deep/c.rs"])
    );
    let bad = call(
        &mut fs,
        "fs_find",
        json!({ "path": folder.path("."), "glob": "[" }),
    )
    .await;
    assert_eq!(bad.code(), Some("bad_glob"));
}

#[tokio::test]
async fn find_is_cut_at_its_limit_and_says_so() {
    let folder = Folder::new();
    for n in 0..10_050 {
        folder.write(&format!("d{:02}/{n:05}", n % 50), "");
    }
    let mut fs = worker("fs-worker", &folder.root).await;
    let found = call(
        &mut fs,
        "fs_find",
        json!({ "path": folder.path("."), "glob": "*" }),
    )
    .await;
    assert_eq!(
        found.value["paths"].as_array().expect("paths").len(),
        10_000
    );
    assert!(
        found.truncated && found.text.ends_with("(cut: there are more)"),
        "{}",
        found.text
    );
}

#[tokio::test]
async fn read_gives_the_lines_that_were_asked_for() {
    let folder = Folder::new();
    folder
        .write("five", "1\n2\n3\n4\n5")
        .write("empty", "")
        .write("crlf", "a\r\nb\r\n");
    let mut fs = worker("fs-worker", &folder.root).await;
    let mut read = async |path: &str, offset: Option<u64>, limit: Option<u64>| {
        let mut args = json!({ "path": folder.path(path) });
        if let Some(offset) = offset {
            args["offset"] = offset.into();
        }
        if let Some(limit) = limit {
            args["limit"] = limit.into();
        }
        call(&mut fs, "fs_read", args).await.value
    };
    let value = |path: &str, text: &str, total: u64, offset: u64, truncated: bool| json!({ "path": path, "text": text, "total_lines": total, "offset": offset, "truncated": truncated });
    assert_eq!(
        read("five", None, None).await,
        value("five", "1\n2\n3\n4\n5", 5, 1, false)
    );
    assert_eq!(
        read("five", Some(2), Some(2)).await,
        value("five", "2\n3\n", 5, 2, true)
    );
    assert_eq!(
        read("five", Some(4), Some(2)).await,
        value("five", "4\n5", 5, 4, false)
    );
    assert_eq!(
        read("five", Some(9), None).await,
        value("five", "", 5, 9, false)
    );
    assert_eq!(
        read("empty", None, None).await,
        value("empty", "", 0, 1, false)
    );
    assert_eq!(
        read("crlf", Some(2), None).await,
        value("crlf", "b\r\n", 2, 2, false)
    );
}

#[tokio::test]
async fn what_cannot_be_read_as_text_is_told_by_a_code() {
    let folder = Folder::new();
    folder
        .write("binary", b"a\0b")
        .write("latin", b"ok\nna\xefve\n")
        .write("dir/x", "");
    std::fs::File::create(folder.root.join("huge"))
        .and_then(|file| file.set_len(300 * 1024 * 1024))
        .expect("sparse file");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        folder.root.join("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .expect("pipe");
    let mut fs = worker("fs-worker", &folder.root).await;
    for (path, code, words) in [
        ("binary", "binary_file", "binary file (3 bytes)"),
        ("latin", "not_utf8", "(line 2)"),
        ("huge", "too_large", "search it instead"),
        ("dir", "is_a_directory", "is a directory"),
        ("pipe", "not_a_file", "a pipe"),
        ("missing", "not_found", "does not exist"),
        ("binary/x", "not_a_directory", "no directory"),
    ] {
        let read = call(&mut fs, "fs_read", json!({ "path": folder.path(path) })).await;
        assert_eq!((read.is_error, read.code()), (true, Some(code)), "{path}");
        assert!(read.text.contains(words), "{}", read.text);
    }
}

#[tokio::test]
async fn a_long_file_and_a_long_line_are_cut() {
    let folder = Folder::new();
    folder
        .write("lines", "x\n".repeat(3000))
        .write("line", "x".to_owned() + &"é".repeat(2 * 1024 * 1024));
    let mut fs = worker("fs-worker", &folder.root).await;
    let lines = call(&mut fs, "fs_read", json!({ "path": folder.path("lines") })).await;
    assert_eq!(lines.value["text"].as_str().expect("text").len(), 4000);
    assert_eq!(
        (lines.truncated, &lines.value["total_lines"]),
        (true, &json!(3000))
    );
    let line = call(&mut fs, "fs_read", json!({ "path": folder.path("line") })).await;
    assert_eq!(
        line.value["text"].as_str().expect("text").len(),
        2 * 1024 * 1024 - 1
    );
    assert!(line.truncated);
}

#[tokio::test]
async fn search_finds_lines_in_order_and_leaves_out_what_is_ignored_or_binary() {
    let folder = Folder::new();
    folder
        .write(".gitignore", "ignored\n")
        .write("ignored", "needle\n")
        .write("b", "x\nneedle 2\r\n");
    folder
        .write("a/c", "needle 1\n")
        .write("binary", b"needle\0")
        .write("latin", b"needle \xff\n");
    folder.write("long", format!("needle{}\n", "z".repeat(1000)));
    let mut fs = worker("fs-worker", &folder.root).await;
    let found = call(
        &mut fs,
        "fs_search",
        json!({ "path": folder.path("."), "pattern": "needle" }),
    )
    .await;
    let hit =
        |path: &str, line: u64, text: &str| json!({ "path": path, "line": line, "text": text });
    assert_eq!(
        found.value["hits"],
        json!([
            hit("a/c", 1, "needle 1"),
            hit("b", 2, "needle 2"),
            hit("latin", 1, "needle \u{fffd}"),
            hit("long", 1, &format!("needle{}…", "z".repeat(494))),
        ])
    );
    assert_eq!(found.value["skipped_files"], 1);
    let one = call(
        &mut fs,
        "fs_search",
        json!({ "path": folder.path("b"), "pattern": "(?i)NEEDLE" }),
    )
    .await;
    assert_eq!(one.value["hits"], json!([hit("b", 2, "needle 2")]));
    for pattern in ["(", "(a{1000}){1000}"] {
        let args = json!({ "path": folder.path("."), "pattern": pattern });
        assert_eq!(
            call(&mut fs, "fs_search", args).await.code(),
            Some("bad_pattern"),
            "{pattern}"
        );
    }
}

#[tokio::test]
async fn search_is_cut_at_its_limit_and_says_so() {
    let folder = Folder::new();
    folder.write("many", "hit\n".repeat(1500));
    let mut fs = worker("fs-worker", &folder.root).await;
    let found = call(
        &mut fs,
        "fs_search",
        json!({ "path": folder.path("."), "pattern": "^hit$" }),
    )
    .await;
    assert_eq!(found.value["hits"].as_array().expect("hits").len(), 1000);
    assert!(found.truncated);
}

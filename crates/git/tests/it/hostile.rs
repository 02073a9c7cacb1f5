//! Repositories that try to run a program: a canary file would tell.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use weald_git::{DiffQuery, LogQuery};
use weald_testkit::repository::Repository as Fixture;

use crate::open;

/// A program that leaves a canary behind and passes its input on.
struct Trap {
    program: PathBuf,
    canary: PathBuf,
}

impl Trap {
    fn new(fixture: &Fixture) -> Self {
        let canary = fixture.outside().join("canary");
        let program = fixture.outside().join("trap");
        let script = format!(
            "#!/bin/sh\necho \"$0 $*\" >>{}\nexec cat\n",
            canary.display()
        );
        fs::write(&program, script).expect("trap");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("executable");
        Self { program, canary }
    }

    fn path(&self) -> &str {
        self.program.to_str().expect("utf-8")
    }

    fn sprung(&self) -> Option<String> {
        fs::read_to_string(&self.canary).ok()
    }

    fn disarm(&self) {
        fs::remove_file(&self.canary).ok();
    }
}

/// A repository with something to see in status, log and diff.
fn worked_in() -> Fixture {
    let fixture = Fixture::empty();
    fixture.write("a.txt", "one\n").write("b.bin", "one\n");
    fixture.write(
        ".gitattributes",
        "*.txt diff=d filter=f merge=m\n*.bin filter=x=y diff=e\n",
    );
    fixture.commit("first", "2026-01-01T10:00:00Z");
    fixture.write("a.txt", "two\n").write("b.bin", "two\n");
    fixture
}

async fn read_everything(fixture: &Fixture) {
    let repository = open(fixture).await;
    let status = repository.status(None).await.expect("status");
    assert_eq!(status.files.len(), 2, "{:?}", status.files);
    let log = repository
        .log(&LogQuery {
            limit: 5,
            ..LogQuery::default()
        })
        .await
        .expect("log");
    assert_eq!(log.commits.len(), 1);
    for staged in [false, true] {
        let query = DiffQuery {
            staged,
            ..DiffQuery::default()
        };
        let diff = repository.diff(&query).await.expect("diff");
        assert_eq!(diff.files.len(), if staged { 0 } else { 2 });
        assert!(staged || diff.patch.contains("-one\n+two\n"));
    }
    let from = DiffQuery {
        from: Some("HEAD".parse().expect("rev")),
        ..DiffQuery::default()
    };
    repository.diff(&from).await.expect("diff");
}

fn hooks(fixture: &Fixture, trap: &Trap, dir: &Path) {
    fs::create_dir_all(dir).expect("hooks");
    for hook in [
        "post-index-change",
        "fsmonitor-watchman",
        "reference-transaction",
        "post-checkout",
    ] {
        std::os::unix::fs::symlink(&trap.program, dir.join(hook)).expect("hook");
    }
    let _ = fixture;
}

#[tokio::test]
async fn no_program_named_in_the_configuration_runs() {
    let keys = [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "diff.external",
        "diff.d.textconv",
        "diff.d.command",
        "diff.e.textconv",
        "diff.e.command",
        "filter.f.clean",
        "filter.f.smudge",
        "filter.f.process",
        "filter.x=y.clean",
        "filter.x=y.process",
        "pager.log",
        "pager.diff",
        "pager.status",
        "gpg.program",
        "gpg.ssh.program",
        "credential.helper",
        "merge.m.driver",
        "sequence.editor",
        "interactive.diffFilter",
        "hook.h.command",
        "trailer.t.command",
        "uploadpack.packObjectsHook",
        "gc.recentObjectsHook",
    ];
    for key in keys {
        let fixture = worked_in();
        let trap = Trap::new(&fixture);
        // The one alias of a name that git knows, and flags that make the traps matter.
        let shell = format!("!{}", trap.path());
        for (key, value) in [
            (key, trap.path()),
            ("alias.status", &shell),
            ("alias.log", &shell),
            ("log.showSignature", "true"),
            ("filter.f.required", "true"),
            ("filter.x=y.required", "true"),
            ("hook.h.event", "post-index-change"),
            ("core.untrackedCache", "true"),
            ("status.submoduleSummary", "true"),
        ] {
            fixture.git(&["config", key, value]);
        }
        trap.disarm();
        // Same size, so that only the content can tell that the file changed.
        fixture.write("a.txt", "two\n").write("b.bin", "two\n");
        read_everything(&fixture).await;
        assert_eq!(trap.sprung(), None, "{key}");
    }
}

#[tokio::test]
async fn the_traps_work_when_git_is_not_guarded() {
    let fixture = worked_in();
    let trap = Trap::new(&fixture);
    fixture.git(&["config", "diff.d.textconv", trap.path()]);
    fixture.git(&["config", "filter.x=y.clean", trap.path()]);
    fixture.git(&["config", "core.fsmonitor", trap.path()]);
    trap.disarm();
    fixture.git(&["diff"]);
    let sprung = trap
        .sprung()
        .expect("a trap that nothing springs proves nothing");
    assert!(sprung.lines().count() >= 3, "{sprung}");
}

#[tokio::test]
async fn no_hook_runs() {
    let fixture = worked_in();
    let trap = Trap::new(&fixture);
    hooks(&fixture, &trap, &fixture.root().join(".git/hooks"));
    let elsewhere = fixture.root().join("hooks-here");
    read_everything(&fixture).await;
    hooks(&fixture, &trap, &elsewhere);
    fs::rename(&elsewhere, fixture.root().join(".git/other-hooks")).expect("moved");
    fixture.git(&["config", "core.hooksPath", ".git/other-hooks"]);
    trap.disarm();
    read_everything(&fixture).await;
    assert_eq!(trap.sprung(), None);
}

#[tokio::test]
async fn configuration_that_is_included_is_not_trusted_either() {
    let fixture = worked_in();
    let trap = Trap::new(&fixture);
    let text = format!(
        "[diff \"d\"]\n textconv = {0}\n[filter \"f\"]\n clean = {0}\n",
        trap.path()
    );
    fs::write(fixture.root().join(".git/more"), text).expect("config");
    fixture.git(&["config", "include.path", "more"]);
    fixture.git(&["config", "extensions.worktreeConfig", "true"]);
    fixture.git(&["config", "--worktree", "diff.e.textconv", trap.path()]);
    trap.disarm();
    read_everything(&fixture).await;
    assert_eq!(trap.sprung(), None);
}

#[tokio::test]
async fn a_missing_object_is_not_fetched_from_anywhere() {
    let fixture = worked_in();
    let trap = Trap::new(&fixture);
    let blob = fixture.git(&["rev-parse", "HEAD:a.txt"]);
    for (key, value) in [
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", &format!("ext::{} %S", trap.path())),
        ("remote.origin.uploadpack", trap.path()),
        ("protocol.ext.allow", "always"),
        ("protocol.file.allow", "always"),
    ] {
        fixture.git(&["config", key, value]);
    }
    trap.disarm();
    let object = fixture
        .root()
        .join(".git/objects")
        .join(&blob[..2])
        .join(&blob[2..]);
    fs::remove_file(object).expect("an object");
    let error = open(&fixture).await.diff(&DiffQuery::default()).await;
    assert!(error.is_err(), "{error:?}");
    assert_eq!(trap.sprung(), None);
}

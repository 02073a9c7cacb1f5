//! A worker that does everything a worker should not do, for the tests of the host.

use std::{
    ffi::OsString, fs::OpenOptions, io::Write, path::Path, process::Command, thread, time::Duration,
};

use serde::Deserialize;
use serde_json::json;
use weald_worker_host::sdk::{Call, Directories, Failure, Lifecycle, Output, Toolbox, serve};

const MANIFEST: &str = include_str!("manifest.json");

#[derive(Deserialize)]
struct Echo {
    text: Option<String>,
}

#[derive(Deserialize)]
struct Peek {
    path: String,
}

#[derive(Deserialize)]
struct Patient {
    note: String,
}

#[derive(Deserialize)]
struct Do {
    what: String,
    note: Option<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::var_os("ODD_REFUSES_TO_START").is_some() {
        return Err("it will not start".into());
    }
    let toolbox = Toolbox::new(MANIFEST)?
        .blocking("odd_echo", echo)
        .blocking("odd_peek", peek)
        .blocking("odd_repository", peek)
        .blocking("odd_both", peek)
        .blocking("odd_patient", patient)
        .tool("odd_do", misbehave)
        .lifecycle(Diary(std::env::var_os("ODD_DIARY")));
    serve(toolbox)?;
    Ok(())
}

/// Writes down what happens to the worker.
struct Diary(Option<OsString>);

impl Diary {
    fn write(&self, what: &str) {
        if let Some(file) = &self.0
            && let Ok(mut file) = OpenOptions::new().create(true).append(true).open(file)
        {
            writeln!(file, "{what}").ok();
        }
    }
}

impl Lifecycle for Diary {
    fn init(&self, _: &Directories) -> Result<(), Failure> {
        self.write("init");
        Ok(())
    }

    fn start(&self) {
        self.write("start");
    }

    fn stop(&self) {
        self.write("stop");
    }

    fn dispose(&self) {
        self.write("dispose");
    }
}

fn echo(_: &Call, args: Echo) -> Result<Output, Failure> {
    let environment: Vec<String> = std::env::vars().map(|(name, _)| name).collect();
    let value = json!({ "pid": std::process::id(), "environment": environment });
    Ok(Output::new(args.text.unwrap_or_default(), value))
}

fn peek(call: &Call, args: Peek) -> Result<Output, Failure> {
    let path = Path::new(&args.path);
    let file = call.directories.open_file(path)?;
    let text = std::io::read_to_string(file).map_err(|error| Failure::io("read", path, &error))?;
    let roots: Vec<&Path> = call.directories.roots().collect();
    Ok(Output::new(
        text,
        json!({ "pid": std::process::id(), "roots": roots }),
    ))
}

fn patient(call: &Call, args: Patient) -> Result<Output, Failure> {
    note(Some(args.note.clone()));
    while call.check().is_ok() {
        thread::sleep(Duration::from_millis(2));
    }
    std::fs::write(format!("{}.cancelled", args.note), "1").ok();
    Ok(Output::new("late", json!({})))
}

async fn misbehave(call: Call, args: Do) -> Result<Output, Failure> {
    match args.what.as_str() {
        "crash" => std::process::abort(),
        "exit" => std::process::exit(0),
        "panic" => panic!("an odd panic"),
        // Blocks the only thread of the runtime: neither cancel nor SIGTERM is seen.
        "hang" => hang(args.note),
        "wait" => {
            note(args.note);
            call.cancelled.cancelled().await;
        }
        "flood" => flood(&[b'x'; 64 * 1024]),
        "chatter" => flood(b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}\n"),
        "large" => return Ok(Output::new("x".repeat(17 * 1024 * 1024), json!({}))),
        "child" => {
            let child = Command::new("sleep").arg("1000").spawn();
            let id = child
                .map_err(|error| Failure::io("start", "sleep", &error))?
                .id();
            return Ok(Output::new("started", json!({ "pid": id })));
        }
        "nest" => {
            let child = Command::new("sleep").arg("1000").spawn();
            let id = child
                .map_err(|error| Failure::io("start", "sleep", &error))?
                .id();
            let file = args.note.unwrap_or_default();
            std::fs::write(format!("{file}.child"), id.to_string()).ok();
            hang(Some(file));
        }
        _ => {}
    }
    Ok(Output::new("done", json!({})))
}

/// Tells the test that the call arrived, and in which process.
fn note(file: Option<String>) {
    if let Some(file) = file {
        std::fs::write(file, std::process::id().to_string()).ok();
    }
}

fn hang(file: Option<String>) {
    note(file);
    thread::sleep(Duration::from_secs(1000));
}

fn flood(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    while stdout.write_all(bytes).is_ok() {}
}

//! nginx as plain pass-through: no buffering, connections to the stand-in kept.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::{Target, Who, client};
use crate::process::Process;
use crate::stand_in::StandIn;
use crate::tokens::Wire;

const PROGRAMS: [&str; 3] = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];

/// Starts nginx in front of the stand-in.
pub(crate) async fn start(stand_in: &StandIn) -> Result<Target> {
    let Some(program) = PROGRAMS.iter().find(|program| Path::new(program).is_file()) else {
        bail!("nginx is missing (hint: apt-get install nginx-light)");
    };
    let folder = tempfile::tempdir().context("cannot make a folder for nginx")?;
    let port = free_port()?;
    let file = folder.path().join("nginx.conf");
    fs::write(
        &file,
        configuration(folder.path(), port, stand_in.address()),
    )?;
    let process = Process::start(
        Command::new(program)
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&file)
            .arg("-e")
            .arg("stderr"),
    )?;
    wait_for(port).await?;
    Ok(Target {
        who: Who::Nginx,
        wire: Wire::ChatCompletions,
        client: client()?,
        url: format!("http://127.0.0.1:{port}/v1/chat/completions"),
        token: None,
        process: Some(process),
        folder: Some(folder),
    })
}

fn configuration(folder: &Path, port: u16, stand_in: &str) -> String {
    let folder = folder.display();
    // As root, nginx gives its workers to another user, who could not enter our folder.
    let user = if rustix::process::geteuid().is_root() {
        "user root;"
    } else {
        ""
    };
    format!(
        "daemon off;
{user}
worker_processes auto;
pid {folder}/nginx.pid;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000;
    upstream stand_in {{ server {stand_in}; keepalive 1024; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{
            proxy_pass http://stand_in;
            proxy_http_version 1.1;
            proxy_set_header Connection \"\";
            proxy_buffering off;
            proxy_read_timeout 300s;
        }}
    }}
}}
"
    )
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
    Ok(listener.local_addr()?.port())
}

async fn wait_for(port: u16) -> Result<()> {
    for _ in 0..500 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return Ok(());
        }
        sleep(Duration::from_millis(10)).await;
    }
    bail!("nginx does not listen on port {port}")
}

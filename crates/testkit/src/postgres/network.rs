//! A private server that is reached over TCP: by password, and over TLS with a certificate of its
//! own authority.

use std::{
    fs, io,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Postgres, own};

/// What a server on the network is started with.
#[derive(Debug)]
pub(super) struct Network {
    port: u16,
}

impl Postgres {
    /// Starts a server that is also reached at `localhost` over TCP: with a password only, and over
    /// TLS with a certificate for that name.
    ///
    /// # Panics
    /// When PostgreSQL or openssl is not installed, or the server does not start.
    #[must_use]
    pub fn start_on_network() -> Self {
        Self::start_with(|folder| {
            Network::prepare(folder)
                .map(Some)
                .unwrap_or_else(|error| panic!("these tests need openssl: {error}"))
        })
    }

    /// `user:password@host:port/database` of a server on the network; what stands before and after
    /// is the caller's.
    ///
    /// # Panics
    /// When the server is not on the network.
    #[must_use]
    pub fn at(&self, who: &str, host: &str, database: &str) -> String {
        let network = self.network.as_ref();
        let port = network.map(|network| network.port);
        let port = port.unwrap_or_else(|| panic!("the server is not on the network"));
        format!("postgres://{who}@{host}:{port}/{database}")
    }

    /// The certificate of the authority that signed the server's.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }
}

impl Network {
    fn prepare(folder: &Path) -> io::Result<Self> {
        certify(folder)?;
        let rules = "local all all trust\nhost all all all scram-sha-256\n";
        fs::write(folder.join("data/pg_hba.conf"), rules)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Ok(Self { port })
    }

    /// Settings of the server.
    pub(super) fn settings(&self, folder: &Path) -> Vec<String> {
        let file = |name: &str| folder.join(name).display().to_string();
        vec![
            "listen_addresses=localhost".into(),
            format!("port={}", self.port),
            "ssl=on".into(),
            format!("ssl_cert_file={}", file("server.pem")),
            format!("ssl_key_file={}", file("server.key")),
        ]
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }
}

/// Makes an authority, and a certificate of it for `localhost`.
fn certify(folder: &Path) -> io::Result<()> {
    const KEY: [&str; 5] = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ];
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n")?;
    let authority = ["-x509", "-days", "2", "-subj", "/CN=authority"];
    let out = ["-keyout", "authority.key", "-out", "authority.pem"];
    openssl(folder, &[&["req"][..], &KEY, &authority, &out].concat())?;
    let out = [
        "-subj",
        "/CN=localhost",
        "-keyout",
        "server.key",
        "-out",
        "request",
    ];
    openssl(folder, &[&["req"][..], &KEY, &out].concat())?;
    let sign = [
        "x509", "-req", "-days", "2", "-in", "request", "-extfile", "names",
    ];
    let by = [
        "-CA",
        "authority.pem",
        "-CAkey",
        "authority.key",
        "-CAcreateserial",
    ];
    openssl(folder, &[&sign[..], &by, &["-out", "server.pem"]].concat())?;
    for (file, mode) in [("server.key", 0o600), ("server.pem", 0o644)] {
        let file = folder.join(file);
        fs::set_permissions(&file, fs::Permissions::from_mode(mode))?;
        own(&file)?;
    }
    fs::set_permissions(
        folder.join("authority.pem"),
        fs::Permissions::from_mode(0o644),
    )
}

fn openssl(folder: &Path, args: &[&str]) -> io::Result<()> {
    let done = Command::new("openssl")
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    Err(io::Error::other(said))
}

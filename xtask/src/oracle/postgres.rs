//! A PostgreSQL server of our own: on loopback, in a folder that goes with it.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::certificates;

/// How long it may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that ends with its value.
pub(crate) struct Postgres {
    server: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Postgres {
    /// Starts one and waits until it answers.
    pub(crate) fn start() -> Result<Postgres> {
        let folder = tempfile::Builder::new().prefix("postgres-").tempdir()?;
        let data = folder.path().join("data");
        fs::create_dir(&data)?;
        certificates::make(folder.path())?;
        let [cert, key] = ["server.pem", "server.key"].map(|name| folder.path().join(name));
        // The server refuses a key that others can read; the programs under test have to find the authority.
        fs::set_permissions(&key, Permissions::from_mode(0o600))?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        let user = unprivileged()?;
        if let Some((uid, gid)) = user {
            for path in [folder.path(), &data, &cert, &key] {
                chown(path, Some(uid), Some(gid))?;
            }
        }
        let program = |name: &str| -> Result<Command> {
            let mut command = Command::new(find(name)?);
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
            command.current_dir(folder.path()).stdin(Stdio::null());
            Ok(command)
        };
        let made = program("initdb")?
            .args(["--auth=trust", "--username=helm", "--no-sync", "--pgdata"])
            .arg(&data)
            .output()?;
        if !made.status.success() {
            bail!("initdb: {}", String::from_utf8_lossy(&made.stderr));
        }
        // Nobody else takes a port that was free a moment ago, but for bad luck.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = fs::File::create(folder.path().join("log"))?;
        let server = program("postgres")?
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"])
            .args(["-c", "unix_socket_directories=", "-c", "ssl=on", "-c"])
            .arg(format!("ssl_cert_file={}", cert.display()))
            .arg("-c")
            .arg(format!("ssl_key_file={}", key.display()))
            .arg("-c")
            .arg(format!("port={port}"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("cannot start postgres")?;
        let postgres = Postgres {
            server,
            port,
            folder,
        };
        postgres.wait()?;
        Ok(postgres)
    }

    /// Makes a database.
    pub(crate) fn create(&self, name: &str) -> Result<()> {
        self.ask("postgres", &format!("CREATE DATABASE {name}"))
    }

    /// The connection string of a database, without TLS.
    pub(crate) fn url(&self, database: &str) -> String {
        self.secured_url(database, "disable")
    }

    /// The same with a mode of TLS, and what else is said of it; `CA` stands for the file with the certificate of the
    /// authority that has signed the server's.
    pub(crate) fn secured_url(&self, database: &str, security: &str) -> String {
        let authority = self.folder.path().join("ca.pem");
        let security = security.replace("CA", &authority.to_string_lossy());
        format!(
            "postgres://helm@127.0.0.1:{}/{database}?sslmode={security}",
            self.port
        )
    }

    fn ask(&self, database: &str, sql: &str) -> Result<()> {
        let output = Command::new(find("psql")?)
            .args([&self.url(database), "--command", sql])
            .output()?;
        if !output.status.success() {
            bail!("psql: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }

    fn wait(&self) -> Result<()> {
        let begin = Instant::now();
        loop {
            match self.ask("postgres", "SELECT 1") {
                Err(error) if begin.elapsed() > PATIENCE => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
                Ok(()) => return Ok(()),
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// User and group to run as: the server does not run as root.
fn unprivileged() -> Result<Option<(u32, u32)>> {
    let mut status = String::new();
    fs::File::open("/proc/self/status")?.read_to_string(&mut status)?;
    let uid = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    if uid.and_then(|line| line.split_whitespace().nth(1)) != Some("0") {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let of = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let user = of("postgres").or_else(|| of("nobody"));
    Ok(Some(user.context("no user to run PostgreSQL as")?))
}

/// A program of PostgreSQL: on the path, or where Debian keeps its versions.
fn find(name: &str) -> Result<PathBuf> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let versions = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
        folders.extend(versions);
    }
    let found = folders
        .into_iter()
        .map(|folder| folder.join(OsStr::new(name)))
        .find(|path| path.is_file());
    found.with_context(|| format!("PostgreSQL is not installed: no {name}"))
}

//! What commands need to get charts: places, servers, credentials.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use goval::strconv::quote;
use plugin::{Download, Env, Kind, Plugin, Runtime};
use source::dependencies::Manager;
use source::registry::Keys;
use source::{
    Access, Fetcher, Getter, Getters, Http, Listener, Places, Strategy, Verification, Wanted,
};
use wasm::Web;

use crate::command::FlagSet;
use crate::error::Failure;
use crate::reporter::Lines;
use crate::session::Session;
use crate::{connect, plugins, times};

/// How long an exchange with a server may take unless a flag says otherwise.
const PATIENCE: Duration = Duration::from_secs(120);

/// What finds and fetches charts, with the usual patience.
pub(crate) fn fetcher(session: &Session) -> Fetcher {
    fetcher_within(session, PATIENCE)
}

/// What finds and fetches charts.
pub(crate) fn fetcher_within(session: &Session, timeout: Duration) -> Fetcher {
    let settings = &session.settings;
    Fetcher {
        places: Places {
            repositories: PathBuf::from(&settings.repository_config),
            indexes: PathBuf::from(&settings.repository_cache),
            content: PathBuf::from(&settings.content_cache),
        },
        http: Http {
            proxies: connect::proxies(&session.env),
            timeout,
            getters: getters(session),
        },
        keys: keys(session),
        tells_aside: false,
    }
}

/// The plugins that download. What is wrong with one is told where plugins are read first.
fn getters(session: &Session) -> Getters {
    let mut getters = Getters::default();
    if session.env.text("HELM_NO_PLUGINS") == "1" {
        return getters;
    }
    let directories = plugins::directories(session);
    let found = plugin::find(&directories, Some(Kind::Getter), &mut Vec::new());
    for plugin in found.unwrap_or_default() {
        let schemes = plugin.metadata.protocols.clone();
        let env = match plugin.metadata.runtime {
            Runtime::Subprocess(_) => plugins::environment(session),
            // A program of WebAssembly sees Helm's own variables and no others.
            Runtime::Extism(_) => plugins::own_environment(session),
        };
        let web = plugins::web(session);
        getters.push(schemes, Arc::new(PluginGetter { plugin, env, web }));
    }
    getters
}

/// A plugin that downloads.
#[derive(Debug)]
struct PluginGetter {
    plugin: Plugin,
    env: Env,
    web: Arc<dyn Web>,
}

impl Getter for PluginGetter {
    fn get(&self, url: &str, access: &Access, accept: &str) -> Result<Vec<u8>, String> {
        let download = Download {
            url,
            files: [&access.cert_file, &access.key_file, &access.ca_file],
            username: &access.username,
            password: &access.password,
            pass_credentials: access.pass_credentials,
            insecure: access.insecure,
            plain_http: access.plain_http,
            origin: match access.url.as_str() {
                "" => url,
                origin => origin,
            },
            accept,
        };
        plugin::download(&self.plugin, &download, &self.env, &self.web).map_err(|why| {
            let name = quote(&self.plugin.metadata.name);
            format!("plugin {name} failed to invoke: {why}")
        })
    }
}

/// What finds and fetches charts for a command whose output must hold nothing else.
pub(crate) fn quiet_fetcher(session: &Session) -> Fetcher {
    Fetcher {
        tells_aside: true,
        ..fetcher(session)
    }
}

/// Where the credentials of registries are.
pub(crate) fn keys(session: &Session) -> Keys {
    Keys {
        own: PathBuf::from(&session.settings.registry_config),
        docker: session.env.docker_config(),
        path: session.env.text("PATH").to_owned(),
    }
}

/// Whether the files that flags name for TLS can be used: commands look before they do anything.
///
/// # Errors
/// They cannot.
pub(crate) fn check_access(flags: &FlagSet) -> Result<(), Failure> {
    access(flags)
        .check()
        .map_err(|why| Failure::new(format!("missing registry client: {why}")))
}

/// What brings the dependencies of a chart into its `charts/`.
///
/// # Errors
/// SOURCE_DATE_EPOCH is no time.
pub(crate) fn manager(
    session: &Session,
    access: &Access,
    chart: &Path,
) -> Result<Manager, Failure> {
    Ok(Manager {
        directory: chart.to_path_buf(),
        fetcher: fetcher(session),
        access: access.clone(),
        verification: Verification::default(),
        skip_refresh: false,
        stamp: times::source_date_epoch(&session.env)?,
        now: times::now(session),
        debug: session.settings.debug,
        recursive: false,
        offline: false,
        digests: false,
    })
}

/// How signatures are checked against the keyring that a flag names.
pub(crate) fn verification(session: &Session, flags: &FlagSet, strategy: Strategy) -> Verification {
    Verification {
        strategy,
        keyring: PathBuf::from(flags.text("keyring")),
        now: times::now(session),
    }
}

/// The chart that the flags about charts and a reference name.
pub(crate) fn wanted(session: &Session, flags: &FlagSet, reference: &str) -> Wanted {
    let version = match flags.text("version") {
        "" if flags.bool("devel") => ">0.0.0-0",
        given => given,
    };
    Wanted {
        reference: reference.to_owned(),
        version: version.to_owned(),
        repo: flags.text("repo").to_owned(),
        access: access(flags),
        verification: match flags.bool("verify") {
            true => verification(session, flags, Strategy::Always),
            false => Verification::default(),
        },
        digest: String::new(),
    }
}

/// The credentials that flags name; whom they are for is not known yet. Not every command has all of
/// these flags.
pub(crate) fn access(flags: &FlagSet) -> Access {
    let text = |name| match flags.has(name) {
        true => flags.text(name).to_owned(),
        false => String::new(),
    };
    let is_set = |name| flags.has(name) && flags.bool(name);
    Access {
        url: String::new(),
        username: text("username"),
        password: text("password"),
        pass_credentials: is_set("pass-credentials"),
        cert_file: text("cert-file"),
        key_file: text("key-file"),
        ca_file: text("ca-file"),
        insecure: is_set("insecure-skip-tls-verify") || is_set("insecure"),
        plain_http: is_set("plain-http"),
    }
}

/// Lines for the user go to stdout at once, from any thread.
impl Listener for Lines {
    fn say(&self, line: &str) {
        use std::io::Write as _;
        // If nobody listens, the next thing that is printed will tell.
        let _ = writeln!(std::io::stdout(), "{line}");
    }

    fn say_aside(&self, line: &str) {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "{line}");
    }

    fn log(&self, event: chart::Event) {
        self.show(&event);
    }
}

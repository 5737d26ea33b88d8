//! One invocation of the program: what its commands have at hand.

use std::cell::OnceCell;
use std::future::Future;
use std::sync::Arc;

use apply::Database;
use cluster::Cluster;
use gostd::os::path_error;
use goval::strconv::quote;
use plugin::Plugin;
use release::{MemoryStore, Store};
use sandbox::Sandbox;
use tokio::runtime::Runtime;

use crate::command::FlagSet;
use crate::connect;
use crate::env::Env;
use crate::error::Failure;
use crate::reporter::Lines;
use crate::settings::Settings;
use crate::store::LoggedStore;
use crate::ui::{self, Ui};

/// What commands have at hand.
pub(crate) struct Session {
    /// The name that the program shows in its texts.
    pub(crate) program: &'static str,
    /// The environment.
    pub(crate) env: Env,
    /// The global flags and what they default to.
    pub(crate) settings: Settings,
    /// The terminal.
    pub(crate) ui: Ui,
    /// The plugins that are commands.
    pub(crate) plugins: Vec<Plugin>,
    /// The plugin that `--post-renderer` names.
    pub(crate) post_renderer: Option<Plugin>,
    /// The records of `HELM_DRIVER=memory`.
    records: Option<MemoryStore>,
    /// The records of `HELM_DRIVER=sql`.
    database: Option<Database>,
    namespace: OnceCell<String>,
    /// The API that the settings name, once it has been connected to.
    api: OnceCell<Arc<dyn Cluster>>,
    /// The sandbox behind it, if it is one.
    sandbox: OnceCell<Sandbox>,
    /// Started by the first command that waits for something; dropped last, since connections live on it.
    runtime: OnceCell<Runtime>,
}

impl Session {
    /// A session that knows its environment and nothing else yet.
    pub(crate) fn new(env: Env, ui: Ui) -> Session {
        let program = env.program();
        Session {
            program,
            env,
            settings: Settings::default(),
            ui,
            plugins: Vec::new(),
            post_renderer: None,
            records: None,
            database: None,
            namespace: OnceCell::new(),
            api: OnceCell::new(),
            sandbox: OnceCell::new(),
            runtime: OnceCell::new(),
        }
    }

    /// Takes over the global flags.
    ///
    /// # Errors
    /// A colour mode that is none.
    pub(crate) fn configure(&mut self, flags: &FlagSet) -> Result<(), String> {
        self.settings = Settings::new(&self.env, flags)?;
        self.ui.debug = self.settings.debug;
        let mode = &self.settings.color;
        self.ui.color = ui::wants_color(mode, &self.env, &std::io::stdout());
        self.ui.color_talk = ui::wants_color(mode, &self.env, &std::io::stderr());
        Ok(())
    }

    /// Prepares for a command that is about to run: checks the storage driver, and loads the
    /// records of the one in memory.
    ///
    /// # Errors
    /// A driver that does not exist, records that cannot be read.
    pub(crate) fn init(&mut self) -> Result<(), Failure> {
        match self.env.text("HELM_DRIVER") {
            "" | "secret" | "secrets" | "configmap" | "configmaps" => Ok(()),
            "memory" => self.load_records(),
            "sql" => self.open_database(),
            other => Err(Failure::early(format!("unknown driver {}", quote(other)))),
        }
    }

    /// The namespace to work in: the flag's, or that of the kubeconfig's context.
    pub(crate) fn namespace(&self) -> &str {
        self.namespace.get_or_init(|| match self.settings.sandbox {
            true if self.settings.namespace.is_empty() => "default".to_owned(),
            true => self.settings.namespace.clone(),
            false => cluster::namespace(&connect::cluster_settings(self)),
        })
    }

    /// The release records of a namespace, or of all if it is empty.
    ///
    /// # Errors
    /// Where the storage cannot be reached.
    pub(crate) fn store(&self, namespace: &str) -> Result<Arc<dyn Store>, Failure> {
        let store: Arc<dyn Store> = match (&self.records, &self.database) {
            (Some(records), _) => Arc::new(records.in_namespace(namespace)),
            (_, Some(database)) => Arc::new(database.records(namespace, connect::clock(&self.env))),
            _ => connect::records(self, self.api()?, namespace),
        };
        Ok(Arc::new(LoggedStore::new(store, self.lines())))
    }

    /// The release records for a command that only reads them: it asks first whether the cluster
    /// is there.
    ///
    /// # Errors
    /// It is not.
    pub(crate) fn reachable_store(&self, namespace: &str) -> Result<Arc<dyn Store>, Failure> {
        let cluster = self.cluster()?;
        self.wait(action::reach(&*cluster))?;
        self.store(namespace)
    }

    /// Where log lines go.
    pub(crate) fn lines(&self) -> Lines {
        Lines {
            debug: self.settings.debug,
        }
    }

    /// The Kubernetes API that the settings name.
    ///
    /// # Errors
    /// A kubeconfig that cannot be used, a sandbox that cannot be opened.
    pub(crate) fn api(&self) -> Result<Arc<dyn Cluster>, Failure> {
        if let Some(api) = self.api.get() {
            return Ok(Arc::clone(api));
        }
        let api = self.wait(connect::api(self))?;
        Ok(Arc::clone(self.api.get_or_init(|| api)))
    }

    /// The sandbox of the settings.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub(crate) fn sandbox(&self) -> Result<Sandbox, Failure> {
        if let Some(sandbox) = self.sandbox.get() {
            return Ok(sandbox.clone());
        }
        let sandbox = connect::open_sandbox(&connect::sandbox_file(&self.env))?;
        Ok(self.sandbox.get_or_init(|| sandbox).clone())
    }

    /// Waits until what was done is on disk, so that nothing is called done that may be lost.
    ///
    /// # Errors
    /// A sandbox file that cannot be written.
    pub(crate) fn keep(&self) -> Result<(), Failure> {
        let sandbox = self.sandbox.get();
        Ok(sandbox.map_or(Ok(()), Sandbox::flush)?)
    }

    /// Where objects are written: the API, unless the records are in memory.
    ///
    /// # Errors
    /// As [`Session::api`].
    pub(crate) fn cluster(&self) -> Result<Arc<dyn Cluster>, Failure> {
        match self.records {
            Some(_) => Ok(connect::accepting()),
            None => self.api(),
        }
    }

    /// Waits for something that may talk to a cluster. The runtime starts here, so commands that
    /// never wait never pay for it.
    ///
    /// # Errors
    /// What is waited for, and a runtime that cannot start.
    pub(crate) fn wait<T, E: Into<Failure>>(
        &self,
        future: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        let runtime = match self.runtime.get() {
            Some(runtime) => runtime,
            None => {
                let new = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?;
                self.runtime.get_or_init(|| new)
            }
        };
        runtime.block_on(future).map_err(Into::into)
    }

    /// A note for people who develop completions: to the file that they name, and to stderr on
    /// demand.
    pub(crate) fn completion_note(&mut self, text: &str, aloud: bool) {
        let line = format!("[Debug] {text}\n");
        let path = self.env.text("BASH_COMP_DEBUG_FILE");
        if !path.is_empty() {
            let file = std::fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(path);
            if let Ok(mut file) = file {
                let _ = std::io::Write::write_all(&mut file, line.as_bytes());
            }
        }
        if aloud {
            self.ui.talk(&line);
        }
    }

    fn open_database(&mut self) -> Result<(), Failure> {
        let address = self.env.text("HELM_DRIVER_SQL_CONNECTION_STRING");
        let database = self.wait(async {
            let connected = Database::connect(address).await;
            connected
                .map_err(|why| Failure::early(format!("unable to instantiate SQL driver: {why}")))
        })?;
        self.database = Some(database);
        Ok(())
    }

    fn load_records(&mut self) -> Result<(), Failure> {
        let records = MemoryStore::default();
        let logged = LoggedStore::new(Arc::new(records.clone()), self.lines());
        for path in self.env.text("HELM_MEMORY_DRIVER_DATA").split(':') {
            let text = std::fs::read(path).map_err(|e| {
                let why = path_error("open", path, &e);
                Failure::early(format!("Unable to read memory driver data{why}"))
            })?;
            let releases = release::from_yaml_list(&text).map_err(|e| {
                Failure::early(format!("Unable to unmarshal memory driver data: {e}"))
            })?;
            for release in &releases {
                self.wait(logged.create(release))
                    .map_err(Failure::into_early)?;
            }
        }
        self.records = Some(records);
        Ok(())
    }
}

//! The commands, one file each: what it is called with, and what it prints.

mod completion;
mod create;
mod dependency;
mod docs;
mod env;
mod get;
mod help;
mod history;
mod install;
mod lint;
mod list;
mod package;
mod plugin;
mod pull;
mod push;
mod registry;
mod repo;
mod rollback;
mod sandbox;
mod search;
mod show;
mod status;
mod template;
mod test;
mod uninstall;
mod upgrade;
mod verify;
mod version;

use std::sync::Arc;

use chart::{Chart, Event, Level};
use gotmpl::{FuncMap, Options, State, TemplateSet};
use goval::Value;
use release::{Release, Store};

use crate::command::{self, Command, Invocation};
use crate::error::Failure;
use crate::session::Session;
use crate::ui::Style;
use crate::{klog, settings};

/// The program itself.
///
/// The commands stand in the order in which Helm adds them, because its suggestions come in that
/// order; help sorts them.
pub(crate) static ROOT: Command = Command {
    usage: "helm",
    short: "The package manager for Kubernetes",
    long: LONG,
    persistent: &[settings::GLOBAL_FLAGS, klog::FLAGS],
    subcommands: &[
        &create::CREATE,
        &dependency::DEPENDENCY,
        &pull::PULL,
        &show::SHOW,
        &lint::LINT,
        &package::PACKAGE,
        &repo::REPO,
        &search::SEARCH,
        &verify::VERIFY,
        &get::GET,
        &history::HISTORY,
        &install::INSTALL,
        &list::LIST,
        &test::TEST,
        &rollback::ROLLBACK,
        &status::STATUS,
        &template::TEMPLATE,
        &uninstall::UNINSTALL,
        &upgrade::UPGRADE,
        &completion::COMPLETION,
        &env::ENV,
        &plugin::PLUGIN,
        &version::VERSION,
        &docs::DOCS,
        &registry::REGISTRY,
        &push::PUSH,
        &command::COMPLETE,
        &sandbox::SANDBOX,
        &help::HELP,
    ],
    ..Command::EMPTY
};

const LONG: &str = "\
Install, upgrade and inspect applications on Kubernetes, packaged as charts.

The everyday commands:

- {bin} search:    find charts
- {bin} pull:      download a chart to look at it
- {bin} install:   install a chart into a cluster
- {bin} list:      show what is installed

Environment variables:

| Name                               | Meaning                                                                         |
|------------------------------------|---------------------------------------------------------------------------------|
| $HELM_CACHE_HOME                   | directory for cached files                                                      |
| $HELM_CONFIG_HOME                  | directory for configuration                                                     |
| $HELM_DATA_HOME                    | directory for data                                                              |
| $HELM_DEBUG                        | log more                                                                        |
| $HELM_DRIVER                       | where releases are stored: secret (the default), configmap, memory or sql       |
| $HELM_DRIVER_SQL_CONNECTION_STRING | connection for the sql driver                                                   |
| $HELM_MAX_HISTORY                  | how many revisions of a release are kept                                        |
| $HELM_NAMESPACE                    | namespace to work in                                                            |
| $HELM_NO_PLUGINS                   | 1 turns plugins off                                                             |
| $HELM_PLUGINS                      | directories with plugins                                                        |
| $HELM_REGISTRY_CONFIG              | file with the credentials of registries                                         |
| $HELM_REPOSITORY_CACHE             | directory with cached indexes of repositories                                   |
| $HELM_REPOSITORY_CONFIG            | file with the names and URLs of repositories                                    |
| $HELM_CONTENT_CACHE                | directory with downloaded charts                                                |
| $KUBECONFIG                        | kubeconfig file, ~/.kube/config by default                                      |
| $HELM_KUBEAPISERVER                | address of the API server                                                       |
| $HELM_KUBECAFILE                   | file with its certificate authority                                             |
| $HELM_KUBEASGROUPS                 | groups to impersonate, separated by commas                                      |
| $HELM_KUBEASUSER                   | user to impersonate                                                             |
| $HELM_KUBECONTEXT                  | context of the kubeconfig                                                       |
| $HELM_KUBETOKEN                    | bearer token to authenticate with                                               |
| $HELM_KUBEINSECURE_SKIP_TLS_VERIFY | do not check the API server's certificate (insecure)                            |
| $HELM_KUBETLS_SERVER_NAME          | name that the API server's certificate must have                                |
| $HELM_BURST_LIMIT                  | requests that may be sent at once (100 by default, -1 for no limit)             |
| $HELM_QPS                          | requests a second beyond that                                                   |
| $HELM_COLOR                        | when to colour the output: never, auto or always (auto by default)              |
| $NO_COLOR                          | anything but empty turns colours off and wins over $HELM_COLOR                  |
| $SOURCE_DATE_EPOCH                 | Unix time to stamp reproducible chart archives with                             |

A directory is taken from its HELM_*_HOME variable if that is set, else from the XDG variable with
`helm` added, else it depends on the operating system:

| System  | Cache                     | Configuration                  | Data                    |
|---------|---------------------------|--------------------------------|-------------------------|
| Linux   | $HOME/.cache/helm         | $HOME/.config/helm             | $HOME/.local/share/helm |
| macOS   | $HOME/Library/Caches/helm | $HOME/Library/Preferences/helm | $HOME/Library/helm      |
| Windows | %TEMP%\\helm               | %APPDATA%\\helm                 | %APPDATA%\\helm          |
";

/// What a command does that the table knows and the program does not yet.
fn not_built(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let words = invocation.path.words(session.program);
    Err(Failure::new(format!("\"{words}\" is not built yet")))
}

/// `NAME-VERSION` of a chart.
fn chart_name(chart: &Chart) -> String {
    if is_missing(chart) {
        return "MISSING".to_owned();
    }
    format!("{}-{}", chart.metadata.name, chart.metadata.version)
}

/// The version of the application in a chart.
fn app_version(chart: &Chart) -> String {
    if is_missing(chart) {
        return "MISSING".to_owned();
    }
    chart.metadata.app_version.clone()
}

/// Whether a record has no chart. That has happened to Helm's users, nobody knows how.
fn is_missing(chart: &Chart) -> bool {
    chart.metadata.name.is_empty() && chart.metadata.version.is_empty()
}

/// The style in which a state is printed.
fn status_style(status: &str) -> Style {
    match status {
        "deployed" => Style::Green,
        "failed" | "unknown" => Style::Red,
        "pending-install" | "pending-upgrade" | "pending-rollback" | "uninstalling" => {
            Style::Yellow
        }
        _ => Style::Plain,
    }
}

/// The store of the release that a command names; the cluster behind it answers.
fn store_for(session: &mut Session, invocation: &Invocation) -> Result<Arc<dyn Store>, Failure> {
    let name = invocation.args().first().map_or("", String::as_str);
    let store = session.reachable_store(session.namespace())?;
    if invocation.flags.int("revision") <= 0 && action::name::is_release_name(name) {
        let event = Event::new(Level::Debug, "getting last revision");
        session.ui.log(&event.with("name", name));
    }
    Ok(store)
}

/// The stored revision of the release that a command names.
fn stored(session: &mut Session, invocation: &Invocation) -> Result<Release, Failure> {
    let name = invocation.args().first().map_or("", String::as_str);
    let revision = invocation.flags.int("revision");
    let store = store_for(session, invocation)?;
    session.wait(async { action::get::get(&*store, name, revision).await })
}

/// The values that a user gave to a release; nil if there are none.
fn given_values(release: &Release) -> Value {
    release.config.clone().map_or(Value::Nil, Value::Map)
}

/// Prints what a Go template makes of some data, up to where it fails.
fn print_template(session: &mut Session, template: &str, data: &Value) -> Result<(), Failure> {
    let mut set = TemplateSet::new("_");
    set.parse("_", template, &FuncMap::default())?;
    let mut out = Vec::new();
    let mut state = State::new(Options::default());
    let result = Arc::new(set).execute("_", data, &mut state, &mut out);
    session.ui.print(&String::from_utf8_lossy(&out))?;
    Ok(result?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ROOT;
    use crate::command::{Command, Flag};
    use crate::env::Env;

    fn each(command: &'static Command, check: &mut impl FnMut(&'static Command, &[&Flag])) {
        let flags: Vec<_> = command.own_flags().chain(ROOT.persistent_flags()).collect();
        check(command, &flags);
        for child in command.subcommands {
            each(child, check);
        }
    }

    #[test]
    fn no_command_has_two_flags_of_one_name_or_letter() {
        each(&ROOT, &mut |command, flags| {
            let mut names = BTreeSet::new();
            let mut letters = BTreeSet::from(['h']);
            for flag in flags {
                assert!(
                    names.insert(flag.name),
                    "{}: --{}",
                    command.usage,
                    flag.name
                );
                if let Some(letter) = flag.short {
                    assert!(letters.insert(letter), "{}: -{letter}", command.usage);
                }
            }
        });
    }

    #[test]
    fn tables_name_flags_that_exist_and_defaults_that_fit() {
        let env = Env::of("helm", &[]);
        each(&ROOT, &mut |command, flags| {
            let exists = |name: &str| flags.iter().any(|f| f.name == name);
            for flag in flags {
                let shown = flag.kind.display(&flag.initial(&env));
                let mut value = flag.kind.zero();
                let whole = shown.trim_matches(['[', ']']);
                if !whole.is_empty() {
                    assert!(
                        flag.kind.set(&mut value, whole, true).is_ok() || shown == ":0",
                        "--{}",
                        flag.name
                    );
                }
                assert!(flag.also_sets.is_none_or(exists), "--{}", flag.name);
            }
            for name in command.exclusive.iter().copied().flatten() {
                assert!(exists(name), "{}: --{name}", command.usage);
            }
        });
    }
}

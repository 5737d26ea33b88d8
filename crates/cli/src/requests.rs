//! Flags that several verbs share, as the requests that `action` takes.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use action::naming::{Naming, name_and_chart};
use action::{ChartRequest, Deploy, DryRun, PostRenderer, Rendering};
use funcs::World;
use gostd::url::Url;
use goval::strconv::quote;
use plan::{WaitStrategy, Waiting};
use render::KubeVersion;
use source::registry::Keys;
use source::{Access, Fetcher};
use values::Sources;

use crate::command::FlagSet;
use crate::error::Failure;
use crate::fetching;
use crate::problems::Errors;
use crate::session::Session;

/// `-f`, `--set` and their kin.
pub(crate) fn sources(flags: &FlagSet) -> Sources {
    let list = |name| flags.list(name).to_vec();
    Sources {
        files: list("values"),
        set_json: list("set-json"),
        set: list("set"),
        set_string: list("set-string"),
        set_file: list("set-file"),
        set_literal: list("set-literal"),
    }
}

/// Name and chart, from the arguments and the flags about naming.
///
/// # Errors
/// As [`name_and_chart`].
pub(crate) fn named_chart(
    session: &Session,
    flags: &FlagSet,
    default: &str,
    world: &Arc<dyn World>,
) -> Result<(String, ChartRequest), Failure> {
    let naming = Naming {
        args: flags.args.clone(),
        generate: flags.bool("generate-name"),
        template: flags.text("name-template").to_owned(),
        default: default.to_owned(),
        env: session.env.all().clone(),
    };
    let (name, reference) = name_and_chart(&naming, world)?;
    Ok((name, chart(session, flags, &reference)?))
}

/// The chart that flags and a reference name.
///
/// # Errors
/// Dependencies that are to be brought, and no place for what is downloaded.
pub(crate) fn chart(
    session: &Session,
    flags: &FlagSet,
    reference: &str,
) -> Result<ChartRequest, Failure> {
    let access = fetching::access(flags);
    Ok(ChartRequest {
        wanted: fetching::wanted(session, flags, reference),
        fetcher: fetching::fetcher(session),
        dependency_update: match flags.bool("dependency-update") {
            true => Some(fetching::manager(session, &access, Path::new(""))?),
            false => None,
        },
    })
}

/// `--kube-version`.
///
/// # Errors
/// A text that is no version.
pub(crate) fn kube_version(flags: &FlagSet) -> Result<Option<KubeVersion>, Failure> {
    match flags.text("kube-version") {
        "" => Ok(None),
        given => KubeVersion::parse(given)
            .map(Some)
            .map_err(|why| Failure::new(format!("invalid kube version '{given}': {why}"))),
    }
}

/// How to render.
pub(crate) fn rendering(session: &Session, flags: &FlagSet) -> Rendering {
    Rendering {
        http: fetching::fetcher(session).http,
        skip_schema: flags.bool("skip-schema-validation"),
        subchart_notes: flags.bool("render-subchart-notes"),
        all_errors: session.settings.errors == Errors::Source,
        post_renderer: post_renderer(session, flags),
        ..Rendering::default()
    }
}

/// What the flags that installing and upgrading share ask for.
///
/// # Errors
/// As [`dry_run`].
pub(crate) fn deploy(session: &mut Session, flags: &FlagSet) -> Result<Deploy, Failure> {
    Ok(Deploy {
        dry_run: dry_run(session, flags)?,
        rendering: Rendering {
            hide_secrets: flags.bool("hide-secret"),
            ..rendering(session, flags)
        },
        labels: labels(flags),
        description: flags.text("description").to_owned(),
        hooks: !flags.bool("no-hooks"),
        force_conflicts: flags.bool("force-conflicts"),
        force_replace: flags.bool("force-replace"),
        take_ownership: flags.bool("take-ownership"),
        rollback_on_failure: flags.bool("rollback-on-failure"),
        waiting: waiting(flags, flags.bool("wait-for-jobs")),
    })
}

/// `--labels`.
pub(crate) fn labels(flags: &FlagSet) -> BTreeMap<String, String> {
    flags.pairs("labels")
}

/// `--wait` and `--timeout`; `jobs` is for verbs that have `--wait-for-jobs`.
pub(crate) fn waiting(flags: &FlagSet, jobs: bool) -> Waiting {
    Waiting {
        strategy: flags.text("wait").parse().unwrap_or(WaitStrategy::HookOnly),
        timeout: Duration::from_nanos(flags.int("timeout").unsigned_abs()),
        jobs,
    }
}

/// `--dry-run` of verbs that can also do it for real (Helm's `cmdGetDryRunFlagStrategy`).
///
/// # Errors
/// A value that is none of the known ones.
pub(crate) fn dry_run(session: &mut Session, flags: &FlagSet) -> Result<DryRun, Failure> {
    let given = flags.text("dry-run");
    let chosen = match given {
        "unset" => {
            warn(
                session,
                "--dry-run is deprecated and should be replaced with '--dry-run=client'",
            );
            return Ok(DryRun::Client);
        }
        "none" => return Ok(DryRun::None),
        "client" => return Ok(DryRun::Client),
        "server" => return Ok(DryRun::Server),
        other => crate::go::parse_bool(other)
            .map_err(|_| invalid(other, r#""none", "server", or "client""#))?,
    };
    let (dry_run, name) = if chosen {
        (DryRun::Client, "client")
    } else {
        (DryRun::None, "none")
    };
    warn(
        session,
        &format!(
            "boolean '--dry-run={given}' flag is deprecated and must be replaced with '--dry-run={name}'"
        ),
    );
    Ok(dry_run)
}

/// `--dry-run` of `template`, which never does it for real.
///
/// # Errors
/// A value that is none of the known ones.
pub(crate) fn template_dry_run(session: &mut Session, flags: &FlagSet) -> Result<DryRun, Failure> {
    const KNOWN: &str = r#""server" or "client""#;
    match flags.text("dry-run") {
        given @ ("none" | "false") => Err(invalid(given, KNOWN)),
        given if crate::go::parse_bool(given) == Ok(false) => Err(invalid(given, KNOWN)),
        _ => dry_run(session, flags),
    }
}

fn invalid(given: &str, known: &str) -> Failure {
    let given = quote(given);
    Failure::new(format!("invalid dry-run value ({given}). Must be {known}"))
}

fn warn(session: &mut Session, text: &str) {
    session.ui.log(&chart::Event::warn(text));
}

/// `--post-renderer` and `--post-renderer-args`.
fn post_renderer(session: &Session, flags: &FlagSet) -> Option<PostRenderer> {
    let plugin = session.post_renderer.clone()?;
    Some(PostRenderer {
        plugin,
        args: flags.list("post-renderer-args").to_vec(),
        // Unlike plugins that are commands, these see only what this program sees.
        env: session.env.all().clone(),
        web: crate::plugins::web(session),
    })
}

/// Reads what a flag names: a file, an address, or standard input for `-` (Helm's `readFile`).
pub(crate) fn reader(session: &Session) -> impl FnMut(&str) -> Result<Vec<u8>, String> + use<> {
    let fetcher = Fetcher {
        // Helm looks for credentials where they usually are, whatever flags say.
        keys: Keys {
            own: PathBuf::from(session.env.config_path("registry/config.json")),
            ..fetching::keys(session)
        },
        ..fetching::fetcher(session)
    };
    let lines = session.lines();
    move |name| {
        if name.trim() == "-" {
            let mut text = Vec::new();
            let read = std::io::stdin().read_to_end(&mut text);
            return read.map(|_| text).map_err(|error| error.to_string());
        }
        match &Url::parse(name)?.scheme[..] {
            b"oci" => return fetcher.read_registry(name, &lines),
            scheme if fetcher.http.getters.has(scheme) => {}
            _ => return action::read_file(name),
        }
        let access = Access {
            url: name.to_owned(),
            ..Access::default()
        };
        fetcher.http.get(name, &access, "", &lines)
    }
}

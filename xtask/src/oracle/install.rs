//! Installs the real programs from their published Go modules into the cache, keyed by version. A cold
//! build takes minutes, so nothing here runs unless it is asked for.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::paths;

const KUBERNETES: &str = "1.37.1";
const KWOK: &str = "0.8.0";
const REGISTRY: &str = "3.1.2";
const UNITTEST: &str = "1.1.2";

/// Folders of the KWOK module whose Stage objects are used: nodes become ready and stay so, pods run,
/// pods of Jobs complete, volumes are bound.
const STAGES: [&str; 4] = ["node/fast", "node/heartbeat", "pod/fast", "volume/fast"];

/// A program that only tests use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tool {
    /// Helm 4.3.1, the reference for everything.
    Helm4,
    /// Helm 3.22.0, whose releases have to be understood.
    Helm3,
    /// Plays the nodes of the control plane.
    Kwok,
    /// etcd, kube-apiserver and the rest as one program, of `oracle/controlplane`.
    ControlPlane,
    /// The reference implementation of an OCI registry.
    Registry,
    /// A plugin of WebAssembly, of `oracle/wasm`.
    Wasm,
    /// helm-unittest, a published plugin.
    Unittest,
}

impl Tool {
    pub(crate) const ALL: [Tool; 7] = [
        Tool::Helm4,
        Tool::Helm3,
        Tool::Kwok,
        Tool::ControlPlane,
        Tool::Registry,
        Tool::Wasm,
        Tool::Unittest,
    ];

    pub(crate) fn named(name: &str) -> Result<Tool> {
        let known = || Tool::ALL.map(Tool::name).join(", ");
        Tool::ALL
            .into_iter()
            .find(|tool| tool.name() == name)
            .with_context(|| format!("no tool {name}; there are {}", known()))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Tool::Helm4 => "helm4",
            Tool::Helm3 => "helm3",
            Tool::Kwok => "kwok",
            Tool::ControlPlane => "controlplane",
            Tool::Registry => "registry",
            Tool::Wasm => "wasm",
            Tool::Unittest => "unittest",
        }
    }

    /// Where the program is, or an error that says how to get it.
    pub(crate) fn installed(self) -> Result<PathBuf> {
        let path = self.path()?;
        if !path.is_file() {
            bail!(
                "{} is not installed; `./dev oracle install` does it",
                self.name()
            );
        }
        Ok(path)
    }

    /// Installs the program unless it is there. Processes that want the same take turns.
    pub(crate) fn install(self) -> Result<PathBuf> {
        let path = self.path()?;
        if path.is_file() {
            return Ok(path);
        }
        let folder = path.parent().context("a program has a folder")?;
        fs::create_dir_all(folder)?;
        let lock = File::create(folder.join(".lock"))?;
        lock.lock()?;
        if path.is_file() {
            return Ok(path);
        }
        let draft = tempfile::tempdir_in(folder)?;
        eprintln!(
            "installing {} into {}; this takes minutes when nothing is cached",
            self.name(),
            folder.display()
        );
        self.build(draft.path())?;
        for made in fs::read_dir(draft.path())? {
            let made = made?;
            if made.path() != draft.path().join(self.program()) {
                fs::rename(made.path(), folder.join(made.file_name()))?;
            }
        }
        // Last, because its presence says that the rest is there too.
        fs::rename(draft.path().join(self.program()), &path)?;
        Ok(path)
    }

    fn path(self) -> Result<PathBuf> {
        let folder = match self {
            Tool::Helm4 => "helm-4.3.1".to_owned(),
            Tool::Helm3 => "helm-3.22.0".to_owned(),
            Tool::Kwok => format!("kwok-{KWOK}"),
            Tool::ControlPlane => format!("controlplane-{}", fingerprint(&control_plane_source())?),
            Tool::Registry => format!("registry-{REGISTRY}"),
            Tool::Wasm => format!("wasm-{}", fingerprint(&wasm_source())?),
            Tool::Unittest => format!("unittest-{UNITTEST}"),
        };
        Ok(paths::cache()?
            .join("oracle")
            .join(folder)
            .join(self.program()))
    }

    fn program(self) -> &'static str {
        match self {
            Tool::Helm4 | Tool::Helm3 => "helm",
            Tool::Kwok | Tool::ControlPlane | Tool::Registry => self.name(),
            Tool::Wasm => "plugin.wasm",
            Tool::Unittest => "helm-unittest",
        }
    }

    fn build(self, folder: &Path) -> Result<()> {
        match self {
            Tool::Helm4 => go_install("helm.sh/helm/v4/cmd/helm@v4.3.1", folder),
            Tool::Helm3 => go_install("helm.sh/helm/v3/cmd/helm@v3.22.0", folder),
            Tool::Kwok => {
                go_install(&format!("sigs.k8s.io/kwok/cmd/kwok@v{KWOK}"), folder)?;
                fs::write(folder.join("stages.yaml"), published_stages()?)
                    .context("cannot write the stages")
            }
            Tool::ControlPlane => build_control_plane(folder),
            Tool::Registry => {
                let module = "github.com/distribution/distribution/v3/cmd/registry";
                go_install(&format!("{module}@v{REGISTRY}"), folder)
            }
            Tool::Wasm => go(Command::new("go")
                .args([
                    "build",
                    "-trimpath",
                    "-buildmode=c-shared",
                    "-ldflags=-s -w",
                    "-o",
                ])
                .arg(folder.join(self.program()))
                .arg(".")
                .env("GOOS", "wasip1")
                .env("GOARCH", "wasm")
                .current_dir(wasm_source())),
            // Its go.mod replaces a module, so that it cannot be installed by its name alone.
            Tool::Unittest => go(Command::new("go")
                .args(["build", "-trimpath", "-o"])
                .arg(folder.join(self.program()))
                .arg("github.com/helm-unittest/helm-unittest/cmd/helm-unittest")
                .current_dir(paths::root().join("oracle/unittest"))),
        }
    }
}

fn control_plane_source() -> PathBuf {
    paths::root().join("oracle/controlplane")
}

fn wasm_source() -> PathBuf {
    paths::root().join("oracle/wasm")
}

fn go_install(module: &str, folder: &Path) -> Result<()> {
    // Outside of any module, so that this tree's go.mod files have no say.
    go(Command::new("go")
        .args(["install", module])
        .env("GOBIN", folder)
        .current_dir(folder))
}

fn build_control_plane(folder: &Path) -> Result<()> {
    let (major, minor) = KUBERNETES.split_once('.').context("a version has dots")?;
    let minor = minor.split('.').next().unwrap_or(minor);
    let variable =
        |name: &str, value: &str| format!("-X k8s.io/component-base/version.{name}={value}");
    let flags = format!(
        "-s -w {} {} {}",
        variable("gitVersion", &format!("v{KUBERNETES}")),
        variable("gitMajor", major),
        variable("gitMinor", minor)
    );
    let target = folder.join("controlplane");
    go(Command::new("go")
        .args(["build", "-trimpath", "-ldflags", &flags, "-o"])
        .arg(target)
        .arg(".")
        .current_dir(control_plane_source()))
}

fn go(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .context("cannot run go, which builds the real programs to compare with")?;
    if !status.success() {
        bail!("go failed: {status}");
    }
    Ok(())
}

/// The Stage objects of the KWOK module in the Go module cache, as one YAML stream.
fn published_stages() -> Result<String> {
    let output = Command::new("go")
        .args([
            "mod",
            "download",
            "-json",
            &format!("sigs.k8s.io/kwok@v{KWOK}"),
        ])
        .output()?;
    let module: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("cannot find the KWOK module")?;
    let module = Path::new(
        module["Dir"]
            .as_str()
            .context("cannot find the KWOK module")?,
    );
    let mut stream = String::new();
    for folder in STAGES {
        for file in sorted_files(&module.join("kustomize/stage").join(folder))? {
            let text = fs::read_to_string(&file)?;
            if text.contains("\nkind: Stage\n") {
                stream += &format!("---\n{text}\n");
            }
        }
    }
    Ok(stream)
}

/// A short name for what is built from the files of a folder.
fn fingerprint(folder: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    for file in sorted_files(folder)? {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = fs::read(&file)?;
        hash.update(format!("{name} {}\n", text.len()));
        hash.update(text);
    }
    let hash = hash.finalize();
    Ok(hash[..6].iter().map(|byte| format!("{byte:02x}")).collect())
}

fn sorted_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

//! Plugins that are programs of others: WebAssembly in many ways, and one that is published.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::{Context, Result};
use regex::Regex;

use crate::paths;

/// Makes the plugins of `conformance/plugins/programs.txt`, all of one module. What real Helm compiles of it, it
/// finds again.
pub(super) fn made(material: &Path, compiled: &Path, module: &Path, url: &str) -> Result<()> {
    let cache = material.join(".cache/helm");
    fs::create_dir_all(&cache)?;
    symlink(compiled, cache.join("wazero-build"))?;
    let text = fs::read_to_string(paths::root().join("conformance/plugins/programs.txt"))?;
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    for line in lines {
        let mut parts = line.splitn(3, ' ');
        let (name, kind, runtime) = (parts.next(), parts.next(), parts.next());
        let (name, kind, runtime) = name
            .zip(kind)
            .zip(runtime)
            .map(|((name, kind), runtime)| (name, kind, runtime))
            .with_context(|| format!("programs.txt: {line}"))?;
        let folder = material.join("wasm").join(name);
        fs::create_dir_all(&folder)?;
        let config = match kind {
            "getter/v1" => format!("{{protocols: [{name}]}}"),
            "cli/v1" => "{shortHelp: short, longHelp: long}".to_owned(),
            _ => "{}".to_owned(),
        };
        let runtime = runtime.replace("{URL}", url);
        let yaml = format!(
            "apiVersion: v1\nname: {name}\nversion: 0.1.0\ntype: {kind}\nruntime: extism/v1\nconfig: {config}\nruntimeConfig: {runtime}\n"
        );
        fs::write(folder.join("plugin.yaml"), yaml)?;
        let first = material.join("wasm/w-say/plugin.wasm");
        match first.exists() {
            false => fs::copy(module, folder.join("plugin.wasm")).map(drop)?,
            // One file with many names: it is large.
            true => fs::hard_link(first, folder.join("plugin.wasm"))?,
        }
    }
    Ok(())
}

/// Lays out helm-unittest as its archive does.
pub(super) fn published(material: &Path, program: &Path) -> Result<()> {
    let folder = material.join("published/unittest");
    fs::create_dir_all(&folder)?;
    let name = format!(
        "untt-linux-{}",
        match std::env::consts::ARCH {
            "aarch64" => "arm64",
            _ => "amd64",
        }
    );
    symlink(program, folder.join(&name))?;
    fs::write(
        folder.join("plugin.yaml"),
        format!(
            "name: \"unittest\"\nversion: \"1.1.2\"\nusage: \"unittest for helm charts\"\nignoreFlags: false\nplatformCommand:\n- os: linux\n  command: \"$HELM_PLUGIN_DIR/{name}\"\n"
        ),
    )?;
    Ok(())
}

/// Without what the interpreter has no names for: where a program was when it ended, how Go prints a plugin that
/// downloads; and without what took how long.
pub(super) fn masked(name: &str, content: String) -> String {
    if name != "screen" {
        return content;
    }
    let replace = |content: String, pattern: &str, by: &str| match Regex::new(pattern) {
        Ok(pattern) => pattern.replace_all(&content, by).into_owned(),
        Err(_) => content,
    };
    let content = replace(content, r"wasm stack trace:\n(\t.*\n)+", "");
    let content = replace(
        content,
        r#"plugin &\{\{"v1" ("[^"]*") .*\} failed to"#,
        "plugin $1 failed to",
    );
    replace(content, r"(Time: +)[0-9.]+.?s", "${1}TIME")
}

//! Which command of a plugin is run on this machine, and with which words.

use std::env::consts;

use crate::Env;

/// A command for one kind of machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlatformCommand {
    /// Go's name of the operating system; empty for any.
    pub os: String,
    /// Go's name of the architecture; empty for any.
    pub arch: String,
    /// The command, maybe with arguments, separated by spaces.
    pub command: String,
    /// Further arguments.
    pub args: Vec<String>,
}

impl PlatformCommand {
    /// A command for every machine.
    pub(crate) fn everywhere(command: &str, args: &[&str]) -> PlatformCommand {
        PlatformCommand {
            command: command.to_owned(),
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
            ..PlatformCommand::default()
        }
    }
}

/// The program and its arguments for this machine, `more` at their end (Helm's `PrepareCommands`).
pub(crate) fn prepare(
    commands: &[PlatformCommand],
    expands: bool,
    more: &[String],
    env: &Env,
) -> Result<(String, Vec<String>), String> {
    const NONE: &str = "no plugin command is applicable";
    let chosen = choose(commands, go_os(), go_arch()).ok_or(NONE)?;
    let mut words = chosen.command.split(' ');
    let program = words.next().filter(|word| !word.is_empty()).ok_or(NONE)?;
    let given = words.chain(chosen.args.iter().map(String::as_str));
    let mut args: Vec<String> = given
        .map(|word| match expands {
            true => expand(word, env),
            false => word.to_owned(),
        })
        .collect();
    args.extend_from_slice(more);
    Ok((expand(program, env), args))
}

/// The command that fits best: system and architecture, then the system, then any machine. One for
/// an architecture alone is never taken.
fn choose<'a>(
    commands: &'a [PlatformCommand],
    os: &str,
    arch: &str,
) -> Option<&'a PlatformCommand> {
    let is_os = |command: &&PlatformCommand| command.os.eq_ignore_ascii_case(os);
    let is_arch = |command: &&PlatformCommand| command.arch.eq_ignore_ascii_case(arch);
    let mut all = commands.iter();
    all.find(|command| is_os(command) && is_arch(command))
        .or_else(|| {
            let mut loose = commands.iter().filter(|command| command.arch.is_empty());
            loose.find(is_os)
        })
        .or_else(|| {
            let mut all = commands.iter();
            all.find(|command| command.os.is_empty() && command.arch.is_empty())
        })
}

fn go_os() -> &'static str {
    match consts::OS {
        "macos" => "darwin",
        os => os,
    }
}

fn go_arch() -> &'static str {
    match consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        arch => arch,
    }
}

/// Replaces `$name` and `${name}` by the values of variables; those that are not set are empty. Names
/// of the shell's own variables (`$@`, `$1`) are names of variables too (Go's `os.Expand`).
pub fn expand(text: &str, env: &Env) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out += before;
        if after.is_empty() {
            out.push('$');
            return out;
        }
        let (name, length) = name_in(after);
        match name {
            "" if length == 0 => out.push('$'),
            // `${}` and an opening brace alone are left out.
            "" => {}
            name => out += env.get(name).map_or("", String::as_str),
        }
        rest = &after[length..];
    }
    out + rest
}

/// The name of a variable after a `$`, and how many bytes it takes.
fn name_in(text: &str) -> (&str, usize) {
    let is_special = |c: char| c.is_ascii_digit() || "*#$@!?-".contains(c);
    let first = text.chars().next().unwrap_or_default();
    if let Some(inner) = text.strip_prefix('{') {
        return match inner.find('}') {
            None => ("", 1),
            Some(0) => ("", 2),
            Some(end) => (&inner[..end], end + 2),
        };
    }
    if is_special(first) {
        return (&text[..1], 1);
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
    (&text[..end], end)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expectations were printed by Go's os.Expand.
    #[test]
    fn variables_are_expanded_as_by_go() {
        let env = Env::from([("A".to_owned(), "x y".to_owned())]);
        for (text, expected) in [
            ("$A/b", "x y/b"),
            ("${A}b$", "x yb$"),
            ("$@$1-$Z", "-"),
            ("${}a${A", "aA"),
            ("a$.b", "a$.b"),
            ("$$A", "A"),
        ] {
            assert_eq!(expand(text, &env), expected, "{text}");
        }
    }

    #[test]
    fn the_best_platform_wins() {
        let command = |os: &str, arch: &str| PlatformCommand {
            os: os.to_owned(),
            arch: arch.to_owned(),
            command: format!("{os}-{arch}"),
            args: Vec::new(),
        };
        let all = [
            command("", ""),
            command("", "amd64"),
            command("linux", ""),
            command("linux", "amd64"),
        ];
        let chosen = |commands: &[PlatformCommand], arch: &str| {
            choose(commands, "linux", arch).map(|c| c.command.clone())
        };
        assert_eq!(chosen(&all, "amd64").as_deref(), Some("linux-amd64"));
        assert_eq!(chosen(&all, "arm64").as_deref(), Some("linux-"));
        assert_eq!(chosen(&all[..2], "amd64").as_deref(), Some("-"));
        assert_eq!(chosen(&all[1..2], "amd64"), None);
    }
}

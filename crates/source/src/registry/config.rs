//! The file with credentials: Docker's config.json, which Helm has one of for itself.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gostd::os::path_error;
use goval::json::decode_next;
use goval::{Shape, Value as Decoded};
use serde::Serialize as _;
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Serializer, Value, json};

use super::credential::Credential;
use crate::http::base64;
use crate::write_with_folders;

/// No list of credentials is anywhere near that long.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// The content of a config.json. What is not about credentials is kept as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    path: PathBuf,
    content: BTreeMap<String, Value>,
    auths: BTreeMap<String, Value>,
    helpers: BTreeMap<String, String>,
    store: String,
}

impl Config {
    /// Reads a file; one that is not there is empty.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what it should be.
    pub(crate) fn load(path: &Path) -> Result<Config, String> {
        let shown = path.display();
        let text = match read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                let why = path_error("read", path, &error);
                let why = invalid(&why);
                return Err(format!("failed to decode config file {shown}: {why}"));
            }
            Err(error) => {
                let why = path_error("open", path, &error);
                return Err(format!("failed to open config file at {shown}: {why}"));
            }
        };
        let undecoded =
            |why: String| format!("failed to decode config file {shown}: {}", invalid(&why));
        let mut config = Config {
            path: path.to_path_buf(),
            ..Config::default()
        };
        match decode_next(&text, &Shape::Any) {
            Ok(None) => return Ok(config),
            Ok(Some((Decoded::Map(_), length))) => {
                let text = text.get(..length).unwrap_or_default();
                config.content =
                    serde_json::from_slice(text).map_err(|error| undecoded(error.to_string()))?;
            }
            Ok(Some((Decoded::Nil, _))) => return Ok(config),
            Ok(Some((other, _))) => {
                let kind = kind(&other);
                return Err(undecoded(format!(
                    "json: cannot unmarshal {kind} into Go value of type map[string]json.RawMessage"
                )));
            }
            Err(error) => return Err(undecoded(error.to_string())),
        }
        config.read_fields()?;
        Ok(config)
    }

    fn read_fields(&mut self) -> Result<(), String> {
        let field = |name: &str| self.content.get(name).cloned().unwrap_or_default();
        self.store = fitted(field("credsStore"), "creds store", "string")?;
        let helpers: BTreeMap<String, Value> =
            fitted(field("credHelpers"), "cred helpers", "map[string]string")?;
        for (server, helper) in helpers {
            let helper = fitted(helper, "cred helpers", "string")?;
            self.helpers.insert(server, helper);
        }
        self.auths = fitted(field("auths"), "auths", "map[string]json.RawMessage")?;
        Ok(())
    }

    /// Whether the file says anything about credentials.
    pub(crate) fn has_any(&self) -> bool {
        !self.store.is_empty() || !self.helpers.is_empty() || !self.auths.is_empty()
    }

    /// The program that keeps the credentials for a server; empty for this file.
    pub(crate) fn helper(&self, server: &str) -> &str {
        match self.helpers.get(server) {
            Some(helper) if !helper.is_empty() => helper,
            _ => &self.store,
        }
    }

    /// The credentials for a server; nothing if there are none. An address of an older form counts too.
    ///
    /// # Errors
    /// An entry that is malformed.
    pub(crate) fn get(&self, server: &str) -> Result<Credential, String> {
        let older = || {
            let mut all = self.auths.iter();
            all.find(|(address, _)| hostname(address) == server)
                .map(|(_, entry)| entry)
        };
        let Some(entry) = self.auths.get(server).or_else(older) else {
            return Ok(Credential::default());
        };
        let entry: BTreeMap<String, Value> = fitted(entry.clone(), "auth", "config.AuthConfig")?;
        let text = |name: &str| match entry.get(name) {
            Some(Value::String(text)) => text.clone(),
            _ => String::new(),
        };
        let mut credential = Credential {
            username: text("username"),
            password: text("password"),
            refresh_token: text("identitytoken"),
            access_token: text("registrytoken"),
        };
        let auth = text("auth");
        if !auth.is_empty() {
            let pair = decoded(&auth)
                .map_err(|why| format!("failed to decode auth field: {}", invalid(&why)))?;
            (credential.username, credential.password) = pair;
        }
        Ok(credential)
    }

    /// Keeps credentials for a server in this file.
    ///
    /// # Errors
    /// A name that cannot be kept, a file that cannot be written.
    pub(crate) fn put(&mut self, server: &str, credential: &Credential) -> Result<(), String> {
        if credential.username.contains(':') {
            return Err("bad credential format: colons(:) are not allowed in username".to_owned());
        }
        let mut entry = Map::new();
        if !credential.username.is_empty() || !credential.password.is_empty() {
            let pair = format!("{}:{}", credential.username, credential.password);
            entry.insert("auth".to_owned(), json!(base64(pair.as_bytes())));
        }
        if !credential.refresh_token.is_empty() {
            let token = json!(credential.refresh_token);
            entry.insert("identitytoken".to_owned(), token);
        }
        self.auths.insert(server.to_owned(), Value::Object(entry));
        self.save()
    }

    /// Forgets the credentials for a server.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn delete(&mut self, server: &str) -> Result<(), String> {
        match self.auths.remove(server) {
            Some(_) => self.save(),
            None => Ok(()),
        }
    }

    /// Says which program keeps all credentials.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn set_store(&mut self, helper: &str) -> Result<(), String> {
        self.store = helper.to_owned();
        self.save()
    }

    fn save(&mut self) -> Result<(), String> {
        match self.store.is_empty() {
            true => self.content.remove("credsStore"),
            false => self
                .content
                .insert("credsStore".to_owned(), json!(self.store)),
        };
        self.content.insert("auths".to_owned(), json!(self.auths));
        let text = indented(&self.content).map_err(|error| error.to_string())?;
        let failed = |why: String| format!("failed to save config file: {why}");
        if let Some(folder) = self.path.parent() {
            private_folder(folder).map_err(|error| {
                let why = path_error("mkdir", folder, &error);
                format!("failed to make directory {}: {why}", folder.display())
            })?;
        }
        write_with_folders(&self.path, text.as_bytes(), 0o600)
            .map_err(|error| failed(error.to_string()))
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut text = Vec::new();
    fs::File::open(path)?
        .take(MAX_FILE)
        .read_to_end(&mut text)?;
    Ok(text)
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// JSON as Go indents it with tabs: no character in it means anything in HTML.
fn indented(content: &BTreeMap<String, Value>) -> Result<String, serde_json::Error> {
    let mut out = Vec::new();
    let formatter = PrettyFormatter::with_indent(b"\t");
    content.serialize(&mut Serializer::with_formatter(&mut out, formatter))?;
    let text = String::from_utf8_lossy(&out);
    // Outside of texts JSON has none of these.
    Ok(text
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026"))
}

/// A field as the type that it must have; null is nothing.
fn fitted<T>(value: Value, what: &str, go_type: &str) -> Result<T, String>
where
    T: serde::de::DeserializeOwned + Default,
{
    if value.is_null() {
        return Ok(T::default());
    }
    let kind = match &value {
        Value::Null | Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    serde_json::from_value(value).map_err(|_| {
        let why = format!("json: cannot unmarshal {kind} into Go value of type {go_type}");
        format!("failed to unmarshal {what} field: {}", invalid(&why))
    })
}

fn invalid(why: &str) -> String {
    format!("invalid config format: {why}")
}

fn kind(value: &Decoded) -> &'static str {
    match value {
        Decoded::Bool(_) => "bool",
        Decoded::Float(_) => "number",
        Decoded::Str(_) => "string",
        _ => "array",
    }
}

/// The name and the password in the field `auth`. What is wrong with it is told without showing it.
fn decoded(auth: &str) -> Result<(String, String), String> {
    use ::base64::{DecodeError, Engine as _};
    let bytes = ::base64::engine::general_purpose::STANDARD
        .decode(auth.trim_end_matches(['\n', '\r']))
        .map_err(|error| match error {
            DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _) => {
                format!("illegal base64 data at input byte {at}")
            }
            _ => format!("illegal base64 data at input byte {}", auth.len()),
        })?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match text.split_once(':') {
        Some((name, password)) => Ok((name.to_owned(), password.to_owned())),
        None => Err("auth does not conform the base64(username:password) format".to_owned()),
    }
}

/// The host of an address of older files: `https://host/v1/`.
fn hostname(address: &str) -> &str {
    let address = address.strip_prefix("http://").unwrap_or(address);
    let address = address.strip_prefix("https://").unwrap_or(address);
    address.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> (tempfile::TempDir, Result<Config, String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/config.json");
        fs::create_dir(folder.path().join("deep")).unwrap();
        fs::write(&path, text).unwrap();
        let config = Config::load(&path);
        (folder, config)
    }

    #[test]
    fn credentials_are_found_by_host_and_by_older_addresses() {
        let (_folder, config) = config(
            r#"{"auths": {"a": {"auth": "bWU6cHc6MQ=="}, "https://b/v1/": {"identitytoken": "t"},
                "c": {"username": "u", "password": "p"}, "d": {"auth": "bWU="}}} rest"#,
        );
        let config = config.unwrap();
        let a = config.get("a").unwrap();
        assert_eq!((a.username.as_str(), a.password.as_str()), ("me", "pw:1"));
        assert_eq!(config.get("b").unwrap().refresh_token, "t");
        assert_eq!(config.get("c").unwrap().password, "p");
        assert_eq!(config.get("e"), Ok(Credential::default()));
        assert_eq!(
            config.get("d").unwrap_err(),
            "failed to decode auth field: invalid config format: auth does not conform the base64(username:password) format"
        );
    }

    // Helm 4.3.1 writes the same.
    #[test]
    fn what_is_not_about_credentials_is_kept() {
        let (folder, config) =
            config(r#"{"z": {"b": 1.0, "a": []}, "credHelpers": {}, "psFormat": "<&>"}"#);
        let mut config = config.unwrap();
        let me = Credential {
            username: "me".to_owned(),
            password: "pw".to_owned(),
            ..Credential::default()
        };
        config.put("h:5000", &me).unwrap();
        let path = folder.path().join("deep/config.json");
        let expected = "{\n\t\"auths\": {\n\t\t\"h:5000\": {\n\t\t\t\"auth\": \"bWU6cHc=\"\n\t\t}\n\t},\n\t\"credHelpers\": {},\n\t\"psFormat\": \"\\u003c\\u0026\\u003e\",\n\t\"z\": {\n\t\t\"b\": 1.0,\n\t\t\"a\": []\n\t}\n}";
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        config.delete("h:5000").unwrap();
        assert!(!Config::load(&path).unwrap().has_any());
    }

    #[test]
    fn files_that_are_none_are_told() {
        let error = |text: &str| config(text).1.unwrap_err();
        assert!(error("nope").ends_with(
            "config.json: invalid config format: invalid character 'o' in literal null (expecting 'u')"
        ));
        assert!(error("[]").ends_with(
            "invalid config format: json: cannot unmarshal array into Go value of type map[string]json.RawMessage"
        ));
        assert_eq!(
            error(r#"{"auths": 1}"#),
            "failed to unmarshal auths field: invalid config format: json: cannot unmarshal number into Go value of type map[string]json.RawMessage"
        );
    }
}

//! What templates see as `.Files`.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chart::File;
use gostd::glob::Glob;
use goval::{Elem, List, Map, Method, Object, Str, Value};

/// Files by their paths: Helm's `engine.files`, a map with methods.
pub(crate) struct Files(BTreeMap<String, Str>);

impl Files {
    pub(crate) fn new(files: &[File]) -> Files {
        let files = files.iter();
        Files(
            files
                .map(|file| (file.name.clone(), file.data.clone()))
                .collect(),
        )
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(Arc::new(self))
    }

    fn get(&self, path: &str) -> Str {
        self.0.get(path).cloned().unwrap_or_default()
    }

    /// The files whose paths match; a pattern that is malformed matches everything.
    fn glob(&self, pattern: &str) -> Files {
        let glob = Glob::parse(pattern);
        let matching = self
            .0
            .iter()
            .filter(|(path, _)| glob.as_ref().is_none_or(|glob| glob.matches(path)));
        Files(
            matching
                .map(|(path, data)| (path.clone(), data.clone()))
                .collect(),
        )
    }

    fn lines(&self, path: &str) -> List {
        let data = self.get(path);
        if data.is_empty() {
            return List::typed(Elem::Str, Vec::new());
        }
        let text = data.strip_suffix(b"\n").unwrap_or(&data);
        List::of_strs(text.split(|&byte| byte == b'\n'))
    }

    /// YAML of base names and contents; of two files with one base name, the one whose path comes
    /// last wins.
    fn to_yaml(&self, content: impl Fn(&Str) -> Str) -> Value {
        let map = Map::typed(Elem::Str);
        for (path, data) in &self.0 {
            map.insert(crate::base(path), content(data));
        }
        let yaml = goval::yaml::encode(&Value::Map(map)).unwrap_or_default();
        Value::str(yaml.strip_suffix('\n').unwrap_or(&yaml))
    }

    fn to_map(&self) -> Map {
        let map = Map::typed(Elem::Named("map[string][]uint8"));
        for (path, data) in &self.0 {
            map.insert(path.as_str(), Value::Bytes(data.as_bytes().into()));
        }
        map
    }
}

const NO_PARAMETERS: Method = Method {
    params: &[],
    variadic: false,
};
const TEXT: Method = Method {
    params: &["string"],
    variadic: false,
};

impl Object for Files {
    fn type_name(&self) -> &str {
        "engine.files"
    }

    fn kind(&self) -> &str {
        "map"
    }

    fn method(&self, name: &str) -> Option<Method> {
        match name {
            "Get" | "GetBytes" | "Glob" | "Lines" => Some(TEXT),
            "AsConfig" | "AsSecrets" => Some(NO_PARAMETERS),
            _ => None,
        }
    }

    fn call(&self, name: &str, args: &[Value]) -> Result<Value, String> {
        let text = args.first().and_then(Value::as_str);
        let text = text.map(|text| text.to_str_lossy()).unwrap_or_default();
        match name {
            "Get" => Ok(Value::Str(self.get(&text))),
            "GetBytes" => Ok(Value::Bytes(self.get(&text).as_bytes().into())),
            "Glob" => Ok(self.glob(&text).into_value()),
            "Lines" => Ok(Value::List(self.lines(&text))),
            "AsConfig" => Ok(self.to_yaml(Str::clone)),
            "AsSecrets" => Ok(self.to_yaml(|data| STANDARD.encode(data).into())),
            _ => Err(format!("engine.files has no method {name}")),
        }
    }

    fn display(&self) -> Str {
        let entry = |(path, data): (&String, &Str)| {
            let bytes: Vec<String> = data.iter().map(u8::to_string).collect();
            format!("{path}:[{}]", bytes.join(" "))
        };
        let entries: Vec<String> = self.0.iter().map(entry).collect();
        format!("map[{}]", entries.join(" ")).into()
    }

    fn truth(&self) -> bool {
        !self.0.is_empty()
    }

    fn as_plain(&self) -> Option<Value> {
        Some(Value::Map(self.to_map()))
    }

    fn to_json(&self) -> Result<Value, String> {
        Ok(Value::Map(self.to_map()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

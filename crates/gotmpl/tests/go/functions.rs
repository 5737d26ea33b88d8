//! The functions and data that `oracle/template` has too.

use std::any::Any;
use std::sync::Arc;

use gotmpl::{Body, Exec, Func, FuncError, FuncMap, Sig, TemplateSet, Ty};
use goval::{Elem, IntKind, List, Map, Method, Object, Str, Value};

type Result = std::result::Result<Value, FuncError>;

pub(crate) fn all() -> FuncMap {
    let mut funcs = FuncMap::new();
    for (name, ty) in [
        ("any", &[Ty::Any]),
        ("str", &[Ty::Str]),
        ("bool", &[Ty::Bool]),
        ("int", &[Ty::Int]),
        ("int8", &[Ty::Integer(IntKind::Int8)]),
        ("int16", &[Ty::Integer(IntKind::Int16)]),
        ("int32", &[Ty::Integer(IntKind::Int32)]),
        ("int64", &[Ty::Int64]),
        ("uint", &[Ty::Integer(IntKind::Uint)]),
        ("uint8", &[Ty::Integer(IntKind::Uint8)]),
        ("uint16", &[Ty::Integer(IntKind::Uint16)]),
        ("uint32", &[Ty::Integer(IntKind::Uint32)]),
        ("uint64", &[Ty::Integer(IntKind::Uint64)]),
        ("float64", &[Ty::Float64]),
        ("mapOf", &[Ty::Map]),
        ("listOf", &[Ty::List]),
        ("strsOf", &[Ty::StrList]),
        ("intsOf", &[Ty::IntList]),
        ("smapOf", &[Ty::StrMap]),
        ("bytesOf", &[Ty::Bytes]),
        ("objOf", &[Ty::Named("main.Obj")]),
    ] as [(&str, &[Ty; 1]); 21]
    {
        add(&mut funcs, name, ty, false, ty[0], |args| {
            Ok(args[0].clone())
        });
    }
    add(&mut funcs, "list", &[Ty::Any], true, Ty::List, |args| {
        Ok(List::new(args.to_vec()).into())
    });
    add(&mut funcs, "strs", &[Ty::Str], true, Ty::StrList, |args| {
        Ok(List::typed(Elem::Str, args.to_vec()).into())
    });
    add(&mut funcs, "ints", &[Ty::Int], true, Ty::IntList, |args| {
        Ok(List::typed(Elem::Int, args.to_vec()).into())
    });
    add(&mut funcs, "bytes", &[Ty::Str], false, Ty::Bytes, |args| {
        Ok(Value::Bytes(text(&args[0]).as_bytes().into()))
    });
    add(&mut funcs, "dict", &[Ty::Any], true, Ty::Map, dict);
    add(&mut funcs, "smap", &[Ty::Str], true, Ty::StrMap, smap);
    add(&mut funcs, "nothing", &[], false, Ty::Any, |_| {
        Ok(Value::Nil)
    });
    add(&mut funcs, "one", &[], false, Ty::Int, |_| {
        Ok(Value::int(1))
    });
    add(
        &mut funcs,
        "two",
        &[Ty::Str, Ty::Int],
        false,
        Ty::Str,
        |args| Ok(Value::Str(gotmpl::fmt::sprintf("%s/%d", args))),
    );
    add(
        &mut funcs,
        "rest",
        &[Ty::Str, Ty::Int],
        true,
        Ty::Str,
        |args| {
            let ints = List::typed(Elem::Int, args[1..].to_vec());
            Ok(Value::Str(gotmpl::fmt::sprintf(
                "%s%v",
                &[args[0].clone(), ints.into()],
            )))
        },
    );
    add(&mut funcs, "fail", &[Ty::Str], false, Ty::Str, |args| {
        Err(FuncError::Error(text(&args[0]).to_string()))
    });
    add(&mut funcs, "boom", &[Ty::Str], false, Ty::Str, |args| {
        Err(FuncError::Panic(text(&args[0]).to_string()))
    });
    add(&mut funcs, "obj", &[], false, Ty::Named("main.Obj"), |_| {
        Ok(Value::Object(Arc::new(Obj)))
    });
    add(
        &mut funcs,
        "ver",
        &[Ty::Str],
        false,
        Ty::Named("main.Ver"),
        |args| Ok(Value::Object(Arc::new(Ver(text(&args[0]))))),
    );
    add(
        &mut funcs,
        "files",
        &[],
        false,
        Ty::Named("main.Files"),
        |_| Ok(Value::Object(Arc::new(Files))),
    );
    host(&mut funcs, "include", include);
    host(&mut funcs, "tpl", tpl);
    funcs
}

fn add(
    funcs: &mut FuncMap,
    name: &'static str,
    params: &'static [Ty],
    variadic: bool,
    result: Ty,
    body: fn(&[Value]) -> Result,
) {
    let sig = Sig {
        params,
        variadic,
        result,
    };
    funcs.insert(
        name,
        Func {
            sig,
            body: Body::Pure(body),
        },
    );
}

fn host(funcs: &mut FuncMap, name: &'static str, body: fn(&mut Exec<'_>, &[Value]) -> Result) {
    let sig = Sig {
        params: &[Ty::Str, Ty::Any],
        variadic: false,
        result: Ty::Str,
    };
    funcs.insert(
        name,
        Func {
            sig,
            body: Body::Host(Arc::new(body)),
        },
    );
}

fn text(value: &Value) -> Str {
    value.as_str().cloned().unwrap_or_default()
}

fn dict(args: &[Value]) -> Result {
    let map = Map::new();
    for pair in args.chunks_exact(2) {
        let key = pair[0].as_str().ok_or("a key is no string")?;
        map.insert(key.clone(), pair[1].clone());
    }
    Ok(map.into())
}

fn smap(args: &[Value]) -> Result {
    let map = Map::typed(Elem::Str);
    for pair in args.chunks_exact(2) {
        map.insert(text(&pair[0]), pair[1].clone());
    }
    Ok(map.into())
}

/// How many calls of `include` and `tpl` are running.
#[derive(Default)]
struct Depth(usize);

/// Runs something that runs templates, to a certain depth.
fn deeper(
    exec: &mut Exec<'_>,
    run: impl FnOnce(&mut Exec<'_>) -> std::result::Result<Vec<u8>, FuncError>,
) -> Result {
    if exec.state::<Depth>().0 == 10 {
        return Err("too deep".into());
    }
    exec.state::<Depth>().0 += 1;
    let out = run(exec);
    exec.state::<Depth>().0 -= 1;
    Ok(Value::str(out?))
}

fn include(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    deeper(exec, |exec| Ok(exec.run(text(&args[0]), &args[1])?))
}

fn tpl(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let (source, mut set) = (text(&args[0]), TemplateSet::over(exec.set()));
    let quoted = goval::strconv::quote(&source);
    let parsed = set
        .parse("set", source, &all())
        .map_err(|error| format!("cannot parse template {quoted}: {error}"))?;
    let main = parsed.main().expect("a text gives a template");
    deeper(exec, |exec| {
        exec.run_in(&Arc::new(set), main, &args[1])
            .map_err(|error| format!("error in template {quoted}: {error}").into())
    })
}

struct Obj;

impl Object for Obj {
    fn type_name(&self) -> &str {
        "main.Obj"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Name" => Some("web".into()),
            "N" => Some(Value::int(3)),
            _ => None,
        }
    }

    fn method(&self, name: &str) -> Option<Method> {
        let (params, variadic): (&[&str], bool) = match name {
            "Get" | "Has" | "Fail" => (&["string"], false),
            "Sum" => (&["int"], true),
            "Any" => (&["interface {}"], false),
            _ => return None,
        };
        Some(Method { params, variadic })
    }

    fn call(&self, name: &str, args: &[Value]) -> std::result::Result<Value, String> {
        match name {
            "Get" => Ok(Value::Str(
                [b"web:", text(&args[0]).as_bytes()].concat().into(),
            )),
            "Has" => Ok(Value::Bool(text(&args[0]) == "web")),
            "Fail" => Err(text(&args[0]).to_string()),
            "Any" => Ok(args[0].clone()),
            _ => Ok(Value::int(
                3 + args
                    .iter()
                    .map(|arg| if let Value::Int(_, n) = arg { *n } else { 0 })
                    .sum::<i64>(),
            )),
        }
    }

    fn display(&self) -> Str {
        "{web 3}".into()
    }

    fn fields(&self) -> Option<Vec<(&str, Value)>> {
        Some(vec![("Name", "web".into()), ("N", Value::int(3))])
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.as_any().is::<Obj>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct Ver(Str);

impl Object for Ver {
    fn type_name(&self) -> &str {
        "main.Ver"
    }

    fn field(&self, name: &str) -> Option<Value> {
        (name == "V").then(|| Value::Str(self.0.clone()))
    }

    fn method(&self, name: &str) -> Option<Method> {
        (name == "String").then_some(Method {
            params: &[],
            variadic: false,
        })
    }

    fn call(&self, _name: &str, _args: &[Value]) -> std::result::Result<Value, String> {
        Ok(Value::Str(self.display()))
    }

    fn display(&self) -> Str {
        [b"v", self.0.as_bytes()].concat().into()
    }

    fn stringer(&self) -> Option<Str> {
        Some(self.display())
    }

    fn fields(&self) -> Option<Vec<(&str, Value)>> {
        Some(vec![("V", Value::Str(self.0.clone()))])
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other
            .as_any()
            .downcast_ref::<Ver>()
            .is_some_and(|other| other.0 == self.0)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct Files;

impl Object for Files {
    fn type_name(&self) -> &str {
        "main.Files"
    }

    fn kind(&self) -> &str {
        "map"
    }

    fn method(&self, name: &str) -> Option<Method> {
        (name == "Get").then_some(Method {
            params: &["string"],
            variadic: false,
        })
    }

    fn call(&self, _name: &str, args: &[Value]) -> std::result::Result<Value, String> {
        let plain = self.as_plain();
        let found = plain
            .as_ref()
            .and_then(Value::as_map)
            .and_then(|map| map.get(text(&args[0])));
        Ok(found.unwrap_or_else(|| "".into()))
    }

    fn display(&self) -> Str {
        "map[a.txt:A b.txt:B]".into()
    }

    fn as_plain(&self) -> Option<Value> {
        let map = Map::typed(Elem::Str);
        map.insert("a.txt", "A");
        map.insert("b.txt", "B");
        Some(map.into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Data as `encoding/json` reads it: all numbers are floats.
pub(crate) fn from_json(text: &str) -> Value {
    convert(serde_json::from_str(text).expect("the data is JSON"))
}

fn convert(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Nil,
        Json::Bool(b) => Value::Bool(b),
        Json::Number(n) => Value::Float(n.as_f64().unwrap_or_default()),
        Json::String(text) => text.into(),
        Json::Array(items) => List::new(items.into_iter().map(convert).collect()).into(),
        Json::Object(entries) => {
            let entries = entries
                .into_iter()
                .map(|(key, value)| (key, convert(value)));
            entries.collect::<Map>().into()
        }
    }
}

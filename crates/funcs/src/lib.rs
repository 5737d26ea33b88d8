//! Sprig's and Helm's template functions, and the trait `World` through which the impure ones reach clock, randomness, cluster and DNS.
//!
//! Knows neither clusters nor clocks.
//!
//! The behaviour is that of Masterminds/sprig v3.3.0 and of Helm 4.3.1's own functions. One file
//! holds one theme: a table of names with their Go signatures, and the functions under it. What
//! needs the engine itself (`include`, `tpl`, `required`, `fail`) is defined where templates are
//! rendered.

mod args;
mod cases;
mod certs;
mod convert;
mod crypto;
mod date;
mod decimal;
mod defaults;
mod der;
mod dicts;
mod duration;
mod encoding;
mod keys;
mod lists;
mod merge;
mod network;
mod numeric;
mod path;
mod pem;
mod random;
mod reflection;
mod regex;
mod rng;
mod seeded;
mod semver;
mod serial;
mod strings;
mod table;
mod time_object;
mod url;
mod words;
mod world;
mod x509;

use gotmpl::FuncMap;

pub use seeded::SeededWorld;
pub use world::{NullWorld, World};

/// All functions but `include`, `tpl`, `required` and `fail`, by name.
///
/// The impure ones ask the `Arc<dyn World>` that the caller has put into the
/// [`State`](gotmpl::State) of the execution, so that templates are parsed once for any world.
pub fn functions() -> FuncMap {
    let tables = [
        certs::FUNCS,
        convert::FUNCS,
        crypto::FUNCS,
        date::FUNCS,
        defaults::FUNCS,
        dicts::FUNCS,
        duration::FUNCS,
        encoding::FUNCS,
        lists::FUNCS,
        network::FUNCS,
        numeric::FUNCS,
        path::FUNCS,
        random::FUNCS,
        reflection::FUNCS,
        regex::FUNCS,
        semver::FUNCS,
        serial::FUNCS,
        strings::FUNCS,
        url::FUNCS,
        words::FUNCS,
    ];
    let entries = tables.into_iter().flatten();
    entries.map(|entry| (entry.name, entry.func())).collect()
}

//! One call of a program (Extism's `Plugin.Call`): made known what it may use, begun, and watched until it ends.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmi::{
    Config, CustomFuelCosts, Engine, Error, ExternType, Func, Instance, Linker, Module,
    ResumableCall, Store, StoreLimits, StoreLimitsBuilder, Val,
};

use crate::kernel::{Kernel, PAGE};
use crate::wasi::{Streams, Wasi};
use crate::web::{Answer, Web};
use crate::{env, wasi, words};

/// How much is done before the clock is looked at.
const SLICE: u64 = 10_000_000;
/// How much a module may do when it is made, before anything of it is called.
const START: u64 = 10_000_000_000;
/// How deep calls of functions may be nested.
const DEPTH: usize = 10_000;
/// The pages that Extism's kernel begins with.
const KERNEL_PAGES: u64 = 16;
/// The most pages that memory of 32 bits has.
const ALL_PAGES: u64 = 65_536;
/// The most elements that its tables may have.
const ELEMENTS: usize = 10_000_000;

/// A program, and what it gets.
pub struct Call<'a> {
    /// The module, in its binary form.
    pub module: &'a [u8],
    /// The function that is called.
    pub entry: &'a str,
    /// What it works on.
    pub input: &'a [u8],
    /// What it is told when it asks for its configuration.
    pub config: BTreeMap<String, String>,
    /// The hosts that it may speak with, as patterns.
    pub allowed_hosts: Vec<String>,
    /// What it has at `/tmp`; nothing if `None`.
    pub folder: Option<PathBuf>,
    /// Its environment.
    pub env: Vec<(String, String)>,
    /// Its standard input.
    pub stdin: Box<dyn Read + Send>,
    /// Its standard output.
    pub stdout: Box<dyn Write + Send>,
    /// Its standard error.
    pub stderr: Box<dyn Write + Send>,
    /// What speaks with servers for it.
    pub web: Arc<dyn Web>,
    /// What it may use up.
    pub limits: Limits,
}

/// What a program may use up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Pages of 64 KiB of memory, its own and the kernel's each; 0 for as many as there are.
    pub pages: u32,
    /// Bytes of a server's answer.
    pub answer: u64,
    /// Bytes of all variables; 0 if it may have none.
    pub variables: u64,
    /// How long it may run; `None` for as long as it takes.
    pub time: Option<Duration>,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the function gave back; 0 if that is nothing.
    pub status: u32,
    /// What it made of its input.
    pub output: Vec<u8>,
}

/// Why there is no outcome, in the words of Extism's SDK and of wazero.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The module could not be made ready.
    #[error("{0}")]
    NotReady(String),
    /// It failed while it ran.
    #[error("{0}")]
    Failed(String),
}

/// What host functions work with.
pub(crate) struct Host {
    pub(crate) kernel: Kernel,
    /// Where the input of this call is.
    pub(crate) input: u64,
    pub(crate) variables: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(crate) config: BTreeMap<String, String>,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) web: Arc<dyn Web>,
    /// What a server answered last, without its body.
    pub(crate) answer: Answer,
    pub(crate) limits: Limits,
    pub(crate) wasi: Wasi,
    store: StoreLimits,
    end: Option<Instant>,
}

impl Host {
    /// How long it may still run.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        let end = self.end?;
        Some(end.saturating_duration_since(Instant::now()))
    }
}

/// Calls a function of a module.
///
/// # Errors
/// The module cannot be used, the function fails, or it tells of an error.
pub fn call(wanted: Call<'_>) -> Result<Outcome, CallError> {
    let engine = Engine::new(&config());
    let pages = match wanted.limits.pages {
        0 => ALL_PAGES,
        pages => u64::from(pages),
    };
    let module = read(&engine, wanted.module, pages).map_err(CallError::NotReady)?;
    let mut linker = Linker::new(&engine);
    let linked = env::link(&mut linker).and_then(|()| wasi::link(&mut linker));
    linked.map_err(|error| CallError::NotReady(error.to_string()))?;
    let (entry, input) = (wanted.entry, wanted.input);
    let mut store = Store::new(&engine, host(wanted, pages));
    store.limiter(|host| &mut host.store);
    let instance = made(&mut store, &linker, &module)
        .map_err(|why| CallError::NotReady(format!("instantiating module: {why}")))?;
    run(&mut store, instance, entry, input).map_err(CallError::Failed)
}

fn config() -> Config {
    let mut config = Config::default();
    // What wazero has too; what goes beyond is as unknown here as there.
    config
        .consume_fuel(true)
        .fuel_cost(CustomFuelCosts {
            bytes_copied_per_fuel: 64,
            // A function that is read first within a call cannot be read on in the next slice.
            fuel_per_bytes_translated: 0,
            fuel_per_bytes_validated: 0,
        })
        .set_max_recursion_depth(DEPTH)
        .wasm_tail_call(false)
        .wasm_multi_memory(false)
        .wasm_extended_const(false);
    config
}

fn host(wanted: Call<'_>, pages: u64) -> Host {
    let most = pages.saturating_mul(PAGE);
    let size = usize::try_from(most).unwrap_or(usize::MAX);
    let store = StoreLimitsBuilder::new().memory_size(size);
    Host {
        kernel: Kernel::new(most),
        input: 0,
        variables: BTreeMap::new(),
        config: wanted.config,
        allowed_hosts: wanted.allowed_hosts,
        web: wanted.web,
        answer: Answer::default(),
        limits: wanted.limits,
        wasi: Wasi::new(
            &wanted.env,
            Streams {
                stdin: wanted.stdin,
                stdout: wanted.stdout,
                stderr: wanted.stderr,
            },
            wanted.folder,
        ),
        store: store.table_elements(ELEMENTS).build(),
        end: None,
    }
}

fn read(engine: &Engine, bytes: &[u8], pages: u64) -> Result<Module, String> {
    if pages < KERNEL_PAGES {
        let why = too_much(KERNEL_PAGES, pages);
        return Err(format!("instantiating extism module: {why}"));
    }
    let module = Module::new(engine, bytes).map_err(|error| words::not_read(bytes, &error))?;
    for export in module.exports() {
        let ExternType::Memory(memory) = export.ty() else {
            continue;
        };
        let least = memory.minimum();
        if least > pages {
            return Err(too_much(least, pages));
        }
    }
    Ok(module)
}

fn too_much(least: u64, pages: u64) -> String {
    let (shown, limit) = (words::shown(least), words::shown(pages));
    format!("section memory: min {least} pages ({shown}) over limit of {pages} pages ({limit})")
}

fn made(
    store: &mut Store<Host>,
    linker: &Linker<Host>,
    module: &Module,
) -> Result<Instance, String> {
    let text = |error: Error| words::not_made(&error);
    store.set_fuel(START).map_err(text)?;
    linker.instantiate_and_start(store, module).map_err(text)
}

fn run(
    store: &mut Store<Host>,
    instance: Instance,
    entry: &str,
    input: &[u8],
) -> Result<Outcome, String> {
    let host = store.data_mut();
    host.end = host
        .limits
        .time
        .and_then(|time| Instant::now().checked_add(time));
    let offset = host.kernel.put(input);
    host.input = offset;
    host.kernel.input = (offset, input.len() as u64);
    let unknown = || format!("unknown function: {entry}");
    let function = instance.get_func(&*store, entry).ok_or_else(unknown)?;
    let results = function.ty(&*store).results().len();
    if results > 1 {
        return Err(format!(
            "function {entry} has {results} results, expected 0 or 1"
        ));
    }
    if !matches!(entry, "_start" | "_initialize") {
        initialize(store, instance)
            .map_err(|error| format!("failed to initialize runtime: {}", told(store, &error)))?;
    }
    let params = function.ty(&*store).params().len();
    if params > 0 {
        return Err(format!("expected {params} params, but passed 0"));
    }
    let status = match invoke(store, function, &[]) {
        Ok(status) => status,
        // The program says that it is done.
        Err(error) if error.i32_exit_status() == Some(0) => 0,
        Err(error) => return Err(told(store, &error)),
    };
    let kernel = &store.data().kernel;
    let error = String::from_utf8_lossy(kernel.block(kernel.error));
    if !error.is_empty() {
        return Err(error.into_owned());
    }
    let (offset, length) = kernel.output;
    let output = kernel.slice(offset, length).unwrap_or_default().to_vec();
    Ok(Outcome { status, output })
}

/// What the runtime of the program's language wants to do first.
fn initialize(store: &mut Store<Host>, instance: Instance) -> Result<(), Error> {
    let exported = |store: &Store<Host>, name: &str, params: usize| {
        let function = instance.get_func(store, name)?;
        (function.ty(store).params().len() == params).then_some(function)
    };
    if let Some(haskell) = exported(store, "hs_init", 2) {
        if let Some(first) = exported(store, "_initialize", 0) {
            // Extism goes on whatever this says.
            let _ = invoke(store, first, &[]);
        }
        return invoke(store, haskell, &[Val::I32(0), Val::I32(0)]).map(drop);
    }
    for name in ["_initialize", "__wasm_call_ctors"] {
        if let Some(function) = exported(store, name, 0) {
            return invoke(store, function, &[]).map(drop);
        }
    }
    Ok(())
}

/// Calls a function, as long as there is time; gives its result as a number, 0 if it has none.
fn invoke(store: &mut Store<Host>, function: Func, params: &[Val]) -> Result<u32, Error> {
    let types = function.ty(&*store);
    let results = types.results().iter().copied();
    let mut results: Vec<Val> = results.map(Val::default_for_ty).collect();
    store.set_fuel(SLICE)?;
    let mut call = function.call_resumable(&mut *store, params, &mut results)?;
    loop {
        match call {
            ResumableCall::Finished => break,
            ResumableCall::HostTrap(trap) => return Err(trap.into_host_error()),
            ResumableCall::OutOfFuel(paused) => {
                if is_late(store) {
                    return Err(Error::new("late"));
                }
                store.set_fuel(paused.required_fuel().max(SLICE))?;
                call = paused.resume(&mut *store, &mut results)?;
            }
        }
    }
    Ok(match results.first() {
        Some(Val::I32(number)) => number.cast_unsigned(),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "Extism takes the lower half"
        )]
        Some(Val::I64(number)) => number.cast_unsigned() as u32,
        Some(Val::F32(number)) => number.to_bits(),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "Extism takes the lower half"
        )]
        Some(Val::F64(number)) => number.to_bits() as u32,
        _ => 0,
    })
}

fn is_late(store: &Store<Host>) -> bool {
    store.data().time_left() == Some(Duration::ZERO)
}

fn told(store: &Store<Host>, error: &Error) -> String {
    if is_late(store) {
        return "module closed with context deadline exceeded".to_owned();
    }
    match error.i32_exit_status() {
        Some(status) => format!("module closed with exit_code({})", status.cast_unsigned()),
        None => words::text(error),
    }
}

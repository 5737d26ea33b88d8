//! `extism:host/env`: what Extism's host gives a program.

use wasmi::{Caller, Error, Linker};

use crate::call::Host;
use crate::web;
use crate::words::refuse;

/// The name that programs import it by.
pub(crate) const NAME: &str = "extism:host/env";
/// What a variable takes beside its name and its content.
const VARIABLE: usize = 40;
/// The level above all levels: nothing is logged.
const OFF: i32 = i32::MAX;

type Guest<'a> = Caller<'a, Host>;

/// Makes them known.
pub(crate) fn link(linker: &mut Linker<Host>) -> Result<(), Error> {
    memory(linker)?;
    handing_over(linker)?;
    linker
        .func_wrap(NAME, "config_get", |mut guest: Guest<'_>, name: u64| {
            let host = guest.data_mut();
            let name = String::from_utf8_lossy(host.kernel.block(name)).into_owned();
            match host.config.get(&name) {
                Some(value) => host.kernel.put(value.as_bytes()),
                None => 0,
            }
        })?
        .func_wrap(NAME, "var_get", |mut guest: Guest<'_>, name: u64| {
            let host = guest.data_mut();
            let key = host.kernel.block(name).to_vec();
            host.kernel.free(name);
            match host.variables.get(&key) {
                Some(value) => host.kernel.put(value),
                None => 0,
            }
        })?
        .func_wrap(
            NAME,
            "var_set",
            |mut guest: Guest<'_>, name: u64, value: u64| set(guest.data_mut(), name, value),
        )?
        .func_wrap(
            NAME,
            "http_request",
            |mut guest: Guest<'_>, request: u64, body: u64| web::request(&mut guest, request, body),
        )?
        .func_wrap(NAME, "http_status_code", |guest: Guest<'_>| -> i32 {
            i32::from(guest.data().answer.status)
        })?
        .func_wrap(NAME, "http_headers", |mut guest: Guest<'_>| {
            web::headers(guest.data_mut())
        })?
        .func_wrap(NAME, "get_log_level", || OFF)?;
    // Helm leaves Extism's log off, so that nothing is ever shown of it.
    for level in [
        "log_trace",
        "log_debug",
        "log_info",
        "log_warn",
        "log_error",
    ] {
        linker.func_wrap(NAME, level, |mut guest: Guest<'_>, text: u64| {
            guest.data_mut().kernel.free(text);
        })?;
    }
    Ok(())
}

/// Blocks of the kernel's memory.
fn memory(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(NAME, "alloc", |mut guest: Guest<'_>, length: u64| {
            guest.data_mut().kernel.alloc(length)
        })?
        .func_wrap(NAME, "free", |mut guest: Guest<'_>, offset: u64| {
            guest.data_mut().kernel.free(offset);
        })?
        .func_wrap(NAME, "length", |guest: Guest<'_>, offset: u64| {
            guest.data().kernel.length(offset)
        })?
        .func_wrap(NAME, "length_unsafe", |guest: Guest<'_>, offset: u64| {
            guest.data().kernel.length(offset)
        })?
        .func_wrap(NAME, "load_u8", |guest: Guest<'_>, offset: u64| -> i32 {
            let byte = guest.data().kernel.slice(offset, 1);
            byte.map_or(0, |byte| i32::from(byte[0]))
        })?
        .func_wrap(
            NAME,
            "store_u8",
            |mut guest: Guest<'_>, offset: u64, byte: i32| {
                if let Some(place) = guest.data_mut().kernel.slice_mut(offset, 1) {
                    place[0] = byte.to_le_bytes()[0];
                }
            },
        )?
        .func_wrap(NAME, "load_u64", |guest: Guest<'_>, offset: u64| {
            let number = guest.data().kernel.number(offset);
            number.ok_or_else(|| refuse(format!("could not read value at offset: {offset}")))
        })?
        .func_wrap(
            NAME,
            "store_u64",
            |mut guest: Guest<'_>, offset: u64, value: u64| {
                let place = guest.data_mut().kernel.slice_mut(offset, 8);
                let place = place.ok_or_else(|| {
                    refuse(format!(
                        "could not write value '{value}' at offset: {offset}"
                    ))
                })?;
                place.copy_from_slice(&value.to_le_bytes());
                Ok(())
            },
        )?
        .func_wrap(NAME, "memory_bytes", |guest: Guest<'_>| {
            guest.data().kernel.size()
        })?
        .func_wrap(NAME, "reset", |mut guest: Guest<'_>| {
            guest.data_mut().kernel.reset()
        })?;
    Ok(())
}

/// Input, output and the text of an error.
fn handing_over(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(
            NAME,
            "input_set",
            |mut guest: Guest<'_>, offset: u64, length: u64| {
                let kernel = &mut guest.data_mut().kernel;
                if kernel.slice(offset, length).is_some() {
                    kernel.input = (offset, length);
                }
            },
        )?
        .func_wrap(NAME, "input_offset", |guest: Guest<'_>| {
            guest.data().kernel.input.0
        })?
        .func_wrap(NAME, "input_length", |guest: Guest<'_>| {
            guest.data().kernel.input.1
        })?
        .func_wrap(NAME, "input_load_u8", |guest: Guest<'_>, at: u64| -> i32 {
            let kernel = &guest.data().kernel;
            let (offset, length) = kernel.input;
            let byte = kernel.slice(offset, length);
            let byte = byte.and_then(|input| input.get(usize::try_from(at).ok()?));
            byte.copied().map_or(0, i32::from)
        })?
        .func_wrap(NAME, "input_load_u64", |guest: Guest<'_>, at: u64| {
            let host = guest.data();
            let number = host
                .input
                .checked_add(at)
                .and_then(|at| host.kernel.number(at));
            number.ok_or_else(|| refuse(format!("could not read value at offset: {at}")))
        })?
        .func_wrap(
            NAME,
            "output_set",
            |mut guest: Guest<'_>, offset: u64, length: u64| {
                let kernel = &mut guest.data_mut().kernel;
                if kernel.slice(offset, length).is_some() {
                    kernel.output = (offset, length);
                }
            },
        )?
        .func_wrap(NAME, "output_offset", |guest: Guest<'_>| {
            guest.data().kernel.output.0
        })?
        .func_wrap(NAME, "output_length", |guest: Guest<'_>| {
            guest.data().kernel.output.1
        })?
        .func_wrap(NAME, "error_set", |mut guest: Guest<'_>, offset: u64| {
            let kernel = &mut guest.data_mut().kernel;
            if offset == 0 || kernel.slice(offset, 1).is_some() {
                kernel.error = offset;
            }
        })?
        .func_wrap(NAME, "error_get", |guest: Guest<'_>| {
            guest.data().kernel.error
        })?;
    Ok(())
}

fn set(host: &mut Host, name: u64, value: u64) -> Result<(), Error> {
    if host.limits.variables == 0 {
        return Err(refuse("Vars are disabled by this host"));
    }
    let key = host.kernel.block(name).to_vec();
    host.kernel.free(name);
    if value == 0 {
        host.variables.remove(&key);
        return Ok(());
    }
    let content = host.kernel.block(value).to_vec();
    host.kernel.free(value);
    let held = host
        .variables
        .iter()
        .map(|(name, value)| VARIABLE + name.len() + value.len());
    let size = held.sum::<usize>() + VARIABLE + key.len() + content.len();
    if size as u64 >= host.limits.variables {
        return Err(refuse("Variable store is full"));
    }
    host.variables.insert(key, content);
    Ok(())
}

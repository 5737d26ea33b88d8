//! The cluster and the network.

use gotmpl::Ty::{self, Str};
use goval::Value;

use crate::World;
use crate::args::Args;
use crate::table::{Entry, Outcome, impure};

pub(crate) const FUNCS: &[Entry] = &[
    impure("lookup", &[Str, Str, Str, Str], Ty::Map, lookup),
    impure("getHostByName", &[Str], Str, |world, a| {
        Ok(world.host_by_name(&a.text(0)).into())
    }),
];

fn lookup(world: &dyn World, a: &[Value]) -> Outcome {
    Ok(world.lookup(&a.text(0), &a.text(1), &a.text(2), &a.text(3))?)
}

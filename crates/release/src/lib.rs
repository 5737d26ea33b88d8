//! The release record, Helm's encoding of it, history, and the trait `Store`.
//!
//! Knows neither the Secrets API nor clocks.

mod memory;
mod model;
mod pack;
mod record;
mod shapes;
mod store;

pub use memory::MemoryStore;
pub use model::{ApplyMethod, Hook, HookExecution, Info, Phase, Release, Status};
pub use pack::Packer;
pub use record::{RecordError, WithoutChart, decode, encode, from_json, from_yaml_list, to_json};
pub use store::{
    BoxFuture, Labels, Outline, SYSTEM_LABELS, Store, StoreError, create_pruned, deployed,
    deployed_all, history, key, last,
};

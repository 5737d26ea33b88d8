//! This machine, as templates may ask about it.

use std::net::ToSocketAddrs;

use funcs::World;
use goval::{Map, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::env::Env;

/// The machine's clock, zone, randomness and name service; no cluster.
pub(crate) struct Machine {
    /// The moment at which the clock stands still, for tests.
    fixed: Option<Timestamp>,
    dns: bool,
}

impl Machine {
    /// The world of this process. `STERNPOST_NOW`, a time of RFC 3339, stops its clock.
    pub(crate) fn new(env: &Env, dns: bool) -> Machine {
        Machine {
            fixed: env.text("STERNPOST_NOW").parse().ok(),
            dns,
        }
    }
}

impl World for Machine {
    fn now(&self) -> Timestamp {
        self.fixed.unwrap_or_else(Timestamp::now)
    }

    fn local_zone(&self) -> TimeZone {
        crate::zone::local()
    }

    #[expect(
        clippy::panic,
        reason = "without randomness no key may be made, and templates cannot be told"
    )]
    fn fill_random(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            std::panic::panic_any(format!("the operating system gives no randomness: {error}"));
        }
    }

    fn lookup(&self, _: &str, _: &str, _: &str, _: &str) -> Result<Value, String> {
        Ok(Map::new().into())
    }

    fn host_by_name(&self, name: &str) -> String {
        if !self.dns {
            return String::new();
        }
        let addresses = (name, 0).to_socket_addrs();
        let first = addresses.ok().and_then(|mut all| all.next());
        first
            .map(|address| address.ip().to_string())
            .unwrap_or_default()
    }
}

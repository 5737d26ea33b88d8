//! Serves a sandbox on loopback until its standard input ends.
//!
//! `cargo run -p sandbox --example serve -- KUBECONFIG [SANDBOX_FILE]`

use sandbox::{Listener, Options, Sandbox};
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use tokio::io::AsyncReadExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let kubeconfig = args
        .next()
        .ok_or("usage: serve KUBECONFIG [SANDBOX_FILE]")?;
    let sandbox = match args.next() {
        Some(file) => Sandbox::open(Path::new(&file), Options::default())?,
        None => Sandbox::in_memory(Options::default()),
    };
    let listener = Listener::bind(sandbox, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    listener.write_kubeconfig(Path::new(&kubeconfig))?;
    let end = async {
        // Whoever started this holds the other end of the pipe; its end is our end too.
        let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
    };
    Ok(listener.run(end).await?)
}

//! `pull`: a chart from a repository into a directory.

use std::path::Path;

use gostd::path::clean_file;
use source::{Fetcher, Listener, Verified, Wanted};

use crate::Error;

/// What to pull, and where to.
#[derive(Clone, Debug)]
pub struct Pull<'a> {
    /// The chart.
    pub wanted: Wanted,
    /// The directory to write to.
    pub destination: &'a Path,
    /// The directory to unpack to, below the destination unless it is absolute; `None` to leave the
    /// chart packed.
    pub untar: Option<&'a Path>,
}

/// Downloads a chart, and unpacks it if that is asked for; gives by whom it is signed, if that was to
/// be verified.
///
/// # Errors
/// A chart that cannot be had, or what is in the way of its directory.
pub fn pull(
    request: &Pull<'_>,
    fetcher: &Fetcher,
    listener: &dyn Listener,
) -> Result<Option<Verified>, Error> {
    let Some(untar) = request.untar else {
        let (_, verified) = fetcher.download(&request.wanted, request.destination, listener)?;
        return Ok(verified);
    };
    let failed = |why: String| Error::Other(format!("failed to untar{why}"));
    let aside = source::folder_aside().map_err(|why| failed(format!(": {why}")))?;
    let (archive, verified) = fetcher.download(&request.wanted, aside.path(), listener)?;
    let directory = clean_file(&request.destination.join(untar));
    // What is asked for names the directory in the way; the chart's own name may be another.
    let reference = &request.wanted.reference;
    let name = reference.rsplit('/').next().unwrap_or(reference);
    let target = clean_file(&directory.join(name));
    if target.exists() {
        return Err(failed(format!(
            ": a file or directory with the name {} already exists",
            target.display()
        )));
    }
    std::fs::create_dir_all(&target).map_err(|error| failed(format!(" (mkdir): {error}")))?;
    let content = source::read_file(&archive).map_err(Error::Other)?;
    source::expand(&content, &directory).map_err(Error::Other)?;
    Ok(verified)
}

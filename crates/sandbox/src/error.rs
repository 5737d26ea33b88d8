//! What can go wrong with the sandbox file and the listener, each with its remedy.

use std::path::PathBuf;

/// Why a sandbox could not be opened, served or closed. Each message names the file and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// Another process, or another handle of this one, has the file open.
    #[error(
        "the sandbox file {} is in use by another process: one process at a time can use it; wait until it ends, or reach it over `sandbox serve`",
        path.display()
    )]
    InUse {
        /// The sandbox file.
        path: PathBuf,
    },
    /// The file is not a sandbox file, or a part of it is missing.
    #[error(
        "the sandbox file {} is damaged ({detail}): nothing was changed in it; restore it from a copy, or move it away to begin with an empty sandbox",
        path.display()
    )]
    Damaged {
        /// The sandbox file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// The file was written by a version that this one does not understand.
    #[error(
        "the sandbox file {} has format {found}, this version reads format {expected}: use the version that wrote it, or move it away to begin with an empty sandbox",
        path.display()
    )]
    Format {
        /// The sandbox file.
        path: PathBuf,
        /// The format number in the file.
        found: u64,
        /// The format number that this version reads.
        expected: u64,
    },
    /// The file cannot be opened or created: rights, a missing folder, a full disk.
    #[error("the sandbox file {} cannot be opened: {detail}", path.display())]
    Open {
        /// The sandbox file.
        path: PathBuf,
        /// The reason of the operating system.
        detail: String,
    },
    /// The last changes could not be written.
    #[error(
        "the sandbox file {} cannot be written: {detail}: what was written before is safe; free space or make the file writable, and try again",
        path.display()
    )]
    Write {
        /// The sandbox file.
        path: PathBuf,
        /// The reason of the operating system.
        detail: String,
    },
    /// The HTTPS listener could not start.
    #[error("the sandbox cannot serve on {address}: {detail}")]
    Serve {
        /// Where it should have listened.
        address: String,
        /// The reason.
        detail: String,
    },
    /// The kubeconfig could not be written.
    #[error("the kubeconfig {} cannot be written: {detail}", path.display())]
    Kubeconfig {
        /// The kubeconfig file.
        path: PathBuf,
        /// The reason of the operating system.
        detail: String,
    },
}

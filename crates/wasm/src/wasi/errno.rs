//! WASI's numbers of errors.

use std::io;

/// A number of an error, as programs get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Errno(i32);

impl Errno {
    pub(crate) const BADF: Errno = Errno(8);
    pub(crate) const EXIST: Errno = Errno(20);
    pub(crate) const FAULT: Errno = Errno(21);
    pub(crate) const INVAL: Errno = Errno(28);
    pub(crate) const IO: Errno = Errno(29);
    pub(crate) const ISDIR: Errno = Errno(31);
    pub(crate) const LOOP: Errno = Errno(32);
    pub(crate) const NOENT: Errno = Errno(44);
    pub(crate) const NOSPC: Errno = Errno(51);
    pub(crate) const NOSYS: Errno = Errno(52);
    pub(crate) const NOTDIR: Errno = Errno(54);
    pub(crate) const NOTEMPTY: Errno = Errno(55);
    pub(crate) const NOTSUP: Errno = Errno(58);
    pub(crate) const OVERFLOW: Errno = Errno(61);
    pub(crate) const PERM: Errno = Errno(63);
    pub(crate) const SPIPE: Errno = Errno(70);
    const ACCES: Errno = Errno(2);

    /// The number.
    pub(crate) fn code(self) -> i32 {
        self.0
    }
}

impl From<io::Error> for Errno {
    fn from(error: io::Error) -> Errno {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::NotFound => Errno::NOENT,
            Kind::PermissionDenied => Errno::ACCES,
            Kind::AlreadyExists => Errno::EXIST,
            Kind::NotADirectory => Errno::NOTDIR,
            Kind::IsADirectory => Errno::ISDIR,
            Kind::DirectoryNotEmpty => Errno::NOTEMPTY,
            Kind::InvalidInput => Errno::INVAL,
            Kind::StorageFull => Errno::NOSPC,
            _ => Errno::IO,
        }
    }
}

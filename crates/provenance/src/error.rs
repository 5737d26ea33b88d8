//! What is wrong with keys and signatures, in the words of Helm's library.

/// Why something is not signed, or no keyring. The texts are Helm's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProvenanceError {
    /// Data that is not OpenPGP.
    #[error("openpgp: invalid data: {0}")]
    Structural(String),
    /// OpenPGP that is not understood.
    #[error("openpgp: unsupported feature: {0}")]
    Unsupported(String),
    /// A signature that is not of what it should be of, or not by whom it should be.
    #[error("openpgp: invalid signature: {0}")]
    Signature(&'static str),
    /// A critical notation of a signature that nobody here knows; its name.
    #[error("openpgp: invalid signature: unknown critical notation: {0}")]
    Notation(String),
    /// A key and a signature that do not go together.
    #[error("openpgp: invalid argument: {0}")]
    Argument(&'static str),
    /// A packet that must be understood and is not; its type.
    #[error("openpgp: unknown critical packet type: {0}")]
    UnknownPacket(u8),
    /// No key of the keyring may have made the signature.
    #[error("openpgp: signature made by unknown entity")]
    UnknownIssuer,
    /// The key is no longer valid.
    #[error("openpgp: key expired")]
    KeyExpired,
    /// The key was taken back.
    #[error("openpgp: signature made by revoked key")]
    KeyRevoked,
    /// The signature is no longer valid, or not yet.
    #[error("openpgp: signature expired")]
    SignatureExpired,
    /// Data that ends too early.
    #[error("unexpected EOF")]
    Truncated,
    /// Any other text of Helm's.
    #[error("{0}")]
    Other(String),
}

impl ProvenanceError {
    pub(crate) fn structural(text: &str) -> ProvenanceError {
        ProvenanceError::Structural(text.to_owned())
    }

    pub(crate) fn unsupported(text: &str) -> ProvenanceError {
        ProvenanceError::Unsupported(text.to_owned())
    }

    pub(crate) fn other(text: &str) -> ProvenanceError {
        ProvenanceError::Other(text.to_owned())
    }
}

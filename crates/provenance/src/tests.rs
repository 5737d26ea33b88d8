use std::path::Path;

use super::*;

// Made by GnuPG, and signed by Helm 4.3.1. The passphrase of the key is `correct horse`.
const PUBLIC: &str = "\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawtl/hYJKwYBBAHaRw8BAQdAkzACZE87zR1HkWiTnSfx7BSY7rP8I93FQpCF
vbHREve0HFRlc3QgT25seSA8dGVzdEBleGFtcGxlLmNvbT6IkAQTFggAOBYhBEjE
ni9TFvI7xrOH8TxTSPpv3qHPBQJrC2X+AhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4B
AheAAAoJEDxTSPpv3qHPI8IA+QFvl8ojBQUOH8VtQtCUW7UOOUXHi51gVdZ7WD9b
e4tiAP9LdPStIsNK39agG+TRwZeow0OsX0KVzSpsxNm0spjFAA==
=xCS4
-----END PGP PUBLIC KEY BLOCK-----
";
const SECRET: &str = "\
-----BEGIN PGP PRIVATE KEY BLOCK-----

lIYEawtl/hYJKwYBBAHaRw8BAQdAkzACZE87zR1HkWiTnSfx7BSY7rP8I93FQpCF
vbHREvf+BwMCn+kxAMIuygP/FDb182j6Dqvoa7ey3CM3JEbEDOPOCyIkb/itHG12
zOsLDiOdam/XRWdLpdDWJCSlZVQBzXsyjHTyG2iI3KkRpjZAN7+hc7QcVGVzdCBP
bmx5IDx0ZXN0QGV4YW1wbGUuY29tPoiQBBMWCAA4FiEESMSeL1MW8jvGs4fxPFNI
+m/eoc8FAmsLZf4CGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQPFNI+m/e
oc8jwgD5AW+XyiMFBQ4fxW1C0JRbtQ45RceLnWBV1ntYP1t7i2IA/0t09K0iw0rf
1qAb5NHBl6jDQ6xfQpXNKmzE2bSymMUA
=nY7c
-----END PGP PRIVATE KEY BLOCK-----
";
const SIGNED: &str = "\
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

apiVersion: v2
name: tiny
version: 0.1.0

...
files:
  tiny-0.1.0.tgz: sha256:a8d263eb5b5a0ef1bc43b389a4ea3e7a80c7ffd66bff39aff80e5752d1c486a0

-----BEGIN PGP SIGNATURE-----

wrsEARYKAG0FgmsLZgYJEDxTSPpv3qHPRRQAAAAAABwAIHNhbHRAbm90YXRpb25z
Lm9wZW5wZ3Bqcy5vcme/SXaBWrXX323+vXzIruRXiGBoOJA/3v/ai/E7DqeYfxYh
BEjEni9TFvI7xrOH8TxTSPpv3qHPAABRFgEAx+lCtkzn8xDtG9qpbsuIMyMPGvM4
V58X+MQmIroCQrYA/A4o4J34GHJMIh5s7NqGgoM57/9/4ZcYhfmVk5EVlBwD
-----END PGP SIGNATURE-----
";

/// What was signed, when its digest is not looked at.
const NAME: &str = "tiny-0.1.0.tgz";
const NOW: u64 = 1_795_910_000;

fn ring(text: &str) -> Keyring {
    Keyring::read(text.as_bytes(), Path::new("ring")).unwrap()
}

fn error(ring: &Keyring, provenance: &str, now: u64) -> String {
    ring.verify(b"other", provenance.as_bytes(), NAME, now)
        .unwrap_err()
        .to_string()
}

#[test]
fn a_signature_of_helm_is_understood() {
    // All but the package is right, which comes last.
    let other = error(&ring(PUBLIC), SIGNED, NOW);
    assert!(other.starts_with("sha256 sum does not match"), "{other}");
    let changed = SIGNED.replace("version: 0.1.0", "version: 0.1.1");
    let bad = "openpgp: invalid signature: EdDSA verification failure";
    assert_eq!(error(&ring(PUBLIC), &changed, NOW), bad);
    assert_eq!(
        error(&ring(PUBLIC), SIGNED, 1_700_000_000),
        "openpgp: key expired"
    );
    let unknown = "openpgp: signature made by unknown entity";
    assert_eq!(error(&Keyring::default(), SIGNED, NOW), unknown);
    assert_eq!(error(&ring(PUBLIC), "", NOW), "signature block not found");
}

#[test]
fn what_is_signed_is_verified() {
    let ring = ring(SECRET);
    let mut signer = ring.signer("test@example").unwrap();
    assert!(signer.is_locked());
    let wrong = signer.unlock(b"wrong").unwrap_err().to_string();
    assert_eq!(wrong, "openpgp: invalid data: private key checksum failure");
    signer.unlock(b"correct horse").unwrap();
    let metadata = "name: tiny\ndescription: |\n  -a\n  b  \n";
    let signed = signer
        .sign(b"package", NAME, metadata, NOW, &[7; 32])
        .unwrap();
    let verified = ring
        .verify(b"package", signed.as_bytes(), NAME, NOW)
        .unwrap();
    assert_eq!(
        verified.report("Chart"),
        "Signed by: Test Only <test@example.com>\n\
         Using Key With Fingerprint: 48C49E2F5316F23BC6B387F13C5348FA6FDEA1CF\n\
         Chart Hash Verified: sha256:bc4a71180870f7945155fbb02f4b0a2e3faa2a62d6d31b7039013055ed19869a\n"
    );
    let early = ring.verify(b"package", signed.as_bytes(), NAME, NOW - 1);
    assert_eq!(early, Err(ProvenanceError::SignatureExpired));
    let missing = ring.verify(b"package", signed.as_bytes(), "x", NOW);
    let text = "provenance does not contain a SHA for a file named \"x\"";
    assert_eq!(missing.unwrap_err().to_string(), text);
}

#[test]
fn broken_data_gives_errors() {
    let block = |text: &str| {
        armor::blocks(text.as_bytes())
            .unwrap()
            .remove(0)
            .data
            .unwrap()
    };
    for (whole, step) in [(block(PUBLIC), 1), (block(SECRET), 7)] {
        for cut in (0..whole.len()).step_by(step) {
            let _ = Keyring::read(&whole[..cut], Path::new("ring"));
            let mut other = whole.clone();
            for bit in [1, 0x40, 0x80] {
                other[cut] ^= bit;
                if let Ok(ring) = Keyring::read(&other, Path::new("ring")) {
                    let _ = ring.signer("e").map(|signer| signer.is_locked());
                }
            }
        }
    }
    let ring = ring(PUBLIC);
    for cut in 0..SIGNED.len() {
        assert!(
            ring.verify(b"", &SIGNED.as_bytes()[..cut], NAME, NOW)
                .is_err()
        );
        let mut other = SIGNED.as_bytes().to_vec();
        other[cut] = if other[cut] == b'B' { b'A' } else { b'B' };
        let _ = ring.verify(b"", &other, NAME, NOW);
    }
}

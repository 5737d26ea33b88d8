//! Generated names and uids.

/// The letters of generated names: no vowels and nothing that is easily misread.
const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
/// How long the generated part is, and how long a prefix may be.
const GENERATED: usize = 5;
const MAX_PREFIX: usize = 63 - GENERATED;

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without a source of randomness the bytes stay zero: names then collide, which is refused.
    let _ = getrandom::fill(&mut bytes);
    bytes
}

/// A random version 4 UUID.
pub(crate) fn uid() -> String {
    let mut b: [u8; 16] = random();
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    let hex: String = b.iter().map(|byte| format!("{byte:02x}")).collect();
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// A name for `generateName`.
pub(crate) fn generate(prefix: &str) -> String {
    let cut = prefix
        .char_indices()
        .nth(MAX_PREFIX)
        .map_or(prefix, |(at, _)| &prefix[..at]);
    let letters =
        random::<GENERATED>().map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
    cut.chars().chain(letters).collect()
}

/// A short word that is the same for the same text, as controllers use it for template hashes.
pub(crate) fn hash(text: &str) -> String {
    // FNV-1a: any even spread will do, no one can gain by a collision here.
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash.to_string()
        .bytes()
        .map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_have_the_form_of_version_4() {
        let uid = uid();
        assert_eq!((uid.len(), &uid[14..15]), (36, "4"));
    }

    #[test]
    fn a_generated_name_keeps_its_prefix() {
        let name = generate("web-");
        assert!(name.starts_with("web-") && name.len() == 9);
        assert_eq!(generate(&"a".repeat(100)).len(), 63);
    }
}

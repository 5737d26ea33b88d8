//! Packing records that are written again and again while a release changes: chart, values and manifest stay the
//! same from one write to the next, and they are nearly all of a record. They are compressed once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use parking_lot::Mutex;

use crate::Release;
use crate::record::{GZIP, JsonParts, RecordError};

/// How much effort goes into packing: the most makes records smaller by a hundredth in three times the time.
const USUAL: Compression = Compression::new(6);

/// What a Secret or a ConfigMap can hold; a record that would be larger is packed with all effort.
const FITS: usize = 1 << 20;

/// How many lasting parts are remembered: those of the revision that comes, and of the one that goes.
const REMEMBERED: usize = 2;

/// Encodes records, and remembers what it may meet again.
#[derive(Default)]
pub struct Packer {
    lasting: Mutex<Vec<Packed>>,
}

/// A text, compressed so that it can stand in the middle of others.
#[derive(Clone)]
struct Packed {
    text: String,
    deflated: Vec<u8>,
}

impl Packer {
    /// A record as it is stored: base64 of gzip of JSON. A Secret's `data` holds it encoded once more.
    ///
    /// # Errors
    /// Values that JSON cannot hold.
    pub fn encode(&self, release: &Release) -> Result<String, RecordError> {
        let JsonParts {
            head,
            lasting,
            tail,
        } = JsonParts::of(release)?;
        let mut gzip = header();
        let mut crc = Crc::new();
        deflate(&head, USUAL, FlushCompress::Full, &mut gzip)?;
        self.append(&lasting, &mut gzip)?;
        deflate(&tail, USUAL, FlushCompress::Finish, &mut gzip)?;
        for part in [&head, &lasting, &tail] {
            crc.update(part.as_bytes());
        }
        finish(&mut gzip, &crc);
        if gzip.len() * 4 > FITS * 3 {
            let all = [head, lasting, tail].concat();
            gzip = header();
            deflate(&all, Compression::best(), FlushCompress::Finish, &mut gzip)?;
            finish(&mut gzip, &crc);
        }
        Ok(STANDARD.encode(gzip))
    }

    /// Appends the lasting part, compressed now or before.
    fn append(&self, text: &str, gzip: &mut Vec<u8>) -> Result<(), RecordError> {
        let mut known = self.lasting.lock();
        let place = match known.iter().position(|packed| packed.text == text) {
            Some(place) => place,
            None => {
                let mut deflated = Vec::with_capacity(text.len() / 4);
                deflate(text, USUAL, FlushCompress::Full, &mut deflated)?;
                known.truncate(REMEMBERED - 1);
                known.insert(
                    0,
                    Packed {
                        text: text.to_owned(),
                        deflated,
                    },
                );
                0
            }
        };
        gzip.extend_from_slice(&known[place].deflated);
        Ok(())
    }
}

/// Appends a compressed text that refers to nothing before it, ending at a whole byte.
fn deflate(
    text: &str,
    effort: Compression,
    flush: FlushCompress,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let mut compress = Compress::new(effort, false);
    loop {
        let read = usize::try_from(compress.total_in()).unwrap_or(usize::MAX);
        let rest = text.as_bytes().get(read..).unwrap_or_default();
        out.reserve(rest.len() / 4 + 64);
        let status = compress.compress_vec(rest, out, flush);
        let status = status.map_err(|error| RecordError::Gzip(error.into()))?;
        let is_done = match flush {
            FlushCompress::Finish => status == Status::StreamEnd,
            // With room left, nothing is left that would have filled it.
            _ => out.len() < out.capacity(),
        };
        if is_done {
            return Ok(());
        }
    }
}

/// The header of gzip without a name or a time.
fn header() -> Vec<u8> {
    let mut header = GZIP.to_vec();
    header.extend([0, 0, 0, 0, 0, 0, 255]);
    header
}

fn finish(gzip: &mut Vec<u8>, crc: &Crc) {
    gzip.extend(crc.sum().to_le_bytes());
    gzip.extend(crc.amount().to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{decode, from_json, to_json};

    const RECORD: &str = include_str!("../tests/record.json");

    #[test]
    fn records_are_the_same_however_often_they_are_packed() {
        let packer = Packer::default();
        let mut release = from_json(RECORD.as_bytes()).unwrap();
        for version in 1..=4 {
            release.version = version;
            // Two texts in turn, one long and of little pattern.
            release.manifest = (0..version % 2 * 40_000)
                .map(|n| format!("{:x}", n * 2_654_435_761_i64))
                .collect();
            let packed = packer.encode(&release).unwrap();
            let found = decode(packed.as_bytes()).unwrap();
            assert_eq!(to_json(&found).unwrap(), to_json(&release).unwrap());
        }
        assert_eq!(packer.lasting.lock().len(), REMEMBERED);
    }

    #[test]
    fn what_would_not_fit_is_packed_with_all_effort() {
        let mut release = from_json(RECORD.as_bytes()).unwrap();
        release.manifest = (0_u64..400_000)
            .map(|n| format!("{:x} ", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .collect();
        let packed = Packer::default().encode(&release).unwrap();
        assert!(packed.len() > FITS);
        let found = decode(packed.as_bytes()).unwrap();
        assert_eq!(found.manifest, release.manifest);
    }
}

//! Packets: what OpenPGP data is a sequence of.

use crate::ProvenanceError;
use crate::key::{PublicKey, SecretKey};
use crate::reader::Reader;
use crate::signature::Signature;

/// A packet of a keyring or of a signature.
pub(crate) enum Packet {
    /// A key, and whether it belongs to another one.
    Public {
        key: Box<PublicKey>,
        is_subkey: bool,
    },
    /// The same with its secret part.
    Secret {
        key: Box<SecretKey>,
        is_subkey: bool,
    },
    /// A signature.
    Signature(Box<Signature>),
    /// To whom a key belongs.
    UserId(Vec<u8>),
    /// Anything else.
    Other,
}

/// Reads packets, which can be given back to be read again.
pub(crate) struct Packets<'a> {
    data: Reader<'a>,
    given_back: Vec<Packet>,
}

impl<'a> Packets<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Packets<'a> {
        Packets {
            data: Reader::new(data),
            given_back: Vec::new(),
        }
    }

    /// Lets the next call of [`Packets::next`] give a packet.
    pub(crate) fn give_back(&mut self, packet: Packet) {
        self.given_back.push(packet);
    }

    /// The next packet that is understood; `None` at the end.
    ///
    /// # Errors
    /// What is no packet. Reading may go on behind it.
    pub(crate) fn next(&mut self) -> Result<Option<Packet>, ProvenanceError> {
        if let Some(packet) = self.given_back.pop() {
            return Ok(Some(packet));
        }
        while !self.data.rest().is_empty() {
            let frame = self.frame()?;
            let whole = frame.body.len();
            let used = match parse(frame.tag, &frame.body) {
                Ok((Some(Packet::UserId(_) | Packet::Other), _)) if frame.is_cut => {
                    self.skip(&frame, whole);
                    return Err(ProvenanceError::Truncated);
                }
                Ok((packet, used)) => {
                    // What a packet has behind its fields is read as the next one.
                    self.skip(&frame, used);
                    if packet.is_some() {
                        return Ok(packet);
                    }
                    continue;
                }
                Err(ProvenanceError::Unsupported(_)) => whole,
                Err(error) => {
                    self.skip(&frame, whole);
                    return Err(error);
                }
            };
            self.skip(&frame, used);
        }
        Ok(None)
    }

    /// Goes on behind the part of a packet that was used.
    fn skip(&mut self, frame: &Frame, used: usize) {
        if !frame.is_read {
            self.at_most(used);
        }
    }

    /// The next packet; of one that is cut off, what there is.
    fn frame(&mut self) -> Result<Frame, ProvenanceError> {
        let head = self.data.byte()?;
        if head & 0x80 == 0 {
            let text = "tag byte does not have MSB set";
            return Err(ProvenanceError::structural(text));
        }
        if head & 0x40 != 0 {
            return self.new_frame(head & 0x3f);
        }
        let length = match head & 3 {
            3 => self.data.rest().len(),
            kind => self.data.number(1 << kind)? as usize,
        };
        Ok(self.whole((head & 0x3f) >> 2, length))
    }

    /// A packet of the newer form, which may come in pieces.
    fn new_frame(&mut self, tag: u8) -> Result<Frame, ProvenanceError> {
        let mut body = Vec::new();
        loop {
            let length = match self.data.byte()? {
                short @ ..192 => u32::from(short),
                high @ 192..224 => {
                    ((u32::from(high) - 192) << 8) + u32::from(self.data.byte()?) + 192
                }
                power @ 224..255 => {
                    body.extend(self.at_most(1 << (power & 0x1f)));
                    continue;
                }
                255 => self.data.number(4)?,
            } as usize;
            if body.is_empty() {
                return Ok(self.whole(tag, length));
            }
            let is_cut = length > self.data.rest().len();
            body.extend(self.at_most(length));
            return Ok(Frame {
                tag,
                body,
                is_cut,
                is_read: true,
            });
        }
    }

    /// A packet in one piece, which is not read yet.
    fn whole(&self, tag: u8, length: usize) -> Frame {
        let rest = self.data.rest();
        Frame {
            tag,
            body: rest[..length.min(rest.len())].to_vec(),
            is_cut: length > rest.len(),
            is_read: false,
        }
    }

    fn at_most(&mut self, length: usize) -> Vec<u8> {
        let length = length.min(self.data.rest().len());
        self.data.take(length).unwrap_or_default().to_vec()
    }
}

/// A packet that is not understood yet.
struct Frame {
    tag: u8,
    body: Vec<u8>,
    /// Whether there is less of it than there should be.
    is_cut: bool,
    /// Whether it is read already.
    is_read: bool,
}

/// Reads what is in a packet, and tells how much of it that was; `None` for one that says nothing.
fn parse(tag: u8, body: &[u8]) -> Result<(Option<Packet>, usize), ProvenanceError> {
    const SIGNATURE: u8 = 2;
    const SECRET_KEY: u8 = 5;
    const PUBLIC_KEY: u8 = 6;
    const SECRET_SUBKEY: u8 = 7;
    const MARKER: u8 = 10;
    const TRUST: u8 = 12;
    const USER_ID: u8 = 13;
    const PUBLIC_SUBKEY: u8 = 14;
    let whole = body.len();
    Ok(match tag {
        SIGNATURE => {
            let (signature, used) = Signature::parse(body)?;
            (Some(Packet::Signature(Box::new(signature))), used)
        }
        SECRET_KEY | SECRET_SUBKEY => {
            let key = Box::new(SecretKey::parse(body)?);
            let is_subkey = tag == SECRET_SUBKEY;
            (Some(Packet::Secret { key, is_subkey }), whole)
        }
        PUBLIC_KEY | PUBLIC_SUBKEY => {
            let key = Box::new(PublicKey::parse(body)?);
            let (is_subkey, used) = (tag == PUBLIC_SUBKEY, key.length());
            (Some(Packet::Public { key, is_subkey }), used)
        }
        USER_ID => (Some(Packet::UserId(body.to_vec())), whole),
        MARKER | TRUST | 40.. => (None, whole),
        // Encrypted and literal data, attributes of users and the like.
        1 | 3 | 4 | 8 | 9 | 11 | 17 | 18 | 20 | 21 => (Some(Packet::Other), whole),
        unknown => return Err(ProvenanceError::UnknownPacket(unknown)),
    })
}

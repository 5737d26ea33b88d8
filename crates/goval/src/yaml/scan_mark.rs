//! The scanner's rules for directives, anchors and tags.

use std::borrow::Cow;

use super::YamlError;
use super::scanner::Scanner;
use super::token::{TagParts, TokenKind};

impl<'a> Scanner<'a> {
    pub(super) fn scan_directive(&mut self) -> Result<TokenKind<'a>, YamlError> {
        self.skip();
        let name = self.word()?;
        if name.is_empty() {
            return Err(self.error("could not find expected directive name"));
        }
        if !self.is_blank_or_end(0) {
            return Err(self.error("found unexpected non-alphabetical character"));
        }
        let token = match name {
            b"YAML" => self.version_directive()?,
            b"TAG" => self.tag_directive()?,
            _ => return Err(self.error("found unknown directive name")),
        };
        self.need(1)?;
        self.end_of_line()?;
        Ok(token)
    }

    fn version_directive(&mut self) -> Result<TokenKind<'a>, YamlError> {
        self.skip_blanks()?;
        let major = self.version_number()?;
        if self.byte(0) != b'.' {
            return Err(self.error("did not find expected digit or '.' character"));
        }
        self.skip();
        let minor = self.version_number()?;
        Ok(TokenKind::VersionDirective(major, minor))
    }

    fn version_number(&mut self) -> Result<u8, YamlError> {
        self.need(1)?;
        let (mut number, mut length) = (0, 0);
        while let c @ b'0'..=b'9' = self.byte(0) {
            length += 1;
            if length > 2 {
                return Err(self.error("found extremely long version number"));
            }
            number = number * 10 + (c - b'0');
            self.skip();
            self.need(1)?;
        }
        if length == 0 {
            return Err(self.error("did not find expected version number"));
        }
        Ok(number)
    }

    fn tag_directive(&mut self) -> Result<TokenKind<'a>, YamlError> {
        self.skip_blanks()?;
        let handle = self.tag_handle(true)?;
        self.need(1)?;
        if !self.is_blank(0) {
            return Err(self.error("did not find expected whitespace"));
        }
        self.skip_blanks()?;
        let suffix = self.tag_uri(b"")?;
        self.need(1)?;
        if !self.is_blank_or_end(0) {
            return Err(self.error("did not find expected whitespace or line break"));
        }
        Ok(TokenKind::TagDirective(Box::new(TagParts {
            handle,
            suffix,
        })))
    }

    /// `&name` or `*name`.
    pub(super) fn scan_anchor(&mut self) -> Result<TokenKind<'a>, YamlError> {
        let anchor = self.byte(0) == b'&';
        self.skip();
        let name = self.word()?;
        let ends = self.is_blank_or_end(0)
            || matches!(
                self.byte(0),
                b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'
            );
        if name.is_empty() || !ends {
            return Err(self.error("did not find expected alphabetic or numeric character"));
        }
        Ok(match anchor {
            true => TokenKind::Anchor(name),
            false => TokenKind::Alias(name),
        })
    }

    /// `!<uri>`, `!handle!suffix`, `!suffix` or `!`.
    pub(super) fn scan_tag(&mut self) -> Result<TokenKind<'a>, YamlError> {
        self.need(2)?;
        let (handle, suffix) = if self.byte(1) == b'<' {
            self.skip_to(self.at + 2);
            let uri = self.tag_uri(b"")?;
            if self.byte(0) != b'>' {
                return Err(self.error("did not find the expected '>'"));
            }
            self.skip();
            (&b""[..], uri)
        } else {
            let handle = self.tag_handle(false)?;
            if handle.len() > 1 && handle.ends_with(b"!") {
                (handle, self.tag_uri(b"")?)
            } else {
                match self.tag_uri(handle)? {
                    // A lone `!` is a tag without a handle.
                    uri if uri.is_empty() => (&b""[..], Cow::Borrowed(&b"!"[..])),
                    uri => (&b"!"[..], uri),
                }
            }
        };
        self.need(1)?;
        if !self.is_blank_or_end(0) {
            return Err(self.error("did not find expected whitespace or line break"));
        }
        Ok(TokenKind::Tag(Box::new(TagParts { handle, suffix })))
    }

    fn tag_handle(&mut self, directive: bool) -> Result<&'a [u8], YamlError> {
        self.need(1)?;
        if self.byte(0) != b'!' {
            return Err(self.error("did not find expected '!'"));
        }
        let start = self.at;
        self.skip();
        self.word()?;
        if self.byte(0) == b'!' {
            self.skip();
        } else if directive && self.at > start + 1 {
            return Err(self.error("did not find expected '!'"));
        }
        Ok(&self.text[start..self.at])
    }

    /// The rest of a tag; `head` is what has been read of it, with its `!`.
    fn tag_uri(&mut self, head: &'a [u8]) -> Result<Cow<'a, [u8]>, YamlError> {
        self.need(1)?;
        // The head, if there is one, stands right before.
        let mut start = self.at - head.len().saturating_sub(1);
        let mut unescaped: Option<Vec<u8>> = None;
        loop {
            let c = self.byte(0);
            if c == b'%' {
                let text = &self.text[start..self.at];
                let mut out = unescaped.take().unwrap_or_default();
                out.extend_from_slice(text);
                self.uri_escape(&mut out)?;
                unescaped = Some(out);
                start = self.at;
            } else if is_uri(c) {
                self.skip();
            } else {
                break;
            }
            self.need(1)?;
        }
        let rest = &self.text[start..self.at];
        if head.is_empty() && rest.is_empty() && unescaped.is_none() {
            return Err(self.error("did not find expected tag URI"));
        }
        Ok(match unescaped {
            Some(mut out) => {
                out.extend_from_slice(rest);
                Cow::Owned(out)
            }
            None => Cow::Borrowed(rest),
        })
    }

    /// The `%` escapes of one UTF-8 character.
    fn uri_escape(&mut self, out: &mut Vec<u8>) -> Result<(), YamlError> {
        let mut left = None;
        while left != Some(0) {
            self.need(3)?;
            let digit = |c: u8| char::from(c).to_digit(16);
            let octet = match (self.byte(0), digit(self.byte(1)), digit(self.byte(2))) {
                (b'%', Some(high), Some(low)) => (high << 4 | low) as u8,
                _ => return Err(self.error("did not find URI escaped octet")),
            };
            left = Some(match left {
                None => match octet_width(octet) {
                    0 => return Err(self.error("found an incorrect leading UTF-8 octet")),
                    width => width - 1,
                },
                Some(_) if octet & 0xc0 != 0x80 => {
                    return Err(self.error("found an incorrect trailing UTF-8 octet"));
                }
                Some(left) => left - 1,
            });
            out.push(octet);
            self.skip_to(self.at + 3);
        }
        Ok(())
    }

    /// Letters, digits, `_` and `-`.
    fn word(&mut self) -> Result<&'a [u8], YamlError> {
        self.need(1)?;
        let start = self.at;
        while is_word(self.byte(0)) {
            self.skip();
            self.need(1)?;
        }
        Ok(&self.text[start..self.at])
    }

    pub(super) fn skip_blanks(&mut self) -> Result<(), YamlError> {
        self.need(1)?;
        while self.is_blank(0) {
            self.skip();
            self.need(1)?;
        }
        Ok(())
    }
}

fn is_word(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_' || c == b'-'
}

fn is_uri(c: u8) -> bool {
    is_word(c) || c != 0 && b";/?:@&=+$,.!~*'()[]".contains(&c)
}

fn octet_width(c: u8) -> usize {
    match c {
        0..0x80 => 1,
        c if c & 0xe0 == 0xc0 => 2,
        c if c & 0xf0 == 0xe0 => 3,
        c if c & 0xf8 == 0xf0 => 4,
        _ => 0,
    }
}

//! Going through a text character by character.

use super::YamlError;
use super::scanner::Scanner;

/// How many bytes libyaml's Go version reads at a time; this decides which of two errors comes first.
const CHUNK: usize = 512;

impl<'a> Scanner<'a> {
    pub(super) fn error(&self, problem: &str) -> YamlError {
        // Version 3 names the line on which the token begins that cannot be read.
        let mark = match &self.comments {
            Some(_) if self.context.line > 0 => self.context,
            _ => self.mark,
        };
        // Go counts lines from 0 here and prints none for the first.
        let error = match mark.line {
            0 => YamlError::yaml(problem),
            line => YamlError::yaml(format_args!("line {}: {problem}", line + 1)),
        };
        error.at(mark.line, Some(mark.column))
    }

    /// The byte that many bytes ahead; 0 after the end, as no text contains it.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(super) fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t')
    }

    pub(super) fn is_break(&self, ahead: usize) -> bool {
        break_length(self.text, self.at + ahead) > 0
    }

    pub(super) fn is_break_or_end(&self, ahead: usize) -> bool {
        self.byte(ahead) == 0 || self.is_break(ahead)
    }

    pub(super) fn is_blank_or_end(&self, ahead: usize) -> bool {
        self.is_blank(ahead) || self.is_break_or_end(ahead)
    }

    /// Passes one character that is no line break.
    pub(super) fn skip(&mut self) {
        self.at += char_length(self.byte(0));
        self.mark.column += 1;
        self.mark.index += 1;
    }

    /// Passes the text up to a byte offset; there is no line break in it.
    pub(super) fn skip_to(&mut self, end: usize) {
        let passed = &self.text[self.at..end];
        let characters = if self.ascii {
            passed.len()
        } else {
            passed.iter().filter(|&&c| c & 0xc0 != 0x80).count()
        };
        self.at = end;
        self.mark.column += characters as u32;
        self.mark.index += characters as u32;
    }

    /// Passes spaces.
    pub(super) fn skip_spaces(&mut self) {
        let rest = self.text[self.at..].iter();
        let spaces = rest.take_while(|&&c| c == b' ').count();
        self.at += spaces;
        self.mark.column += spaces as u32;
        self.mark.index += spaces as u32;
    }

    /// Passes a line break, if there is one, and gives what it means: a newline, or itself if it is
    /// one of Unicode's separators.
    pub(super) fn skip_break(&mut self) -> &'a [u8] {
        let length = break_length(self.text, self.at);
        if length == 0 {
            return b"";
        }
        let text = &self.text[self.at..self.at + length];
        self.at += length;
        self.mark.index += if text == b"\r\n" { 2 } else { 1 };
        self.mark.column = 0;
        self.mark.line += 1;
        if length == 3 { text } else { b"\n" }
    }

    /// `---` or `...` alone at the beginning of a line.
    pub(super) fn at_document_indicator(&self) -> bool {
        self.mark.column == 0
            && matches!(self.text.get(self.at..self.at + 3), Some(b"---" | b"..."))
            && self.is_blank_or_end(3)
    }

    /// Makes sure that so many characters have been read, or the end.
    pub(super) fn need(&mut self, characters: usize) -> Result<(), YamlError> {
        if self.read_to.saturating_sub(self.at) >= 4 * characters {
            return Ok(());
        }
        self.read(characters)
    }

    #[cold]
    fn read(&mut self, characters: usize) -> Result<(), YamlError> {
        let length = self.text.len();
        let count = |from: usize, to: usize| match self.text.get(from..to) {
            Some(unread) => unread.iter().filter(|&&c| c & 0xc0 != 0x80).count(),
            None => 0,
        };
        if self.read_to > length || count(self.at, self.read_to) >= characters {
            return Ok(());
        }
        self.window = self.at;
        while count(self.at, self.read_to) < characters {
            let target = (self.read_to + CHUNK).min(length);
            if let Some(fault) = self.fault
                && (fault.at == self.read_to || fault.at + fault.length <= target)
            {
                return Err(YamlError::yaml(fault.problem));
            }
            if self.read_to >= length {
                self.read_to = usize::MAX;
                break;
            }
            let whole = (self.read_to + 1..=target)
                .rev()
                .find(|&end| self.text.get(end).is_none_or(|c| c & 0xc0 != 0x80));
            self.read_to = match self.fault {
                Some(fault) => whole.unwrap_or(target).min(fault.at),
                None => whole.unwrap_or(target),
            };
        }
        Ok(())
    }

    /// libyaml's Go version looks for a byte order mark not here but where it last began to read.
    pub(super) fn window_starts_with_mark(&self) -> bool {
        self.in_pieces
            && self.text.get(self.window..self.window + 3) == Some(b"\xef\xbb\xbf")
            && self.byte(0) != 0
    }
}

/// The length in bytes of the character that begins with this byte; 0 for none.
pub(super) fn char_length(first: u8) -> usize {
    match first {
        0 => 0,
        c if c & 0x80 == 0 => 1,
        c if c & 0xe0 == 0xc0 => 2,
        c if c & 0xf0 == 0xe0 => 3,
        c if c & 0xf8 == 0xf0 => 4,
        _ => 0,
    }
}

/// The length in bytes of the line break at that place; 0 if there is none.
pub(super) fn break_length(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        Some(b'\n') => 1,
        Some(b'\r') if text.get(at + 1) == Some(&b'\n') => 2,
        Some(b'\r') => 1,
        Some(0xc2) if text.get(at + 1) == Some(&0x85) => 2,
        Some(0xe2) => match text.get(at + 1..at + 3) {
            Some([0x80, 0xa8 | 0xa9]) => 3,
            _ => 0,
        },
        _ => 0,
    }
}

/// Where the line that contains that place ends, before its break.
pub(super) fn line_end(text: &[u8], mut at: usize) -> usize {
    loop {
        let found = text[at..]
            .iter()
            .position(|&c| matches!(c, b'\n' | b'\r' | 0xc2 | 0xe2));
        at = match found {
            Some(length) => at + length,
            None => return text.len(),
        };
        if break_length(text, at) > 0 {
            return at;
        }
        at += 1;
    }
}

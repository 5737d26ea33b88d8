//! Lines cut out of files.

use std::ops::Range;

use goval::yaml::Position;

use super::{Excerpt, Place};

/// How much of a line is shown, in characters: some are whole files without a break.
const WIDTH: usize = 160;

impl Excerpt {
    /// A piece of a text: the line it begins on, with as much of the piece as is on that line.
    pub(super) fn of(file: &str, text: &[u8], piece: Range<usize>) -> Excerpt {
        let start = piece.start.min(text.len());
        let before = &text[..start];
        let line_start = before
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |newline| newline + 1);
        let line = &text[line_start..];
        let line = line.split(|&b| b == b'\n').next().unwrap_or_default();
        let end = piece.end.clamp(start, line_start + line.len());
        let from = length(&text[line_start..start]);
        let to = from + length(&text[start..end]).max(1);
        let number = 1 + before.iter().filter(|&&b| b == b'\n').count();
        Excerpt::cut(file, number, Some(from), line, from..to)
    }

    /// The line at a position of YAML; all of it is meant if no column is known. What is wrong at the
    /// end of a text is shown on the last line that says something.
    pub(super) fn at(file: &str, text: &[u8], position: Position) -> Excerpt {
        let lines: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
        let is_blank = |line: &&[u8]| line.trim_ascii().is_empty();
        let behind = lines.get(position.line - 1..).unwrap_or_default();
        if behind.iter().all(is_blank)
            && let Some(last) = lines.iter().rposition(|line| !is_blank(line))
        {
            let line = lines[last].trim_ascii_end();
            let end = length(line);
            return Excerpt::cut(file, last + 1, Some(end), line, end..end + 1);
        }
        let line = behind.first().copied().unwrap_or_default();
        let shown = String::from_utf8_lossy(line);
        let marked = match position.column {
            Some(column) => column..column + 1,
            None => {
                let indent = shown.chars().take_while(|c| c.is_whitespace()).count();
                indent..shown.trim_end().chars().count().max(indent + 1)
            }
        };
        Excerpt::cut(file, position.line, position.column, line, marked)
    }

    /// Leaves out what would make the line too long, around what is meant.
    fn cut(
        file: &str,
        number: usize,
        column: Option<usize>,
        line: &[u8],
        marked: Range<usize>,
    ) -> Excerpt {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end();
        let first = match marked.end.saturating_sub(WIDTH) {
            0 => 0,
            // A little of what comes before helps to find it.
            _ => marked.start.saturating_sub(WIDTH / 4),
        };
        let shown = line.chars().skip(first).take(WIDTH);
        let end = marked.end.min(first + WIDTH).max(marked.start + 1);
        Excerpt {
            place: Place {
                file: file.to_owned(),
                line: number,
                column: column.map(|column| column + 1),
            },
            // A tab is as wide as the terminal likes; a caret below must not depend on that.
            text: shown.map(|c| if c == '\t' { ' ' } else { c }).collect(),
            marked: marked.start - first..end - first,
        }
    }
}

/// The number of characters.
fn length(text: &[u8]) -> usize {
    String::from_utf8_lossy(text).chars().count()
}

/// Where a place of a template is in its text: line counted from one, column in bytes from zero.
pub(super) fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let before = text.split_inclusive(|&b| b == b'\n').take(line - 1);
    let start: usize = before.map(<[u8]>::len).sum();
    (start + column).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, piece: Range<usize>, place: &str, line: &str, marked: &str) {
        let excerpt = Excerpt::of("f", text.as_bytes(), piece);
        assert_eq!(excerpt.place.to_string(), place);
        assert_eq!(excerpt.text, line);
        let shown: String = excerpt.text.chars().skip(excerpt.marked.start).collect();
        let shown: String = shown.chars().take(excerpt.marked.len()).collect();
        assert_eq!(shown, marked);
    }

    #[test]
    fn lines_are_cut_out() {
        check("a\nb: {{ x }}\n", 8..9, "f:2:7", "b: {{ x }}", "x");
        check("é: {{ x\n}}", 7..11, "f:1:7", "é: {{ x", "x");
        check("", 0..0, "f:1:1", "", "");
        let long = "x".repeat(1000);
        check(&long, 500..503, "f:1:501", &"x".repeat(160), "xxx");
    }

    #[test]
    fn the_end_of_a_text_is_on_its_last_line() {
        let position = Position {
            line: 4,
            column: None,
        };
        let excerpt = Excerpt::at("f", b"a: [1,\n\n", position);
        assert_eq!(excerpt.place.to_string(), "f:1:7");
        assert_eq!((excerpt.text.as_str(), excerpt.marked), ("a: [1,", 6..7));
    }

    #[test]
    fn places_are_found() {
        assert_eq!(offset(b"ab\ncd\n", 2, 1), 4);
        assert_eq!(offset(b"ab", 9, 9), 2);
    }
}

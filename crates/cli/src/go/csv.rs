//! One record of Go's `encoding/csv`, as pflag's comma-separated flags read and print it.

/// Reads the first record of a text; what follows it is ignored.
///
/// Fields may stand in double quotes, with `""` for a quote, and then hold commas and line ends.
pub(crate) fn read_record(text: &str) -> Result<Vec<String>, String> {
    let mut lines = Lines {
        rest: text,
        number: 0,
    };
    let first = loop {
        match lines.next() {
            None => return Err("EOF".to_owned()),
            Some(line) if line == "\n" || line.is_empty() => {}
            Some(line) => break line,
        }
    };
    Record {
        start: lines.number,
        lines,
        line: first,
        column: 1,
        fields: Vec::new(),
    }
    .read()
}

/// Writes a record without the line end.
pub(crate) fn write_record<S: AsRef<str>>(fields: &[S]) -> String {
    let mut out = String::new();
    for (i, field) in fields.iter().enumerate() {
        let field = field.as_ref();
        if i > 0 {
            out.push(',');
        }
        if needs_quotes(field) {
            out.push('"');
            out.push_str(&field.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(field);
        }
    }
    out
}

fn needs_quotes(field: &str) -> bool {
    field == "\\."
        || field.contains(['\n', '\r', '"', ','])
        || field.starts_with(char::is_whitespace)
}

/// The lines of a text with their ends; `\r\n` reads as `\n`, a last `\r` is dropped.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl Lines<'_> {
    fn next(&mut self) -> Option<String> {
        self.number += 1;
        if self.rest.is_empty() {
            return None;
        }
        let Some(end) = self.rest.find('\n') else {
            let last = std::mem::take(&mut self.rest);
            return Some(last.strip_suffix('\r').unwrap_or(last).to_owned());
        };
        let (line, rest) = self.rest.split_at(end + 1);
        self.rest = rest;
        Some(match line.strip_suffix("\r\n") {
            Some(body) => format!("{body}\n"),
            None => line.to_owned(),
        })
    }
}

/// A record while it is read.
struct Record<'a> {
    lines: Lines<'a>,
    /// The number of the line where the record starts.
    start: usize,
    /// What is left of the current line.
    line: String,
    /// Where that stands in the line, in bytes from 1.
    column: usize,
    fields: Vec<String>,
}

impl Record<'_> {
    fn read(mut self) -> Result<Vec<String>, String> {
        loop {
            let more = if self.line.starts_with('"') {
                self.quoted()?
            } else {
                self.plain()?
            };
            if !more {
                return Ok(self.fields);
            }
        }
    }

    /// Reads a field without quotes; says whether another follows.
    fn plain(&mut self) -> Result<bool, String> {
        let comma = self.line.find(',');
        let field = match comma {
            Some(end) => &self.line[..end],
            None => self.line.strip_suffix('\n').unwrap_or(&self.line),
        };
        if let Some(at) = field.find('"') {
            let line = self.lines.number;
            return Err(self.error(line, self.column + at, "bare \" in non-quoted-field"));
        }
        self.fields.push(field.to_owned());
        if let Some(end) = comma {
            self.advance(end + 1);
        }
        Ok(comma.is_some())
    }

    /// Reads a field in quotes; says whether another follows.
    fn quoted(&mut self) -> Result<bool, String> {
        const MISPLACED: &str = "extraneous or missing \" in quoted-field";
        let mut field = String::new();
        self.advance(1);
        loop {
            if let Some(end) = self.line.find('"') {
                field.push_str(&self.line[..end]);
                self.advance(end + 1);
                match self.line.as_bytes().first() {
                    Some(b'"') => {
                        field.push('"');
                        self.advance(1);
                    }
                    Some(b',') => {
                        self.advance(1);
                        self.fields.push(field);
                        return Ok(true);
                    }
                    None | Some(b'\n') => {
                        self.fields.push(field);
                        return Ok(false);
                    }
                    Some(_) => {
                        return Err(self.error(self.lines.number, self.column - 1, MISPLACED));
                    }
                }
            } else {
                field.push_str(&self.line);
                let last = self.lines.number;
                match self.lines.next() {
                    Some(line) if !line.is_empty() => {
                        self.line = line;
                        self.column = 1;
                    }
                    _ => return Err(self.error(last, self.column + self.line.len(), MISPLACED)),
                }
            }
        }
    }

    fn advance(&mut self, bytes: usize) {
        self.line.drain(..bytes);
        self.column += bytes;
    }

    fn error(&self, line: usize, column: usize, why: &str) -> String {
        if line == self.start {
            format!("parse error on line {line}, column {column}: {why}")
        } else {
            let start = self.start;
            format!("record on line {start}; parse error on line {line}, column {column}: {why}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Printed by Go 1.26's encoding/csv.
    const CASES: &[(&str, Result<&[&str], &str>)] = &[
        ("a", Ok(&["a"])),
        ("a,b", Ok(&["a", "b"])),
        (",", Ok(&["", ""])),
        ("a,", Ok(&["a", ""])),
        ("\"a,b\",c", Ok(&["a,b", "c"])),
        ("\"a\"\"b\"", Ok(&["a\"b"])),
        (
            "a\"b",
            Err("parse error on line 1, column 2: bare \" in non-quoted-field"),
        ),
        (
            "\"a\"b",
            Err("parse error on line 1, column 3: extraneous or missing \" in quoted-field"),
        ),
        (
            "\"a",
            Err("parse error on line 1, column 3: extraneous or missing \" in quoted-field"),
        ),
        (
            "\"a\n",
            Err("parse error on line 1, column 4: extraneous or missing \" in quoted-field"),
        ),
        ("\"a\nb\",c", Ok(&["a\nb", "c"])),
        (
            "\"a\nb\"x",
            Err(
                "record on line 1; parse error on line 2, column 2: extraneous or missing \" in quoted-field",
            ),
        ),
        ("\n", Err("EOF")),
        ("\n\na", Ok(&["a"])),
        ("a\nb", Ok(&["a"])),
        ("a\r\nb", Ok(&["a"])),
        ("a\r", Ok(&["a"])),
        ("\"a\r\nb\"", Ok(&["a\nb"])),
        (
            "\"a\r",
            Err("parse error on line 1, column 3: extraneous or missing \" in quoted-field"),
        ),
        (
            "é,\"",
            Err("parse error on line 1, column 5: extraneous or missing \" in quoted-field"),
        ),
        ("\"\"", Ok(&[""])),
        ("\"\",", Ok(&["", ""])),
        (
            "a,b\"",
            Err("parse error on line 1, column 4: bare \" in non-quoted-field"),
        ),
        ("x\ny\"", Ok(&["x"])),
        (
            "\n\"a\nb",
            Err(
                "record on line 2; parse error on line 3, column 2: extraneous or missing \" in quoted-field",
            ),
        ),
        (
            "\"a\",\"b",
            Err("parse error on line 1, column 7: extraneous or missing \" in quoted-field"),
        ),
        (" a, b", Ok(&[" a", " b"])),
        ("\"a\"\r\n", Ok(&["a"])),
        ("\"a\"\r", Ok(&["a"])),
        (
            "\"a\n\n\nb\"c",
            Err(
                "record on line 1; parse error on line 4, column 2: extraneous or missing \" in quoted-field",
            ),
        ),
        (
            "\"a\n\"\"",
            Err(
                "record on line 1; parse error on line 2, column 3: extraneous or missing \" in quoted-field",
            ),
        ),
        (
            "\"\n",
            Err("parse error on line 1, column 3: extraneous or missing \" in quoted-field"),
        ),
        (
            "\"",
            Err("parse error on line 1, column 2: extraneous or missing \" in quoted-field"),
        ),
        ("\r", Err("EOF")),
        ("\r\n", Err("EOF")),
    ];

    #[test]
    fn records_as_go() {
        for (input, expected) in CASES {
            let expected = expected.map(|f| f.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
            assert_eq!(
                read_record(input),
                expected.map_err(str::to_owned),
                "{input:?}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn reads_what_it_writes(fields in proptest::collection::vec("[^\r]{1,8}", 1..4)) {
            proptest::prop_assert_eq!(read_record(&write_record(&fields)), Ok(fields));
        }

        #[test]
        fn takes_any_text(text in ".*") {
            let _ = read_record(&text);
        }
    }
}

//! An index cut into pieces by its lines, without understanding them.
//!
//! What a piece holds must be YAML by itself, or the pieces are not used: so a cut at the wrong place,
//! in a text between quotes or brackets, cannot go unnoticed.

/// The lines of one chart.
pub(super) struct Section<'a> {
    /// The line with its name.
    head: &'a [u8],
    /// The lines of its versions.
    pub(super) text: &'a [u8],
}

/// The text without its charts, and the charts; `None` if it is not written as usual.
pub(super) fn sections(text: &[u8]) -> Option<(Vec<u8>, Vec<Section<'_>>)> {
    let at = match text.starts_with(b"entries:\n") {
        true => 0,
        false => find(text, b"\nentries:\n")? + 1,
    };
    let start = at + b"entries:\n".len();
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut rest = &text[start..];
    let depth = indent(rest);
    if depth == 0 {
        return None;
    }
    while !rest.is_empty() && indent(rest) == depth {
        let (head, behind) = line_of(rest);
        let length = section_length(behind, depth)?;
        let (text, behind) = behind.split_at(length);
        sections.push(Section { head, text });
        rest = behind;
    }
    // What follows the charts begins at the margin, where nothing else of them can be.
    if !rest.is_empty() && !rest[0].is_ascii_alphabetic() {
        return None;
    }
    let head = [&text[..at], rest].concat();
    // Only the first document counts, and which one it is takes a reader of YAML to tell.
    let marks_document = |line: &[u8]| line.starts_with(b"---") || line.starts_with(b"...");
    let has_more = head.starts_with(b"entries:")
        || find(&head, b"\nentries:").is_some()
        || head
            .strip_prefix(b"---\n")
            .unwrap_or(&head)
            .split(|&byte| byte == b'\n')
            .any(marks_document);
    (!has_more).then_some((head, sections))
}

/// Up to where the lines belong to the chart above them.
fn section_length(text: &[u8], depth: usize) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let is_below = match indent(rest) {
            deeper if deeper > depth => true,
            same if same == depth => rest[same..].starts_with(b"- "),
            _ => rest[0] == b'\n',
        };
        if !is_below {
            break;
        }
        at += line_length(rest);
    }
    (at > 0).then_some(at)
}

impl<'a> Section<'a> {
    /// The chart's name, if it is a plain one.
    pub(super) fn name(&self) -> Option<String> {
        let name = self.head.trim_ascii().strip_suffix(b":")?;
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        if !name.iter().all(is_plain) || !name.first()?.is_ascii_alphanumeric() {
            return None;
        }
        let name = std::str::from_utf8(name).ok()?;
        // What YAML takes for a number or a truth is not a name as it stands.
        let read = goval::yaml::decode(name.as_bytes()).ok()?;
        matches!(read, goval::Value::Str(_)).then(|| name.to_owned())
    }

    /// The versions, each as a text of its own.
    pub(super) fn entries(&self) -> Option<Vec<Vec<u8>>> {
        let depth = indent(self.text);
        let mut entries: Vec<Vec<u8>> = Vec::new();
        let mut rest = self.text;
        while !rest.is_empty() {
            let mut length = line_length(rest);
            if indent(rest) != depth || !rest[depth..].starts_with(b"- ") {
                return None;
            }
            while length < rest.len() {
                let line = &rest[length..];
                if indent(line) <= depth && line[0] != b'\n' {
                    break;
                }
                length += line_length(line);
            }
            let (entry, behind) = rest.split_at(length);
            let mut entry = entry.to_vec();
            // The mapping in the list is one by itself when the dash before it is gone.
            entry[depth] = b' ';
            if entry.trim_ascii_start().first()? == &b'-' {
                return None;
            }
            entries.push(entry);
            rest = behind;
        }
        Some(entries)
    }
}

fn indent(text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| byte == b' ').count()
}

fn line_length(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1)
}

fn line_of(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(line_length(text))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, wanted)
}

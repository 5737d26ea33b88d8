//! A stream of YAML documents, cut the way Helm cuts it.

/// The documents of a rendered file: Helm's `SplitManifests`.
///
/// A document ends where a line begins with `---`; what follows on that line, after blanks, belongs
/// to the next one. White space before a document is dropped, and so are blank documents; one that
/// has only comments is kept.
pub fn split(text: &str) -> Vec<&str> {
    let text = text.trim_start();
    let mut documents = Vec::new();
    let mut start = 0;
    let mut line = 0;
    loop {
        if text[line..].starts_with("---") {
            push(&mut documents, &text[start..line]);
            let rest = &text[line + 3..];
            start = text.len() - rest.trim_start_matches([' ', '\t']).len();
            line = start;
        }
        // A separator right behind a separator's blanks is not at the beginning of a line.
        match text[line..].find('\n') {
            Some(end) => line += end + 1,
            None => break,
        }
    }
    push(&mut documents, &text[start..]);
    documents
}

fn push<'a>(documents: &mut Vec<&'a str>, document: &'a str) {
    let document = document.trim_start();
    if !document.is_empty() {
        documents.push(document);
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn documents_are_cut_at_lines_that_begin_with_dashes() {
        let cases: [(&str, &[&str]); 9] = [
            ("", &[]),
            ("\n \n---\n---\n", &[]),
            ("a: 1\n---\nb: 2\n", &["a: 1\n", "b: 2\n"]),
            ("---\na: 1\n\n\n---\nb", &["a: 1\n\n\n", "b"]),
            ("a: 1\n---x: 1\n", &["a: 1\n", "x: 1\n"]),
            ("a: 1\n--- \t# c\nb: 2", &["a: 1\n", "# c\nb: 2"]),
            ("a: |\n  ---\n", &["a: |\n  ---\n"]),
            ("a\n--- ---\nb", &["a\n", "---\nb"]),
            ("a\r\n---\r\nb", &["a\r\n", "b"]),
        ];
        for (text, expected) in cases {
            assert_eq!(split(text), expected, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn documents_are_parts_of_the_text_without_separators(text in "[-a \t\n#é]{0,40}") {
            let mut rest = text.as_str();
            for document in split(&text) {
                let at = rest.find(document).expect("documents come in order");
                rest = &rest[at + document.len()..];
                let mut later = document.lines().skip(1);
                proptest::prop_assert!(!later.any(|line| line.starts_with("---")));
            }
        }
    }
}

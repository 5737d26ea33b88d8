//! Streams of documents that try to be difficult.

use std::path::{Path, PathBuf};

/// A small generator of numbers; the same seed gives the same documents.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// What is put into documents: mostly comments, and all that has to do with where they belong.
const PIECES: &[&str] = &[
    "# c\n",
    "  # c\n",
    "    # c\n",
    " # beside",
    "# a\n# b\n",
    "# a\n\n# b\n",
    "\n# c\n\n",
    "\n",
    "\n\n",
    "#\n",
    "-   # c\n",
    "- # c\n  - x\n",
    "k: # c\n  - x\n",
    "k: # c\n",
    "a: b\n",
    "a: b # c\n",
    "  a: b\n",
    "- x\n",
    "- x # c\n",
    "  - x\n",
    "- ",
    "  ",
    " ",
    "\t",
    "? ",
    "? a\n: b\n",
    ": ",
    "&x ",
    "*x",
    "<<: *x\n",
    "!!str ",
    "!t ",
    "! ",
    "!!binary ",
    "!<tag:yaml.org,2002:int> ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    ",\n",
    ", # c\n",
    "[a, b]\n",
    "[a, # c\n b]\n",
    "{a: b, c: d}\n",
    "{a: b, # c\n c: d}\n",
    "[\n# c\n]\n",
    "{\n  # c\n}\n",
    "|\n",
    "| # c\n",
    ">\n",
    "|-\n",
    ">+\n",
    "|2\n",
    "'",
    "\"",
    "''",
    "\"\\\n\"",
    "\\u263a",
    "---\n",
    "--- # c\n",
    "--- x\n",
    "...\n",
    "%YAML 1.1\n",
    "%TAG !e! tag:e,2000:\n",
    "null",
    "~",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "é",
    "\r\n",
    "\r",
    "\u{7}",
    "metadata:\n  annotations:\n    a: b\n",
    "metadata: {}\n",
    "metadata: {annotations: {}}\n",
    "metadata:\n  annotations: # c\n    # d\n    a: b\n",
    "annotations: {a: b}\n",
    "kind: List\nitems:\n- a: b\n",
    "config.kubernetes.io/index: '7'\n",
    "internal.config.kubernetes.io/seqindent: wide\n",
    "config.k8s.io/id: x\n",
    "postrenderer.helm.sh/postrender-filename: x\n",
    "apiVersion: v1\n",
    "kind: ConfigMap\n",
];

/// Makes documents of pieces and of parts of others.
pub(crate) struct Generator {
    pub(crate) random: Random,
    texts: Vec<String>,
}

impl Generator {
    pub(crate) fn new(seed: u64, texts: Vec<String>) -> Generator {
        Generator {
            random: Random(seed),
            texts,
        }
    }

    /// A part of a document, changed at a few places.
    pub(crate) fn stream(&mut self) -> String {
        if self.random.below(4) == 0 {
            let count = 1 + self.random.below(14);
            return (0..count).map(|_| self.random.pick(PIECES)).collect();
        }
        let whole = self.random.below(self.texts.len());
        let lines: Vec<&str> = self.texts[whole].split_inclusive('\n').collect();
        let start = match self.random.below(2) {
            0 => 0,
            _ => self.random.below(lines.len()),
        };
        let length = 1 + self.random.below(40);
        let mut lines: Vec<String> = lines[start..]
            .iter()
            .take(length)
            .map(|&line| line.to_owned())
            .collect();
        for _ in 0..self.random.below(6) {
            self.change(&mut lines);
        }
        lines.concat()
    }

    fn change(&mut self, lines: &mut Vec<String>) {
        if lines.is_empty() {
            return;
        }
        let at = self.random.below(lines.len());
        let piece = self.random.pick(PIECES);
        match self.random.below(9) {
            0 => {
                lines.remove(at);
            }
            1 => {
                let other = self.random.below(lines.len());
                lines.swap(at, other);
            }
            2 => lines[at].insert(0, ' '),
            3 => lines[at] = lines[at].trim_start_matches("  ").to_owned(),
            4 => lines.insert(at, piece.to_owned()),
            5 => {
                let indent = lines[at].len() - lines[at].trim_start().len();
                let comment = format!("{}# c\n", " ".repeat(indent));
                lines.insert(at, comment);
            }
            6 => {
                let end = lines[at].trim_end_matches('\n').len();
                lines[at].insert_str(end, " # beside");
            }
            _ => {
                let line = &lines[at];
                let places: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
                let place = places
                    .get(self.random.below(places.len()))
                    .copied()
                    .unwrap_or(0);
                lines[at].insert_str(place, piece);
            }
        }
    }
}

/// The YAML files below a folder, in the order of their names.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            let extension = path.extension().and_then(|e| e.to_str());
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if matches!(extension, Some("yaml" | "yml" | "case")) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

//! Tables as Helm prints them: cells padded with spaces, joined by tabs.
//!
//! The layout is that of Go's uitable 0.0.4.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Rows of cells.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    max_width: Option<usize>,
}

impl Table {
    /// A table whose columns are as wide as their widest cell.
    pub(crate) fn new() -> Table {
        Table::default()
    }

    /// A table whose columns are no wider than this; 0 is no limit.
    pub(crate) fn within(max_width: u64) -> Table {
        Table {
            rows: Vec::new(),
            max_width: usize::try_from(max_width).ok().filter(|&width| width > 0),
        }
    }

    /// Adds a row.
    pub(crate) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// The whole table with a line end after the last row. Every cell is padded, the last one of
    /// a row too.
    pub(crate) fn render(&self) -> String {
        let widths = self.widths();
        let rows: Vec<_> = self
            .rows
            .iter()
            .map(|row| render_row(row, &widths))
            .collect();
        rows.join("\n") + "\n"
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                let widest = cell.split('\n').map(width_of).max().unwrap_or_default();
                *width = (*width).max(widest.min(self.max_width.unwrap_or(usize::MAX)));
            }
        }
        widths
    }
}

/// A row has as many lines as the cell with the most.
fn render_row(row: &[String], widths: &[usize]) -> String {
    let fitted: Vec<_> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| fit(cell, *width))
        .collect();
    let cells: Vec<Vec<&str>> = fitted
        .iter()
        .map(|cell| cell.split('\n').collect())
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or_default();
    let line = |n: usize| {
        let parts: Vec<_> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| match cell.get(n) {
                Some(text) => fit(text, *width),
                None => " ".repeat((*width).max(1)),
            })
            .collect();
        parts.join("\t")
    };
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}

/// Pads a text to a width, or cuts it with dots. A text of several lines is measured as one, as
/// uitable does it, and so is cut as well.
fn fit(text: &str, width: usize) -> String {
    let own = width_of(text);
    if width == 0 || own == width {
        return text.to_owned();
    }
    if own < width {
        return format!("{text}{}", " ".repeat(width - own));
    }
    let room = width.saturating_sub(3);
    let mut used = 0;
    let mut cut = String::new();
    for c in text.chars() {
        cut.push(c);
        let next = used + c.width().unwrap_or_default();
        if next >= room {
            break;
        }
        used = next;
    }
    cut + "..."
}

/// The columns that a text takes on a terminal; colours take none.
fn width_of(text: &str) -> usize {
    let mut plain = 0;
    let mut parts = text.split('\x1b');
    plain += printed_width(parts.next().unwrap_or_default());
    for part in parts {
        let after = part.split_once('m').map_or(part, |(_, after)| after);
        plain += printed_width(after);
    }
    plain
}

/// Line ends and other control characters take no column.
fn printed_width(text: &str) -> usize {
    if text.contains(char::is_control) {
        text.chars().filter_map(|c| c.width()).sum()
    } else {
        text.width()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[&[&str]], expected: &str) {
        let mut table = Table::new();
        for row in rows {
            table.row(row.iter().copied());
        }
        assert_eq!(table.render(), expected);
    }

    #[test]
    fn pads_every_cell() {
        check(&[&["NAME", "N"], &["a", "10"]], "NAME\tN \na   \t10\n");
        check(&[&["", "x"], &["", "y"]], "\tx\n\ty\n");
        check(&[], "\n");
    }

    #[test]
    fn measures_columns_on_the_terminal() {
        check(&[&["世界", "x"], &["abcde", "y"]], "世界 \tx\nabcde\ty\n");
        check(
            &[&["\x1b[32mok\x1b[0m", "x"], &["long", "y"]],
            "\x1b[32mok\x1b[0m  \tx\nlong\ty\n",
        );
    }

    // What uitable makes of a cell with several lines, seen in Helm's history of a failed upgrade.
    #[test]
    fn cuts_cells_of_several_lines() {
        check(&[&["a\nbbb", "x"]], "a...\tx\n");
    }
}

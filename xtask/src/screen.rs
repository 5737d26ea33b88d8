//! A transcript of a terminal as a picture: text in, SVG out.

use std::fmt::Write;
use std::io::{self, Read};

use anyhow::Result;

/// Pixels.
const LINE: usize = 18;
const COLUMN: f64 = 8.4;
const MARGIN: usize = 20;

/// `cargo xtask screen`: reads a transcript, writes the picture.
pub(crate) fn command() -> Result<()> {
    let mut transcript = String::new();
    io::stdin().read_to_string(&mut transcript)?;
    print!("{}", picture(&transcript));
    Ok(())
}

/// Lines that begin with `$ ` are what a person typed.
fn picture(transcript: &str) -> String {
    let transcript = transcript.trim_matches('\n');
    let columns = transcript
        .lines()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0);
    let height = transcript.lines().count() * LINE + 2 * MARGIN;
    let width = (columns as f64 * COLUMN).ceil() as usize + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#101820\"/>\n\
         <g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, monospace\" font-size=\"14\" \
         xml:space=\"preserve\" fill=\"#d7dde3\">\n"
    );
    for (number, line) in transcript.lines().enumerate() {
        let y = MARGIN + LINE * number + 13;
        let colour = if line.starts_with("$ ") {
            " fill=\"#7fd1ae\""
        } else {
            ""
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"{MARGIN}\" y=\"{y}\"{colour}>{}</text>",
            escaped(line)
        );
    }
    svg + "</g>\n</svg>\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_becomes_lines_of_text() {
        let svg = picture("\n$ sternpost list\nA & <b>\n");
        assert!(
            svg.contains("fill=\"#7fd1ae\">$ sternpost list</text>"),
            "{svg}"
        );
        assert!(
            svg.contains("<text x=\"20\" y=\"51\">A &amp; &lt;b&gt;</text>"),
            "{svg}"
        );
        assert!(svg.ends_with("</svg>\n"));
    }
}

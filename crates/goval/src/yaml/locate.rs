//! Where in a text a value stands.

use super::error::Position;
use super::input::Input;
use super::tree::{NodeKind, Tree};
use super::tree_of;

/// Goes into the first document of a text along the keys of maps and the numbers of list items: how
/// many of them are there, and where the last of these stands. `None` if not even the first is
/// there, or the text is not YAML.
///
/// Of equal keys the last one is meant, as in what is read.
pub fn locate(text: &[u8], path: &[impl AsRef<[u8]>]) -> Option<(usize, Position)> {
    let input = Input::new(text);
    let tree = tree_of(&input).ok()??;
    let (mut node, mut found) = (0, None);
    for (depth, step) in path.iter().enumerate() {
        let Some((place, next)) = below(&tree, node, step.as_ref()) else {
            break;
        };
        found = Some((depth + 1, place));
        node = next;
    }
    found.map(|(depth, place)| {
        let line = tree.node(place).line as usize + 1;
        (depth, Position { line, column: None })
    })
}

/// The node that stands for a key or item, and the node of its value.
fn below(tree: &Tree<'_>, number: usize, step: &[u8]) -> Option<(usize, usize)> {
    let number = match tree.node(number).kind {
        NodeKind::Alias(target) => target,
        _ => number,
    };
    let mut children = tree.children(number);
    match tree.node(number).kind {
        NodeKind::Mapping => {
            let mut found = None;
            while let (Some(key), Some(value)) = (children.next(), children.next()) {
                if &*tree.node(key).value == step {
                    found = Some((key, value));
                }
            }
            found
        }
        NodeKind::Sequence => {
            let index: usize = std::str::from_utf8(step).ok()?.parse().ok()?;
            children.nth(index).map(|item| (item, item))
        }
        NodeKind::Scalar | NodeKind::Alias(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::locate;

    fn check(text: &str, path: &str, expected: Option<(usize, usize)>) {
        let steps: Vec<&str> = path.split('/').collect();
        let found = locate(text.as_bytes(), &steps);
        let found = found.map(|(depth, position)| (depth, position.line));
        assert_eq!(found, expected, "{path} in {text:?}");
    }

    #[test]
    fn keys_and_items_are_found() {
        let text = "# x\nimage:\n  name: a\n  tag: b\nhosts:\n- a\n- b: 1\n";
        check(text, "image", Some((1, 2)));
        check(text, "image/tag", Some((2, 4)));
        check(text, "image/tags/x", Some((1, 2)));
        check(text, "hosts/1/b", Some((3, 7)));
        check(text, "hosts/7", Some((1, 5)));
        check(text, "other", None);
        check("a: 1\na: 2\n", "a", Some((1, 2)));
        check("a: &x {b: 1}\nc: *x\n", "c/b", Some((2, 1)));
        check("a: [", "a", None);
    }
}

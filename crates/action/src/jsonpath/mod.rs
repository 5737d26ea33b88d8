//! Templates with JSONPath in braces, as kubectl has them: `{.image.tag}`, `{range .items[*]}…{end}`.

mod find;
mod parse;

use goval::Value;

/// A part of a template.
#[derive(Clone, Debug)]
enum Node {
    /// Text that stands for itself.
    Text(String),
    /// What stands between braces: each part goes on from what the one before has found.
    List(Vec<Node>),
    /// `.name`
    Field(String),
    /// `[start:end:step]`
    Array([Bound; 3]),
    /// `[?(left operator right)]`; the operator is empty if there is nothing on the right.
    Filter(Vec<Node>, String, Vec<Node>),
    /// `*`
    Wildcard,
    /// `..`
    Recursive,
    /// `[a,b]`
    Union(Vec<Vec<Node>>),
    /// A number or a truth.
    Literal(Value),
    /// `range`, `end`, or what is neither.
    Word(String),
}

/// A part of an array's index.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bound {
    /// Given, or else to be taken from the array.
    known: Option<i64>,
    /// Whether it only follows from the first part.
    is_derived: bool,
}

/// What a template makes of a value. What the value does not have makes the whole result empty, which
/// is how Helm shows values.
///
/// # Errors
/// The template is none.
pub fn execute(template: &str, value: &Value) -> Result<String, String> {
    let nodes = parse::parse(template)?;
    Ok(find::show(&nodes, value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, expected: Result<&str, &str>) {
        let yaml = "a: 1\nt: x<y\nnil: null\nl: [1, 2, 3]\nm: {k.d: v, b: true}\n\
                    o:\n- {name: x, port: 80}\n- {name: z, port: 81}\nempty: []\n";
        let value = goval::yaml::decode(yaml.as_bytes()).unwrap();
        let given = execute(template, &value);
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(given, expected, "{template}");
    }

    // The results are those of Helm 4.3.1 for the same values.
    #[test]
    fn templates_find_what_kubectl_finds() {
        check("a {.a}b{.t}", Ok("a 1bx<y"));
        check("{.nil}", Ok("null"));
        check("{.l}", Ok("[1,2,3]"));
        check("{.l[*]}", Ok("1 2 3"));
        check("{.l[-1:]}{.l[0]}{.l[:2]}", Ok("311 2"));
        check("{.l[::2]}", Ok("1 3"));
        check("{.l[0,2]}", Ok("1 3"));
        check("{.m['k\\.d']}{.m.b}", Ok("vtrue"));
        check("{.m}", Ok("{\"b\":true,\"k.d\":\"v\"}"));
        check("{.o[?(@.port==81)].name}", Ok(""));
        check("{.o[?(@.name=='z')].port}", Ok("81"));
        check("{.o[?(@.name)].name}", Ok("x z"));
        check(
            "{range .o[*]}{.name}={.port}{\"\\n\"}{end}.",
            Ok("x=80\nz=81\n."),
        );
        check("{range .empty[*]}{@}{end}.", Ok("."));
        check("{..name}", Ok("x z"));
        check("{.missing}a", Ok(""));
        check("{.l[7]}", Ok(""));
        check("plain", Ok("plain"));
    }

    #[test]
    fn what_is_no_template_is_told() {
        check("{.a", Err("unclosed action"));
        check("{|}", Err("unrecognized character in action: U+007C '|'"));
        check("{.a[}", Err("unterminated array"));
        check("{.a[x]}", Err("invalid array index x"));
        check("{.a[?(@.x}", Err("unterminated filter"));
        check("{'a}", Err("unterminated quoted string"));
        check("{...a}", Ok("1"));
        check("{....a}", Err("invalid multiple recursive descent"));
        check("{1.2.3}", Err("cannot parse number 1.2.3"));
    }

    #[test]
    fn any_text_is_read_without_panic() {
        let text = "{range .a[?(@.b=='c')]}{..d[1:2,'x']}{end}{\"\\u00e9\\x41\"}";
        for cut in 0..text.len() {
            for insert in ["", "{", "[", "'", "\\", ".", "?(", "é", "-"] {
                let whole = format!("{}{insert}{}", &text[..cut], &text[cut..]);
                let _ = execute(&whole, &Value::Nil);
                let _ = execute(&text[..cut], &Value::Nil);
            }
        }
        let _ = execute(&"{[?(".repeat(20_000), &Value::Nil);
        let _ = execute(&"[?(@.a".repeat(20_000), &Value::Nil);
    }
}

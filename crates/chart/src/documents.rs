//! Files of values: any number of YAML documents, merged in their order.

use goval::Map;

use crate::merge_maps;

/// Reads a file of values: each of its documents is a map, later ones are merged over earlier ones.
///
/// # Errors
/// What is wrong with the first bad document, as Helm words it in `loader.LoadValues`.
pub fn load_values(text: &[u8]) -> Result<Map, String> {
    let mut values = Map::new();
    for document in documents(text) {
        let document = document.map_err(|error| format!("error reading yaml document: {error}"))?;
        let map = goval::yaml::decode_map(&document)
            .map_err(|error| format!("cannot unmarshal yaml document: {error}"))?;
        values = merge_maps(&values, &map);
    }
    Ok(values)
}

/// The documents of a stream, as the YAML reader of Kubernetes' apimachinery splits it: at lines
/// that begin with `---`. Ends of lines are made uniform. After an error there are no more.
pub fn documents(text: &[u8]) -> Vec<Result<Vec<u8>, String>> {
    let mut documents = Vec::new();
    let mut current = Vec::new();
    for line in text.split_inclusive(|&b| b == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(rest) = line.strip_prefix(b"---") {
            let rest = String::from_utf8_lossy(rest);
            let rest = rest.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                documents.push(Err(format!("invalid Yaml document separator: {rest}")));
                return documents;
            }
            if !current.is_empty() {
                documents.push(Ok(std::mem::take(&mut current)));
                continue;
            }
        }
        current.extend_from_slice(line);
        current.push(b'\n');
    }
    if !current.is_empty() {
        documents.push(Ok(current));
    }
    documents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_split_at_separators() {
        let split = |text: &str| -> Vec<String> {
            documents(text.as_bytes())
                .into_iter()
                .map(|document| document.map_or_else(|e| e, |d| String::from_utf8(d).unwrap()))
                .collect()
        };
        assert_eq!(split("a: 1\n--- # x\nb: 2"), ["a: 1\n", "b: 2\n"]);
        assert_eq!(split("---\r\na: 1\r\n"), ["---\na: 1\n"]);
        assert_eq!(
            split("a: 1\n---b\n"),
            ["invalid Yaml document separator: b"]
        );
        assert!(split("").is_empty());
    }
}

//! What a file is made of: headings of a document, declarations of a program.

use std::path::Path;

/// Items that are named at most.
const ITEMS_MAX: usize = 12;
/// Endings of programs, and the words that declare something in them.
const CODE: [&str; 22] = [
    "rs", "py", "ts", "tsx", "js", "jsx", "mjs", "go", "java", "kt", "c", "h", "cpp", "hpp", "cs",
    "rb", "php", "swift", "sql", "sh", "scala", "zig",
];
const DECLARE: [&str; 14] = [
    "fn",
    "struct",
    "enum",
    "trait",
    "impl",
    "mod",
    "class",
    "interface",
    "type",
    "def",
    "func",
    "function",
    "const",
    "table",
];
/// Words that may stand before those.
const BEFORE: [&str; 11] = [
    "pub", "export", "default", "async", "unsafe", "abstract", "public", "final", "static",
    "create", "extern",
];

/// Whether a path is that of a program.
pub(in super::super) fn is_code(path: &str) -> bool {
    let ending = Path::new(path)
        .extension()
        .and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| CODE.contains(&ending.to_ascii_lowercase().as_str()))
}

/// The headings of a Markdown text.
pub(in super::super) fn headings(text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut headings = vec![];
    for line in text.lines() {
        if line.starts_with("```") || line.starts_with("~~~") {
            is_code = !is_code;
        }
        let title = line.trim_start_matches('#');
        let is_heading = !is_code && title.len() < line.len() && title.starts_with(' ');
        if is_heading && headings.len() < ITEMS_MAX {
            headings.push(short(title.trim()));
        }
    }
    headings
}

/// What a program declares without indentation, and how many of it there are.
pub(in super::super) fn declarations(text: &str) -> (Vec<String>, usize) {
    let mut items = vec![];
    let mut count = 0;
    for line in text.lines().filter(|line| !line.starts_with([' ', '\t'])) {
        if let Some(item) = declaration(line) {
            count += 1;
            if items.len() < ITEMS_MAX {
                items.push(item);
            }
        }
    }
    (items, count)
}

fn declaration(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().skip_while(|word| {
        let word = word.split('(').next().unwrap_or(word).to_ascii_lowercase();
        BEFORE.contains(&word.as_str())
    });
    let kind = words.next()?.to_ascii_lowercase();
    let declares = DECLARE
        .iter()
        .any(|word| kind.split('<').next() == Some(word));
    let ends = |c: char| matches!(c, '(' | '{' | ':' | ';' | '=');
    let name: Vec<&str> = words
        .take_while(|word| !word.starts_with(ends))
        .take(4)
        .collect();
    let name = name.join(" ");
    let name = name.split(ends).next().unwrap_or("").trim();
    let is_named = declares && !name.is_empty();
    is_named.then(|| short(&format!("{kind} {name}")))
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_declarations_are_named() {
        assert_eq!(
            headings("# A\n\n```\n# no\n```\n## B c\n#no\n"),
            ["A", "B c"]
        );
        let program = "//! Doc.\npub(crate) fn run(x: u8) {\n    fn inner() {}\n}\nstruct A;\n\
            impl Show for A {\n}\nlet x = 1;\nexport default function go() {}\ndef f(x):\n";
        assert_eq!(
            declarations(program),
            (
                vec![
                    "fn run".into(),
                    "struct A".into(),
                    "impl Show for A".into(),
                    "function go".into(),
                    "def f".into()
                ],
                5
            )
        );
        assert!(is_code("a/b.RS") && !is_code("a.md") && !is_code("Makefile"));
    }
}

//! The question for a person: built from parsed arguments and resolved paths, never from text of
//! a model.

use std::path::Path;

use weald_domain::{approval::Need, permission::Permission, ports::CallContext};

use crate::registry::KnownTool;

/// One sentence for everything that is missing.
pub(super) fn of(tool: &KnownTool, missing: &[Need], context: &CallContext) -> String {
    let wishes: Vec<String> = missing.iter().map(|need| wish(need, context)).collect();
    format!(
        "May {} {}? ({})",
        tool.manifest.id,
        wishes.join(" and "),
        tool.entry().name
    )
}

fn wish(need: &Need, context: &CallContext) -> String {
    let places: Vec<String> = need.resources.iter().map(|r| place(r, context)).collect();
    let places = places.join(", ");
    match need.permission {
        Permission::FsRead => format!("read {places}"),
        Permission::FsWrite => format!("change {places}"),
        Permission::HostGit => format!("use the git repository of {places}"),
        Permission::Net
        | Permission::Shell
        | Permission::Browser
        | Permission::Secret
        | Permission::HostProcess
        | Permission::HostTcp => format!("use {} on {places}", need.permission.as_str()),
    }
}

fn place(resource: &str, context: &CallContext) -> String {
    let path = Path::new(resource);
    let holder = context
        .projects
        .iter()
        .filter(|(_, root)| path.starts_with(root))
        .max_by_key(|(_, root)| root.components().count());
    let Some((slug, root)) = holder else {
        return format!("`{}`", plain(resource));
    };
    match path.strip_prefix(root) {
        Ok(rest) if rest.as_os_str().is_empty() => format!("project `{slug}`"),
        Ok(rest) => format!("`{}` in project `{slug}`", plain(&rest.to_string_lossy())),
        Err(_) => format!("`{}`", plain(resource)),
    }
}

/// A text without characters that could change how the rest of the question looks.
fn plain(text: &str) -> String {
    let strange = |c: char| {
        c.is_control()
            || c == '`'
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars()
        .flat_map(|c| {
            let shown: Vec<char> = if strange(c) {
                c.escape_unicode().collect()
            } else {
                vec![c]
            };
            shown
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_write_the_question() {
        assert_eq!(plain("a`b\n\u{202e}c"), "a\\u{60}b\\u{a}\\u{202e}c");
        assert_eq!(plain("grün/ß.rs"), "grün/ß.rs");
    }
}

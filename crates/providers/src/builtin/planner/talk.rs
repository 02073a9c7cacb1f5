//! What the planner says of itself.

use weald_domain::tool::ToolSpec;

use super::markdown::{code, plain};

/// The last line of every answer that a tool gave.
pub(super) const NOTE: &str = "\n*No language model is connected; fixed rules answered this.*\n";

const NO_MODEL: &str = "No language model is connected. I am the built-in planner: I understand a \
    dozen plain requests and answer them with the tools at hand.\n";
const CONNECT: &str = "\nTo talk to a language model, connect one in *Settings → Providers* or with \
    `weald provider add`.\n";
const NO_PROJECT: &str = "There is no tool in this conversation, most likely because it has no \
    project yet: I may only read what belongs to one. Add a git repository with `weald project \
    add` in its folder, or in the web app, and start a conversation with it.\n";

/// What can be asked, and the tool each needs.
const EXAMPLES: [(&str, &str); 10] = [
    ("fs_list", "list the files in src"),
    ("fs_list", "what are the largest files here?"),
    ("fs_find", "find *.rs files"),
    ("fs_find", "how many markdown files are there?"),
    ("fs_read", "show me README.md"),
    ("fs_read", "how many lines has Cargo.toml?"),
    ("fs_search", "search for TODO in src"),
    ("git_log", "what changed this week?"),
    ("git_status", "git status"),
    ("git_diff", "show the diff"),
];

pub(super) fn help(tools: &[ToolSpec]) -> String {
    format!("{NO_MODEL}\n{}{CONNECT}", possible(tools))
}

pub(super) fn greeting(tools: &[ToolSpec]) -> String {
    format!("Hello. {NO_MODEL}\n{}{CONNECT}", possible(tools))
}

pub(super) fn unknown(tools: &[ToolSpec]) -> String {
    format!(
        "I did not understand that. {NO_MODEL}\n{}{CONNECT}",
        possible(tools)
    )
}

/// A tool is missing although others are there.
pub(super) fn missing_tool(name: &str, tools: &[ToolSpec]) -> String {
    if tools.is_empty() {
        return format!("{NO_PROJECT}{CONNECT}");
    }
    format!(
        "That needs the tool {}, which is not enabled in this conversation.\n{NOTE}",
        code(name)
    )
}

fn possible(tools: &[ToolSpec]) -> String {
    if tools.is_empty() {
        return NO_PROJECT.to_owned();
    }
    let has = |name: &str| tools.iter().any(|tool| tool.name == name);
    let mut out = String::from("Try one of these:\n\n");
    for (_, example) in EXAMPLES.iter().filter(|(tool, _)| has(tool)) {
        out.push_str(&format!("- {}\n", code(example)));
    }
    for tool in tools {
        if !EXAMPLES.iter().any(|(known, _)| *known == tool.name) {
            let description = tool.description.lines().next().unwrap_or("");
            out.push_str(&format!("- {}: {}\n", code(&tool.name), plain(description)));
        }
    }
    out
}

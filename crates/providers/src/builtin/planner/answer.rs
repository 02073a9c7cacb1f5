//! From the result of a tool to the answer, or to the next call.

mod files;
mod git;

use serde_json::{Value, json};
use weald_domain::{
    message::{Outcome, ToolPart, ToolState},
    tool::ToolSpec,
};

use super::{
    Reply,
    intent::Intent,
    markdown::{block, code, plain},
    plan, talk,
};
use crate::tool_output;

/// Characters of a result that are shown as they are.
const SHOWN_MAX: usize = 4_000;

/// What to do once the last call ended.
pub(super) fn next_step(
    intent: &Intent,
    calls: &[&ToolPart],
    last: &ToolPart,
    tools: &[ToolSpec],
) -> Reply {
    let ToolState::Ended {
        outcome, output, ..
    } = &last.state
    else {
        return say("The call was interrupted before it ran. Ask again to repeat it.\n".into());
    };
    match outcome {
        Outcome::Ok => {}
        Outcome::Denied => {
            let reason = tool_output::text(output);
            return say(format!(
                "That was not allowed, so I stopped: {}\n",
                plain(&reason)
            ));
        }
        Outcome::Error => {
            let search = look_for_file(intent, calls, tools);
            let reason = tool_output::text(output);
            return search
                .unwrap_or_else(|| say(format!("That did not work: {}\n", plain(&reason))));
        }
        Outcome::Unknown => {
            let name = code(&last.tool);
            let text = format!(
                "Weald was stopped while {name} ran; it is not known how that ended. Ask again to \
                 repeat it.\n"
            );
            return say(text);
        }
    }
    if let Some(reply) = read_found_file(intent, last, output, tools) {
        return reply;
    }
    let document = tool_output::document(output);
    let told = document.and_then(|document| summary(intent, &last.tool, &document));
    say(told.unwrap_or_else(|| as_it_is(&last.tool, &tool_output::text(output))))
}

/// A result that is not what the tool promises, or from a tool that is not known.
fn as_it_is(tool: &str, text: &str) -> String {
    let shown: String = text.chars().take(SHOWN_MAX).collect();
    let rest = if shown.len() < text.len() {
        "\nThere is more; what came was cut.\n"
    } else {
        ""
    };
    format!("{} answered:\n\n{}{rest}", code(tool), block("", &shown))
}

fn say(text: String) -> Reply {
    Reply::Say(text + talk::NOTE)
}

/// The answer to an intent; none when the result is not what the tool promises.
fn summary(intent: &Intent, tool: &str, result: &Value) -> Option<String> {
    match (tool, intent) {
        ("fs_list", Intent::Largest { path }) => files::largest(path, result),
        ("fs_list", _) => files::listing(result),
        ("fs_find", Intent::CountFiles { path, glob }) => files::count(path, glob, result),
        ("fs_find", _) => files::found(result),
        ("fs_read", Intent::CountLines { .. }) => files::line_count(result),
        ("fs_read", _) => files::content(result),
        ("fs_search", _) => files::hits(result),
        ("git_status", _) => git::status(result),
        ("git_log", Intent::Log { period, .. }) => git::log(period.as_ref(), result),
        ("git_log", _) => git::log(None, result),
        ("git_diff", _) => git::diff(result),
        _ => None,
    }
}

/// A file that is named without its folder is looked for, once.
fn look_for_file(intent: &Intent, calls: &[&ToolPart], tools: &[ToolSpec]) -> Option<Reply> {
    let (Intent::Read {
        path: Some(name), ..
    }
    | Intent::CountLines { path: Some(name) }) = intent
    else {
        return None;
    };
    let has_find = tools.iter().any(|tool| tool.name == "fs_find");
    let is_first = calls.len() == 1;
    (is_first && has_find && !name.contains('/')).then(|| {
        let lead = format!("{} is not there; I look for it elsewhere.", code(name));
        plan::call(tools, lead, "fs_find", json!({"path": ".", "glob": name}))
    })
}

/// Goes on with the file that was looked for, when there is exactly one.
fn read_found_file(
    intent: &Intent,
    last: &ToolPart,
    output: &Value,
    tools: &[ToolSpec],
) -> Option<Reply> {
    let wants_file = matches!(intent, Intent::Read { .. } | Intent::CountLines { .. });
    if !wants_file || last.tool != "fs_find" {
        return None;
    }
    let document = tool_output::document(output)?;
    let paths = document.get("paths")?.as_array()?;
    match paths.as_slice() {
        [] => Some(say("There is no file of that name in the project.\n".into())),
        [only] => {
            let path = Some(only.as_str()?.to_owned());
            let found = if let Intent::Read { lines, .. } = intent {
                let lines = *lines;
                Intent::Read { path, lines }
            } else {
                Intent::CountLines { path }
            };
            Some(plan::first_step(&found, tools))
        }
        _ => {
            let list = files::found(&document)?;
            Some(say(format!(
                "{list}\nWhich of them? Its whole path helps.\n"
            )))
        }
    }
}

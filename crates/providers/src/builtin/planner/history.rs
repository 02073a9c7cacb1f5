//! What the messages before tell: which question waits, which file was read, what was listed.
//!
//! Nothing else is remembered: the same messages give the same plan, also after a restart.

use serde_json::Value;
use weald_domain::{
    message::{Outcome, Part, Role, ToolPart, ToolState},
    model::{ContextMessage, ModelRequest},
    tool::ToolSpec,
};

use super::{
    ask,
    intent::{Intent, Slot, Subject, Talk},
    language::Language,
    lexicon, offered, period,
    plan::{Asks, Plan, Question},
    rules::{self, Known},
    word::words,
};
use crate::tool_output;

/// User messages that are looked back at.
const TURNS_MAX: usize = 12;

/// A message of a person, and what came behind it.
struct Turn<'a> {
    text: String,
    said: String,
    calls: Vec<&'a ToolPart>,
}

/// What is to be done for the last message.
pub(super) fn plan(request: &ModelRequest) -> Plan {
    let turns = turns(&request.messages);
    let mut known = Known {
        tools: &request.tools,
        today: period::day_of(request.session_id),
        ..Known::default()
    };
    let mut language = Language::English;
    let mut question: Option<Question> = None;
    let mut plan = Plan {
        steps: vec![Intent::Talk(Talk::Unknown)],
        language,
        read_as: vec![],
        asks: Asks::First,
    };
    for turn in &turns {
        let mut words = words(&turn.text);
        language = Language::of(&words, language);
        let read_as =
            lexicon::spelling::mend(&mut words, |word| offered::knows(&request.tools, word));
        plan = match question.take() {
            Some(question) => question.answered(&turn.text, &words, &known),
            None => Plan {
                steps: rules::recognise(&words, &known),
                language,
                read_as,
                asks: Asks::First,
            },
        };
        plan.language = language;
        question = asked(&plan, turn, &request.tools);
        learn(&mut known, &plan, turn);
    }
    plan
}

fn turns(messages: &[ContextMessage]) -> Vec<Turn<'_>> {
    let mut turns: Vec<Turn<'_>> = vec![];
    let is_user = |message: &&ContextMessage| message.role == Role::User;
    let users = messages.iter().filter(is_user).count();
    let mut skip = users.saturating_sub(TURNS_MAX);
    for message in messages {
        if message.role == Role::User {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let text = message.parts.iter().filter_map(Part::text).collect();
            turns.push(Turn {
                text,
                said: String::new(),
                calls: vec![],
            });
        } else if let Some(turn) = turns.last_mut() {
            for part in &message.parts {
                match part {
                    Part::Text { text, .. } => turn.said.push_str(text),
                    Part::Tool(tool) => turn.calls.push(tool),
                    Part::Reasoning { .. } | Part::Other(_) => {}
                }
            }
        }
    }
    turns
}

/// The question that a turn ended with. Only one that was really asked waits: another model may
/// have answered that turn.
fn asked(plan: &Plan, turn: &Turn<'_>, tools: &[ToolSpec]) -> Option<Question> {
    if let Some((question, sentence)) = plan.question(tools) {
        return turn.said.contains(&sentence).then_some(question);
    }
    let last = turn.calls.last()?;
    let paths = texts(&result_of(last)?, "paths");
    let step = plan
        .steps
        .iter()
        .position(|step| matches!(step.subject(), Some(Subject::File(_))))?;
    let is_asked = last.tool == "fs_find" && turn.said.contains(ask::which_file(plan.language));
    is_asked.then(|| Question {
        plan: plan.clone(),
        step,
        slot: Slot::Choice,
        options: paths,
    })
}

/// Takes in what a turn read and listed.
fn learn(known: &mut Known<'_>, plan: &Plan, turn: &Turn<'_>) {
    for call in &turn.calls {
        let Some(result) = result_of(call) else {
            continue;
        };
        match call.tool.as_str() {
            "fs_read" => read(known, &result),
            "fs_find" => known.listed = texts(&result, "paths"),
            _ => {}
        }
    }
    let is_done = plan
        .steps
        .iter()
        .all(|step| !matches!(step, Intent::Talk(_)));
    if is_done && !turn.calls.is_empty() {
        known.before = plan.steps.clone();
    }
}

fn read(known: &mut Known<'_>, result: &Value) {
    let Some(path) = result.get("path").and_then(Value::as_str) else {
        return;
    };
    let number = |name: &str| result.get(name).and_then(Value::as_u64);
    let text = result.get("text").and_then(Value::as_str).unwrap_or("");
    let shown = text.lines().count() as u64;
    let next = number("offset").unwrap_or(1).max(1).saturating_add(shown);
    let goes_on = number("total_lines").is_none_or(|all| next <= all);
    known.goes_on = goes_on.then(|| (path.to_owned(), next));
    known.last_file = Some(path.to_owned());
}

fn result_of(call: &ToolPart) -> Option<Value> {
    match &call.state {
        ToolState::Ended {
            outcome: Outcome::Ok,
            output,
            ..
        } => tool_output::document(output),
        ToolState::Ended { .. }
        | ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. } => None,
    }
}

fn texts(result: &Value, member: &str) -> Vec<String> {
    let items = result.get(member).and_then(Value::as_array);
    let texts = items.into_iter().flatten().filter_map(Value::as_str);
    texts.take(200).map(str::to_owned).collect()
}

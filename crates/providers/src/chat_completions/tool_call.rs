//! Which call a fragment of `tool_calls` belongs to, whatever the server says about it.
//!
//! The wire tells parallel calls apart by `index`. Real servers also send no index, the same index
//! for all calls, an id with every fragment or none at all, or a whole call in one fragment.

use std::collections::HashSet;

use serde_json::{Map, Value};
use weald_domain::{message::FinishReason, model::ModelEvent};

/// Longest id that servers of this wire take back.
const ID_MAX: usize = 40;

/// The calls of one answer.
#[derive(Debug, Default)]
pub(super) struct Calls {
    calls: Vec<Call>,
    ids: HashSet<String>,
}

#[derive(Debug)]
struct Call {
    wire_index: Option<u64>,
    wire_id: String,
    name: String,
    args: Args,
    announced: Announced,
}

/// Whether the reader has been told of a call; it is once its name cannot grow any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announced {
    No,
    Yes,
}

/// As much of the arguments as is needed to know whether they are complete.
#[derive(Debug, Default)]
struct Args {
    depth: u32,
    in_text: bool,
    after_backslash: bool,
    any: bool,
}

impl Args {
    fn push(&mut self, piece: &str) {
        for byte in piece.bytes() {
            match byte {
                _ if self.after_backslash => self.after_backslash = false,
                b'\\' if self.in_text => self.after_backslash = true,
                b'"' => self.in_text = !self.in_text,
                b'{' | b'[' if !self.in_text => self.depth += 1,
                b'}' | b']' if !self.in_text => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            self.any |= !byte.is_ascii_whitespace();
        }
    }

    const fn are_complete(&self) -> bool {
        self.any && self.depth == 0 && !self.in_text
    }
}

/// What a fragment says.
struct Fragment {
    index: Option<u64>,
    id: String,
    name: String,
    args: String,
}

impl Fragment {
    fn read(mut members: Map<String, Value>) -> Self {
        let index = members.get("index").and_then(Value::as_u64);
        let id = text(members.remove("id"));
        let mut function = match members.remove("function") {
            Some(Value::Object(function)) => function,
            _ => members,
        };
        Self {
            index,
            id,
            name: text(function.remove("name")),
            args: match function.remove("arguments") {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(args)) => args,
                Some(whole) => whole.to_string(),
            },
        }
    }
}

fn text(value: Option<Value>) -> String {
    match value {
        Some(Value::String(text)) => text,
        _ => String::new(),
    }
}

impl Calls {
    /// Whether the answer calls any tool.
    pub(super) const fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Takes one member of `tool_calls`, or a whole `function_call`.
    pub(super) fn push(
        &mut self,
        members: Map<String, Value>,
        completion_id: &str,
        out: &mut Vec<ModelEvent>,
    ) {
        let fragment = Fragment::read(members);
        let at = match self.place_of(&fragment) {
            Some(at) => at,
            None => {
                self.announce_all(completion_id, out);
                self.calls.push(Call {
                    wire_index: fragment.index,
                    wire_id: fragment.id.clone(),
                    name: String::new(),
                    args: Args::default(),
                    announced: Announced::No,
                });
                self.calls.len() - 1
            }
        };
        let Some(call) = self.calls.get_mut(at) else {
            return;
        };
        if call.wire_id.is_empty() {
            call.wire_id = fragment.id;
        }
        if call.announced == Announced::No && call.name != fragment.name {
            call.name.push_str(&fragment.name);
        }
        if !fragment.args.is_empty() {
            call.args.push(&fragment.args);
            self.announce(at, completion_id, out);
            out.push(ModelEvent::ToolArgs {
                index: position(at),
                delta: fragment.args,
            });
        }
    }

    /// Says what has been held back, when the stream is cut.
    pub(super) fn cut(&mut self, completion_id: &str, out: &mut Vec<ModelEvent>) {
        self.announce_all(completion_id, out);
    }

    /// Says what has been held back; calls without arguments get `{}`, but not the one in whose
    /// arguments the answer was cut.
    pub(super) fn finish(
        &mut self,
        completion_id: &str,
        finish: FinishReason,
        out: &mut Vec<ModelEvent>,
    ) {
        self.announce_all(completion_id, out);
        let whole = self
            .calls
            .len()
            .saturating_sub(usize::from(finish.is_cut()));
        for (at, call) in self.calls.iter_mut().take(whole).enumerate() {
            if !call.args.any {
                call.args.push("{}");
                out.push(ModelEvent::ToolArgs {
                    index: position(at),
                    delta: "{}".to_owned(),
                });
            }
        }
    }

    /// The call that a fragment continues; none when it begins one.
    fn place_of(&self, fragment: &Fragment) -> Option<usize> {
        let begins = !fragment.name.is_empty();
        let at = match fragment.index {
            Some(_) => self.last_where(|call| call.wire_index == fragment.index)?,
            None if !fragment.id.is_empty() => {
                match self.last_where(|call| call.wire_id == fragment.id) {
                    Some(at) => at,
                    None if begins => return None,
                    None => self.calls.len().checked_sub(1)?,
                }
            }
            None => self.calls.len().checked_sub(1)?,
        };
        let call = self.calls.get(at)?;
        let other_id =
            !fragment.id.is_empty() && !call.wire_id.is_empty() && fragment.id != call.wire_id;
        let other_name = call.args.any && call.name != fragment.name;
        let whole_again = call.args.are_complete() && !fragment.args.trim().is_empty();
        let is_next = begins && (other_id || other_name || whole_again);
        (!is_next).then_some(at)
    }

    fn last_where(&self, is_it: impl Fn(&Call) -> bool) -> Option<usize> {
        self.calls.iter().rposition(is_it)
    }

    fn announce_all(&mut self, completion_id: &str, out: &mut Vec<ModelEvent>) {
        for at in 0..self.calls.len() {
            self.announce(at, completion_id, out);
        }
    }

    fn announce(&mut self, at: usize, completion_id: &str, out: &mut Vec<ModelEvent>) {
        let Some(call) = self.calls.get_mut(at) else {
            return;
        };
        if call.announced == Announced::Yes {
            return;
        }
        call.announced = Announced::Yes;
        let mut id = call.wire_id.clone();
        if id.is_empty() {
            let made = format!("call_{at}_{completion_id}");
            id = made.chars().take(ID_MAX).collect();
        }
        if !self.ids.insert(id.clone()) {
            id = format!("{id}_{at}");
            self.ids.insert(id.clone());
        }
        out.push(ModelEvent::ToolCall {
            index: position(at),
            id,
            name: call.name.clone(),
        });
    }
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

//! The acts of a script and how they are read.

use std::{collections::VecDeque, time::Duration};

use serde_json::{Map, Value};
use thiserror::Error;

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// `{"say":"text"}`
    Say(String),
    /// `{"think":"text"}`
    Think(String),
    /// `{"count":500,"delay_ms":10}`: the words `1 2 3 …`, each after the delay.
    Count { to: u64, delay: Duration },
    /// `{"tool":"fs_list","args":{…}}`; the arguments as JSON text.
    Tool { name: String, args: String },
    /// `{"hold":true}`: waits until the call is dropped.
    Hold,
    /// `{"fail":"text"}`: ends the call with this error.
    Fail(String),
}

/// Why a text is no script.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum BadScript {
    #[error("a JSON array of acts was expected, such as [{{\"say\":\"hello\"}}]")]
    NotAnArray,
    #[error("act {0} is not an object")]
    NotAnObject(usize),
    #[error("act {0} names none of say, count, think, tool, hold, fail")]
    NoAct(usize),
    #[error("act {at} has a member `{member}` that does not belong there")]
    Member { at: usize, member: String },
    #[error("act {at}: `{member}` must be {expected}")]
    Type {
        at: usize,
        member: &'static str,
        expected: &'static str,
    },
}

const KINDS: [&str; 6] = ["say", "count", "think", "tool", "hold", "fail"];

/// Reads a script; acts are counted from 1 in messages.
pub(super) fn parse(text: &str) -> Result<VecDeque<Act>, BadScript> {
    let Ok(Value::Array(items)) = serde_json::from_str(text) else {
        return Err(BadScript::NotAnArray);
    };
    let numbered = items.into_iter().zip(1..);
    numbered.map(|(item, at)| read(item, at)).collect()
}

fn read(item: Value, at: usize) -> Result<Act, BadScript> {
    let Value::Object(mut members) = item else {
        return Err(BadScript::NotAnObject(at));
    };
    let Some(kind) = KINDS.into_iter().find(|kind| members.contains_key(*kind)) else {
        return Err(BadScript::NoAct(at));
    };
    let value = members.remove(kind).unwrap_or_default();
    let act = match kind {
        "say" => Act::Say(text(value, at, "say")?),
        "think" => Act::Think(text(value, at, "think")?),
        "fail" => Act::Fail(text(value, at, "fail")?),
        "count" => Act::Count {
            to: number(&value, at, "count")?,
            delay: delay(&mut members, at)?,
        },
        "tool" => Act::Tool {
            name: text(value, at, "tool")?,
            args: args(&mut members, at)?,
        },
        _ if value == Value::Bool(true) => Act::Hold,
        _ => return Err(wrong(at, "hold", "true")),
    };
    match members.keys().next() {
        None => Ok(act),
        Some(member) => Err(BadScript::Member {
            at,
            member: member.chars().take(64).collect(),
        }),
    }
}

fn text(value: Value, at: usize, member: &'static str) -> Result<String, BadScript> {
    match value {
        Value::String(text) => Ok(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(wrong(at, member, "a text"))
        }
    }
}

fn number(value: &Value, at: usize, member: &'static str) -> Result<u64, BadScript> {
    value
        .as_u64()
        .ok_or_else(|| wrong(at, member, "a whole number of 0 or more"))
}

fn delay(members: &mut Map<String, Value>, at: usize) -> Result<Duration, BadScript> {
    match members.remove("delay_ms") {
        None => Ok(Duration::ZERO),
        Some(value) => number(&value, at, "delay_ms").map(Duration::from_millis),
    }
}

fn args(members: &mut Map<String, Value>, at: usize) -> Result<String, BadScript> {
    match members.remove("args") {
        None => Ok("{}".to_owned()),
        Some(args @ Value::Object(_)) => Ok(args.to_string()),
        Some(_) => Err(wrong(at, "args", "an object")),
    }
}

const fn wrong(at: usize, member: &'static str, expected: &'static str) -> BadScript {
    BadScript::Type {
        at,
        member,
        expected,
    }
}

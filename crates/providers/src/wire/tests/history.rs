//! What every wire writes of a history that other models and other servers have made.

use serde_json::json;
use weald_domain::{
    message::{Outcome, Part},
    model::ContextMessage,
};

use super::*;
use crate::sample::{assistant, ended, request, said, tool, user};

const WIRES: [Wire; 7] = [
    Wire::Chat(Dialect::Openai),
    Wire::Chat(Dialect::Openrouter),
    Wire::Chat(Dialect::Compatible),
    Wire::Anthropic,
    Wire::Responses,
    Wire::Gemini,
    Wire::Ollama,
];

fn body(wire: Wire, messages: Vec<ContextMessage>) -> Value {
    wire.encode(&request("m", messages)).expect("encodes")
}

/// Every text that stands under one of these members, wherever.
fn under(value: &Value, members: &[&str], out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (member, value) in map {
                if let (true, Value::String(text)) = (members.contains(&member.as_str()), value) {
                    out.push(text.clone());
                }
                under(value, members, out);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| under(value, members, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn all(value: &Value, members: &[&str]) -> Vec<String> {
    let mut out = vec![];
    under(value, members, &mut out);
    out
}

fn called(call_id: &str, name: &str) -> Part {
    tool(
        call_id,
        name,
        ended(json!({}), Outcome::Error, json!("no such tool")),
    )
}

#[test]
fn a_call_goes_back_under_a_name_and_an_id_that_every_server_takes() {
    let long = "call_".to_owned() + &"x".repeat(100);
    let parts = vec![
        called(&long, "fs.read the file"),
        called(&long, &"größer".repeat(30)),
        called("", ""),
        called("c", "9lives"),
    ];
    for wire in WIRES {
        let body = body(wire, vec![user("x"), assistant(parts.clone())]);
        let names = all(&body, &["name", "tool_name"]);
        assert!(names.len() >= 4, "{wire:?}: {body}");
        for name in names {
            let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
            let is_legal = (1..=64).contains(&name.len())
                && name.bytes().all(legal)
                && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
            assert!(is_legal, "{wire:?}: `{name}`");
        }
        let ids = all(&body, &["id", "call_id", "tool_call_id", "tool_use_id"]);
        for id in &ids {
            assert!((1..=40).contains(&id.len()), "{wire:?}: `{id}`");
        }
        let mut distinct = ids.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(ids.len(), 2 * distinct.len(), "{wire:?}: {ids:?}");
    }
}

#[test]
fn an_id_that_its_own_server_made_goes_back_to_it_unchanged() {
    for id in ["functions.fs_list:0", "call|1/a=", "D681PevKs"] {
        let messages = vec![user("x"), assistant(vec![called(id, "fs_list")])];
        let body = body(Wire::Chat(Dialect::Compatible), messages);
        assert_eq!(all(&body, &["id", "tool_call_id"]), [id, id]);
    }
}

#[test]
fn behind_an_answer_that_was_cut_stands_a_word_of_the_user() {
    let cut = vec![user("tell me"), assistant(vec![said("Once upon a")])];
    for wire in [
        Wire::Chat(Dialect::Openai),
        Wire::Chat(Dialect::Openrouter),
        Wire::Chat(Dialect::Compatible),
        Wire::Anthropic,
        Wire::Gemini,
    ] {
        let member = if wire == Wire::Gemini {
            "contents"
        } else {
            "messages"
        };
        let turns = |messages| {
            let body = body(wire, messages);
            body[member].as_array().cloned().expect("an array")
        };
        let sent = turns(cut.clone());
        assert_eq!(sent.len(), 3, "{wire:?}: {sent:?}");
        assert_eq!(sent[2]["role"], "user", "{wire:?}");
        assert!(sent[2].to_string().contains("cut off"), "{wire:?}");
        // A turn that ends with a result is the server's already.
        let answered = vec![
            user("x"),
            assistant(vec![said("a"), called("c", "fs_list")]),
        ];
        assert_eq!(turns(answered).len(), 3, "{wire:?}");
        let mut asked = cut.clone();
        asked.push(user("and then?"));
        assert!(
            !json!(turns(asked)).to_string().contains("cut off"),
            "{wire:?}"
        );
    }
}

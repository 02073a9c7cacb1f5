//! What a request of Gemini's `generateContent` must look like.

use serde_json::Value;

use super::tools;
use crate::model_server::wire::signature;

const MEMBERS: [&str; 4] = ["systemInstruction", "contents", "tools", "generationConfig"];
const CONFIG: [&str; 3] = ["temperature", "maxOutputTokens", "thinkingConfig"];
/// Stands for the signature of a call that another model made.
const FOREIGN: &str = "skip_thought_signature_validator";

/// Checks a body for the server with this seal.
#[must_use]
pub fn body(body: &Value, seal: u16) -> Vec<String> {
    let mut wrong = tools::members(body, &MEMBERS);
    if let Some(config) = body.get("generationConfig") {
        wrong.extend(tools::members(config, &CONFIG));
    }
    if let Some(groups) = body.get("tools") {
        let declared = groups.pointer("/0/functionDeclarations");
        wrong.extend(tools::check(
            declared.or(Some(&Value::Null)),
            "/name",
            "/parametersJsonSchema",
        ));
    }
    let contents = body.get("contents").and_then(Value::as_array);
    let Some(contents) = contents.filter(|contents| !contents.is_empty()) else {
        wrong.push("`contents` is no array, or an empty one".to_owned());
        return wrong;
    };
    let mut order = Order {
        seal,
        wrong,
        ..Order::default()
    };
    for (at, content) in contents.iter().enumerate() {
        order.content(at, content);
    }
    if !order.open.is_empty() {
        order.say(contents.len(), "does not answer every call");
    } else if order.last == "model" {
        order.say(contents.len() - 1, "is the last one and not the user's");
    }
    order.wrong
}

/// Follows the contents: roles alternate, calls are answered in their order by the content behind
/// them, and a signature is one that this server made.
#[derive(Default)]
struct Order {
    seal: u16,
    last: String,
    /// Id and name of the calls that wait.
    open: Vec<(String, String)>,
    wrong: Vec<String>,
}

impl Order {
    fn say(&mut self, at: usize, what: &str) {
        self.wrong.push(format!("content {at} {what}"));
    }

    fn content(&mut self, at: usize, content: &Value) {
        let role = text(content, "role");
        if role == self.last {
            self.say(at, "has the role of the one before it");
        }
        role.clone_into(&mut self.last);
        let parts = content.get("parts").and_then(Value::as_array);
        let parts = parts.map(Vec::as_slice).unwrap_or_default();
        if parts.is_empty() {
            self.say(at, "has no parts");
        }
        match role {
            "user" => {
                for part in parts {
                    self.user(at, part);
                }
                if !self.open.is_empty() {
                    self.say(at, "does not answer every call");
                    self.open.clear();
                }
            }
            "model" => {
                for part in parts {
                    self.model(at, part);
                }
            }
            other => self.say(at, &format!("has the role `{other}`")),
        }
    }

    fn user(&mut self, at: usize, part: &Value) {
        let Some(response) = part.get("functionResponse") else {
            if text(part, "text").is_empty() {
                self.say(at, "has a part without text");
            }
            return;
        };
        let answered = (text(response, "id"), text(response, "name"));
        let next = self.open.first().cloned();
        let is_next = next.is_some_and(|(id, name)| answered == (id.as_str(), name.as_str()));
        if !is_next {
            self.say(at, &format!("answers another call: {response}"));
        }
        if !self.open.is_empty() {
            self.open.remove(0);
        }
        if !response.get("response").is_some_and(Value::is_object) {
            self.say(at, "has a response that is no object");
        }
    }

    fn model(&mut self, at: usize, part: &Value) {
        let signed = part.get("thoughtSignature").and_then(Value::as_str);
        match part.get("functionCall") {
            Some(call) => {
                let (id, name) = (text(call, "id"), text(call, "name"));
                if !tools::is_name(name) || !call.get("args").is_some_and(Value::is_object) {
                    self.say(at, &format!("has a malformed call: {call}"));
                }
                let own = signature(self.seal, name);
                if signed.is_some_and(|signed| signed != own && signed != FOREIGN) {
                    self.say(at, "has a signature that this server never made");
                }
                self.open.push((id.to_owned(), name.to_owned()));
            }
            None => {
                if signed.is_some() {
                    self.say(at, "has a signature that this server never made");
                }
                if text(part, "text").is_empty() {
                    self.say(at, "has a part without text");
                }
            }
        }
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("")
}

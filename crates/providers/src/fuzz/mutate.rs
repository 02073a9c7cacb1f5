//! Small changes of inputs: of their bytes, of their words, and of the JSON in them.

use serde_json::{Value, json};

/// What the wires are made of.
const WORDS: [&str; 36] = [
    "data: ",
    "event: ",
    "id: 1\n",
    ":\n",
    "\n\n",
    "\r\n",
    "\r",
    "\u{feff}",
    "\0",
    "[DONE]",
    "null",
    "{}",
    "[]",
    "\"\"",
    "\"\\ud800\"",
    "1e309",
    "-1",
    "18446744073709551616",
    "\"type\":",
    "\"index\":",
    "\"error\":",
    "\"delta\":",
    "\"done\":true",
    "\"finish_reason\":\"stop\"",
    "\"role\":\"tool\"",
    "\"tool_calls\":",
    "\"arguments\":",
    "\"content\":",
    "\"thinking\":",
    "\"usage\":",
    "\"parts\":",
    "\"input\":",
    "\"signature\":",
    "\"id\":",
    "ß🙂",
    "\u{202e}",
];

/// Makes the next input; the same seed makes the same ones.
pub(super) struct Mutator {
    state: u64,
}

impl Mutator {
    pub(super) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// One of the kept inputs with a few changes.
    pub(super) fn next(&mut self, kept: &[Vec<u8>], max: usize) -> Vec<u8> {
        let mut input = match kept.len() {
            0 => Vec::new(),
            many => kept[self.below(many)].clone(),
        };
        for _ in 0..=self.below(4) {
            self.change(&mut input, kept);
        }
        input.truncate(max);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, kept: &[Vec<u8>]) {
        let (from, to) = self.range(input.len());
        match self.below(9) {
            0 if !input.is_empty() => {
                let at = self.below(input.len());
                input[at] ^= 1 << self.below(8);
            }
            1 => {
                input.drain(from..to);
            }
            2 => {
                let copy = input[from..to].to_vec();
                input.splice(to..to, copy);
            }
            3 => {
                let word = WORDS[self.below(WORDS.len())];
                input.splice(from..from, word.bytes());
            }
            4 => {
                let word = WORDS[self.below(WORDS.len())];
                input.splice(from..to, word.bytes());
            }
            5 if !kept.is_empty() => {
                let other = &kept[self.below(kept.len())];
                let (start, end) = self.range(other.len());
                input.splice(from..to, other[start..end].iter().copied());
            }
            6 => input.truncate(from),
            _ => self.change_json(input),
        }
    }

    /// Changes one value in one of the documents that stand in the lines of an input.
    fn change_json(&mut self, input: &mut Vec<u8>) {
        let Ok(text) = std::str::from_utf8(input) else {
            return;
        };
        let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        let at = self.below(lines.len());
        let line = &mut lines[at];
        let begin = line.find(['{', '[']).unwrap_or(0);
        let (head, document) = line.split_at(begin);
        let Ok(mut value) = serde_json::from_str(document.trim_end()) else {
            return;
        };
        self.change_value(&mut value, 0);
        *line = format!("{head}{value}");
        if self.below(8) == 0 {
            let again = lines[at].clone();
            lines.insert(at, again);
        }
        *input = lines.join("\n").into_bytes();
    }

    fn change_value(&mut self, value: &mut Value, depth: usize) {
        let deeper = depth < 24 && self.below(4) != 0;
        match value {
            Value::Array(items) if deeper && !items.is_empty() => {
                let at = self.below(items.len());
                match self.below(6) {
                    0 => drop(items.remove(at)),
                    1 => items.push(items[at].clone()),
                    _ => self.change_value(&mut items[at], depth + 1),
                }
            }
            Value::Object(members) if deeper && !members.is_empty() => {
                let at = self.below(members.len());
                let Some(name) = members.keys().nth(at).cloned() else {
                    return;
                };
                if self.below(8) == 0 {
                    members.remove(&name);
                } else if let Some(member) = members.get_mut(&name) {
                    self.change_value(member, depth + 1);
                }
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => *value = self.odd_value(),
        }
    }

    fn odd_value(&mut self) -> Value {
        let odd = [
            json!(null),
            json!(true),
            json!(0),
            json!(1),
            json!(-1),
            json!(u64::MAX),
            json!(1e300),
            json!(0.5),
            json!(""),
            json!("a"),
            json!("\u{0}\r\n"),
            json!("{\"a\":"),
            json!("ß".repeat(300)),
            json!([]),
            json!({}),
            json!([null, {}, "x"]),
            json!({"type": "text", "text": "x"}),
        ];
        odd[self.below(odd.len())].clone()
    }

    fn range(&mut self, length: usize) -> (usize, usize) {
        let from = self.below(length + 1);
        let longest = (length - from).min(1 << self.below(9));
        (from, from + self.below(longest + 1))
    }

    /// Below `limit`, which is not 0 (splitmix64).
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let z = z ^ (z >> 31);
        usize::try_from(z % limit.max(1) as u64).unwrap_or_default()
    }
}

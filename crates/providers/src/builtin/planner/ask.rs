//! Questions for what is missing, in the language of the request.

use serde_json::Value;
use weald_domain::tool::ToolSpec;

use super::{
    intent::{Intent, Slot},
    language::Language,
    markdown::{code, plain},
    offered,
    plan::{Asks, Plan},
};

/// Asks for what a plan misses.
pub(super) fn question(plan: &Plan, intent: &Intent, slot: Slot, tools: &[ToolSpec]) -> String {
    let language = plan.language;
    let again = match plan.asks {
        Asks::First => "",
        Asks::Again => language.pick(
            "I could not find that in your answer. ",
            "Das habe ich in der Antwort nicht gefunden. ",
            "我没有从你的回答里找到它。",
        ),
    };
    let hint = language.pick(
        "*`cancel` drops the question.*",
        "*`abbrechen` verwirft die Frage.*",
        "*输入“取消”可放弃这个问题。*",
    );
    let help = help(intent, slot, tools, language);
    let sentence = sentence(intent, slot, tools, language);
    format!("{again}{sentence} {help}\n\n{hint}\n")
}

/// The sentence that a question is known by in the history.
pub(super) fn sentence(
    intent: &Intent,
    slot: Slot,
    tools: &[ToolSpec],
    language: Language,
) -> String {
    let told = match (slot, intent) {
        (Slot::Pattern, _) => language.pick(
            "Which files shall I find?",
            "Welche Dateien soll ich suchen?",
            "要查找哪些文件？",
        ),
        (Slot::File, Intent::CountLines { .. }) => language.pick(
            "Of which file shall I count the lines?",
            "Von welcher Datei soll ich die Zeilen zählen?",
            "要统计哪个文件的行数？",
        ),
        (Slot::File, Intent::Summarise { .. }) => language.pick(
            "Which file shall I summarise?",
            "Welche Datei soll ich zusammenfassen?",
            "要总结哪个文件？",
        ),
        (Slot::File, _) => language.pick(
            "Which file shall I read?",
            "Welche Datei soll ich lesen?",
            "要读取哪个文件？",
        ),
        (Slot::Text, _) => language.pick(
            "What shall I search for?",
            "Wonach soll ich suchen?",
            "要搜索什么？",
        ),
        (Slot::Choice, _) => which_file(language),
        (Slot::Tool, _) => language.pick(
            "Which of these tools do you mean?",
            "Welches dieser Werkzeuge ist gemeint?",
            "你指的是哪个工具？",
        ),
        (Slot::Argument, _) => return argument(intent, tools, language),
    };
    told.to_owned()
}

/// The question which of several files is meant.
pub(super) fn which_file(language: Language) -> &'static str {
    language.pick("Which of them?", "Welche davon?", "哪一个？")
}

fn argument(intent: &Intent, tools: &[ToolSpec], language: Language) -> String {
    let (tool, name, _) = wanted(intent, tools).unwrap_or(("", "", &Value::Null));
    let (tool, name) = (code(tool), code(name));
    match language {
        Language::English => format!("{tool} needs {name}: what shall it be?"),
        Language::German => format!("{tool} braucht {name}: Was soll es sein?"),
        Language::Chinese => format!("{tool} 需要 {name}:应该是什么？"),
    }
}

fn wanted<'a>(intent: &'a Intent, tools: &'a [ToolSpec]) -> Option<(&'a str, &'a str, &'a Value)> {
    let Intent::Tool { name, args } = intent else {
        return None;
    };
    let tool = tools.iter().find(|tool| tool.name == *name)?;
    let (argument, schema) = offered::missing(tool, args)?;
    Some((name, argument, schema))
}

/// What helps to answer.
fn help(intent: &Intent, slot: Slot, tools: &[ToolSpec], language: Language) -> String {
    let told = match slot {
        Slot::Pattern => language.pick(
            "A name or a pattern helps, such as `*.rs`.",
            "Ein Name oder ein Muster hilft, etwa `*.rs`.",
            "名字或通配符都可以，例如 `*.rs`。",
        ),
        Slot::File => language.pick(
            "Its path helps, such as `src/main.rs`.",
            "Ihr Pfad hilft, etwa `src/main.rs`.",
            "请给出路径，例如 `src/main.rs`。",
        ),
        Slot::Text => language.pick(
            "Quotes help, such as `search for \"two words\" in src`.",
            "Anführungszeichen helfen, etwa `suche \"zwei Wörter\" in src`.",
            "可以用引号，例如 `在src里搜索\"两个词\"`。",
        ),
        Slot::Choice => language.pick(
            "Its number or its whole path helps.",
            "Die Nummer oder der ganze Pfad hilft.",
            "请给出序号或完整路径。",
        ),
        Slot::Tool => return tools_of(intent, tools),
        Slot::Argument => {
            let schema = wanted(intent, tools).map(|(_, _, schema)| schema);
            return schema.map_or_else(String::new, described);
        }
    };
    told.to_owned()
}

fn tools_of(intent: &Intent, tools: &[ToolSpec]) -> String {
    let Intent::WhichTool { names } = intent else {
        return String::new();
    };
    let mut out = String::from("\n");
    for (at, name) in names.iter().enumerate() {
        let tool = tools.iter().find(|tool| tool.name == *name);
        let first = tool.and_then(|tool| tool.description.lines().next());
        out.push_str(&format!(
            "\n{}. {}: {}",
            at + 1,
            code(name),
            plain(first.unwrap_or(""))
        ));
    }
    out
}

/// An argument as its schema describes it.
fn described(schema: &Value) -> String {
    let description = schema
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or("");
    let mut out: String = plain(description).chars().take(300).collect();
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array) {
        let allowed: Vec<String> = allowed
            .iter()
            .take(20)
            .map(|value| code(value.as_str().unwrap_or(&value.to_string())))
            .collect();
        out = format!("{out} ({})", allowed.join(", "));
    } else if let Some(kind @ ("array" | "object")) = schema.get("type").and_then(Value::as_str) {
        out = format!("{out} (JSON {})", code(kind));
    }
    out.trim().to_owned()
}

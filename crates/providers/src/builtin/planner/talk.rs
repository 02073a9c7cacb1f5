//! What the planner says of itself, in three languages.

use weald_domain::tool::ToolSpec;

use super::{
    intent::Talk,
    language::Language,
    markdown::{code, plain},
};

/// Tools of other workers that are shown with an example.
const OTHERS_MAX: usize = 20;

/// What can be asked, and the tool each needs.
const EXAMPLES: [(&str, [&str; 3]); 12] = [
    (
        "fs_list",
        [
            "list the files in src",
            "liste die Dateien in src",
            "列出src里的文件",
        ],
    ),
    (
        "fs_list",
        [
            "what are the largest files here?",
            "was sind die größten Dateien hier?",
            "最大的文件有哪些？",
        ],
    ),
    (
        "fs_find",
        ["find *.rs files", "finde alle Rust-Dateien", "查找*.rs"],
    ),
    (
        "fs_find",
        [
            "how many markdown files are there?",
            "wie viele Markdown-Dateien gibt es?",
            "有多少个markdown文件？",
        ],
    ),
    (
        "fs_read",
        ["show me README.md", "zeig mir README.md", "读取README.md"],
    ),
    (
        "fs_read",
        [
            "how many lines has Cargo.toml?",
            "wie viele Zeilen hat Cargo.toml?",
            "Cargo.toml有多少行？",
        ],
    ),
    (
        "fs_read",
        [
            "summarise README.md",
            "fasse README.md zusammen",
            "总结README.md",
        ],
    ),
    (
        "fs_find",
        [
            "find all markdown files, count their lines and summarise them",
            "finde alle Markdown-Dateien, zähle die Zeilen und fasse sie zusammen",
            "查找所有markdown文件，统计行数，然后总结",
        ],
    ),
    (
        "fs_search",
        [
            "search for TODO in src",
            "suche nach TODO in src",
            "在src里搜索TODO",
        ],
    ),
    (
        "git_log",
        [
            "what changed this week?",
            "was hat sich diese Woche geändert?",
            "这周有什么变化？",
        ],
    ),
    (
        "git_status",
        ["git status", "was ist uncommittet?", "当前分支"],
    ),
    (
        "git_diff",
        ["show the diff", "zeig meine Änderungen", "显示差异"],
    ),
];

/// The last line of every answer that a tool gave.
pub(super) fn note(language: Language) -> &'static str {
    language.pick(
        "\n*No language model is connected; fixed rules answered this.*\n",
        "\n*Kein Sprachmodell ist verbunden; feste Regeln haben geantwortet.*\n",
        "\n*没有连接语言模型；这是固定规则的回答。*\n",
    )
}

fn no_model(language: Language) -> &'static str {
    language.pick(
        "No language model is connected. I am the built-in planner: I understand plain requests in \
         English, German and Chinese and answer them with the tools at hand. I cannot write, \
         translate, explain or reason.\n",
        "Kein Sprachmodell ist verbunden. Ich bin der eingebaute Planer: Ich verstehe einfache \
         Bitten auf Deutsch, Englisch und Chinesisch und beantworte sie mit den Werkzeugen, die da \
         sind. Schreiben, übersetzen, erklären oder folgern kann ich nicht.\n",
        "没有连接语言模型。我是内置的规划器：我能听懂简单的中文、英文和德文请求，并用现有的工具来回答。\
         我不会写作、翻译、解释或推理。\n",
    )
}

fn connect(language: Language) -> &'static str {
    language.pick(
        "\nTo talk to a language model, connect one in *Settings → Providers* or with \
         `weald provider add`.\n",
        "\nEin Sprachmodell verbindet man unter *Settings → Providers* oder mit \
         `weald provider add`.\n",
        "\n要使用语言模型，请在 *Settings → Providers* 中连接，或运行 `weald provider add`。\n",
    )
}

fn no_project(language: Language) -> &'static str {
    language.pick(
        "There is no tool in this conversation, most likely because it has no project yet: I may \
         only read what belongs to one. Add a git repository with `weald project add` in its \
         folder, or in the web app, and start a conversation with it.\n",
        "In dieser Unterhaltung gibt es kein Werkzeug, wahrscheinlich weil sie noch kein Projekt \
         hat: Ich darf nur lesen, was zu einem gehört. Füge ein Git-Repository mit `weald project \
         add` in seinem Ordner oder in der Web-App hinzu und beginne damit eine Unterhaltung.\n",
        "这个对话里没有工具，很可能是因为还没有项目：我只能读取项目里的内容。请在 git 仓库的文件夹里运行 \
         `weald project add`，或在网页应用里添加，然后用它开始一个对话。\n",
    )
}

/// Answers what needs no tool.
pub(super) fn say(talk: Talk, tools: &[ToolSpec], language: Language) -> String {
    let whole = |lead: &str| {
        let (no_model, connect) = (no_model(language), connect(language));
        format!("{lead}{no_model}\n{}{connect}", possible(tools, language))
    };
    match talk {
        Talk::Help => whole(""),
        Talk::Greeting => whole(language.pick("Hello. ", "Hallo. ", "你好。")),
        Talk::Unknown => whole(language.pick(
            "I did not understand that. ",
            "Das habe ich nicht verstanden. ",
            "我没有听懂。",
        )),
        Talk::Thanks => language
            .pick("With pleasure.\n", "Gern geschehen.\n", "不客气。\n")
            .into(),
        Talk::Cancelled => language
            .pick(
                "Dropped. What next?\n",
                "Verworfen. Was als Nächstes?\n",
                "已取消。接下来做什么？\n",
            )
            .into(),
        Talk::NothingToCancel => language
            .pick(
                "There is nothing to cancel.\n",
                "Es gibt nichts abzubrechen.\n",
                "没有可以取消的。\n",
            )
            .into(),
        Talk::NothingBefore => language
            .pick(
                "There is nothing before this that I could go on with.\n",
                "Davor gibt es nichts, womit ich weitermachen könnte.\n",
                "前面没有可以继续的内容。\n",
            )
            .into(),
    }
}

/// A tool is missing although others are there.
pub(super) fn missing_tool(name: &str, tools: &[ToolSpec], language: Language) -> String {
    if tools.is_empty() {
        return no_project(language).to_owned() + connect(language);
    }
    let (name, note) = (code(name), note(language));
    match language {
        Language::English => format!(
            "That needs the tool {name}, which is not enabled in this conversation.\n{note}"
        ),
        Language::German => format!(
            "Dafür braucht es das Werkzeug {name}, das in dieser Unterhaltung nicht eingeschaltet \
             ist.\n{note}"
        ),
        Language::Chinese => format!("这需要工具 {name},但它在这个对话里没有启用。\n{note}"),
    }
}

fn possible(tools: &[ToolSpec], language: Language) -> String {
    if tools.is_empty() {
        return no_project(language).to_owned();
    }
    let has = |name: &str| tools.iter().any(|tool| tool.name == name);
    let lead = language.pick("Try one of these:", "Zum Beispiel:", "可以试试：");
    let mut out = format!("{lead}\n\n");
    for (_, examples) in EXAMPLES.iter().filter(|(tool, _)| has(tool)) {
        let [english, german, chinese] = *examples;
        out.push_str(&format!(
            "- {}\n",
            code(language.pick(english, german, chinese))
        ));
    }
    let is_other = |tool: &&ToolSpec| !EXAMPLES.iter().any(|(known, _)| *known == tool.name);
    for tool in tools.iter().filter(is_other).take(OTHERS_MAX) {
        let description = tool.description.lines().next().unwrap_or("");
        let example = tool.examples.first();
        let example = example.map_or_else(String::new, |e| format!(" {}", code(&e.description)));
        out.push_str(&format!(
            "- {}: {}{example}\n",
            code(&tool.name),
            plain(description)
        ));
    }
    out
}

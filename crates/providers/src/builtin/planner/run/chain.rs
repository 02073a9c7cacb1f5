//! Steps about one file, or about each of those that were found.

use serde_json::{Value, json};

use super::{
    super::{
        ask,
        intent::Subject,
        language::Language,
        markdown::{code, plain, table},
        summary,
        unit::Unit,
    },
    Came, Halt, Run, files,
};
use crate::tool_output;

/// Lines that are read when a request names none: more would not fit into an answer.
const LINES: u64 = 400;
/// Files that one step reads, and that one shows whole.
const FILES_MAX: usize = 8;
const SHOWN_MAX: usize = 3;

/// Why a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Reading,
    Counting,
    Summary,
}

impl Run<'_> {
    pub(super) fn read(&mut self, of: &Subject, lines: Option<(u64, u64)>) -> Result<(), Halt> {
        for path in self.paths(of, SHOWN_MAX)? {
            let result = self.file(&path, For::Reading, lines)?;
            let shown = files::content(&result, self.language);
            let shown = shown.unwrap_or_else(|| self.as_it_is("fs_read", &result.to_string()));
            self.say_apart(&shown);
        }
        Ok(())
    }

    pub(super) fn count_lines(&mut self, of: &Subject) -> Result<(), Halt> {
        let paths = self.paths(of, FILES_MAX)?;
        let mut rows: Vec<(String, u64)> = vec![];
        for path in &paths {
            let result = self.file(path, For::Counting, None)?;
            let Some(lines) = result.get("total_lines").and_then(Value::as_u64) else {
                let shown = self.as_it_is("fs_read", &result.to_string());
                self.say_apart(&shown);
                continue;
            };
            let name = result.get("path").and_then(Value::as_str).unwrap_or(path);
            rows.push((name.to_owned(), lines));
        }
        let counted = |lines: u64| {
            let lines = usize::try_from(lines).unwrap_or(usize::MAX);
            self.language.counted(lines, Unit::Line)
        };
        let told = match rows.as_slice() {
            [] => return Ok(()),
            [(path, lines)] => {
                let (path, lines) = (code(path), counted(*lines));
                match self.language {
                    Language::English => format!("{path} has {lines}.\n"),
                    Language::German => format!("{path} hat {lines}.\n"),
                    Language::Chinese => format!("{path} 有 {lines}。\n"),
                }
            }
            rows => {
                let all_lines = rows.iter().map(|(_, lines)| *lines);
                let sum = all_lines.fold(0, u64::saturating_add);
                let cells: Vec<Vec<String>> = rows
                    .iter()
                    .map(|(path, lines)| vec![code(path), lines.to_string()])
                    .collect();
                let head =
                    self.language
                        .pick(["File", "Lines"], ["Datei", "Zeilen"], ["文件", "行数"]);
                let all = self.language.pick("Together", "Zusammen", "总计");
                let colon = self.language.pick(": ", ": ", "：");
                format!(
                    "{}\n{all}{colon}**{}**\n",
                    table(&head, &cells),
                    counted(sum)
                )
            }
        };
        self.say_apart(&told);
        Ok(())
    }

    pub(super) fn summarise(&mut self, of: &Subject) -> Result<(), Halt> {
        for path in self.paths(of, FILES_MAX)? {
            let result = self.file(&path, For::Summary, None)?;
            let told = summarised(&result, self.language);
            let told = told.unwrap_or_else(|| self.as_it_is("fs_read", &result.to_string()));
            self.say_apart(&told);
        }
        Ok(())
    }

    /// The paths that a step is about.
    fn paths(&mut self, of: &Subject, most: usize) -> Result<Vec<String>, Halt> {
        let found = &self.found.paths;
        match of {
            Subject::File(path) => Ok(vec![path.clone()]),
            Subject::Unnamed => Ok(vec![]),
            Subject::Nth(nth) => {
                let path = nth.checked_sub(1).and_then(|at| found.get(at)).cloned();
                path.map(|path| vec![path])
                    .ok_or_else(|| self.end(&too_few(*nth, self.language)))
            }
            Subject::Found if found.is_empty() => Err(self.end("")),
            Subject::Found => {
                let paths = found.iter().take(most).cloned().collect();
                let all = found.len();
                if all > most {
                    let note = match self.language {
                        Language::English => format!("The first {most} of {all}:\n"),
                        Language::German => format!("Die ersten {most} von {all}:\n"),
                        Language::Chinese => format!("{all} 个中的前 {most} 个：\n"),
                    };
                    self.say_apart(&note);
                }
                Ok(paths)
            }
        }
    }

    /// A file; one that is named without its folder is looked for when it is not there.
    fn file(&mut self, path: &str, why: For, lines: Option<(u64, u64)>) -> Result<Value, Halt> {
        let reason = match self.read_at(path, why, lines)? {
            Came::Well(output) => return Ok(document(&output)),
            Came::Failed(reason) => reason,
        };
        if path.contains('/') || !self.has("fs_find") {
            return Err(self.give_up(&reason));
        }
        let name = code(path);
        let lead = match self.language {
            Language::English => format!("{name} is not there; I look for it elsewhere."),
            Language::German => format!("{name} ist nicht da; ich suche woanders danach."),
            Language::Chinese => format!("{name} 不在那里，我去别处找。"),
        };
        let found = match self.call(&lead, "fs_find", Self::elsewhere(path))? {
            Came::Well(output) => document(&output),
            Came::Failed(reason) => return Err(self.give_up(&reason)),
        };
        match files::texts(&found, "paths").unwrap_or_default().as_slice() {
            [] => Err(self.end(self.language.pick(
                "There is no file of that name in the project.\n",
                "Im Projekt gibt es keine Datei dieses Namens.\n",
                "项目中没有这个名字的文件。\n",
            ))),
            [only] => match self.read_at(only, why, lines)? {
                Came::Well(output) => Ok(document(&output)),
                Came::Failed(reason) => Err(self.give_up(&reason)),
            },
            several => {
                let mut list = String::new();
                for (at, path) in several.iter().enumerate().take(FILES_MAX * 2) {
                    list.push_str(&format!("{}. {}\n", at + 1, code(path)));
                }
                let question = ask::which_file(self.language);
                Err(self.end(&format!("{list}\n{question}\n")))
            }
        }
    }

    fn read_at(&mut self, path: &str, why: For, lines: Option<(u64, u64)>) -> Result<Came, Halt> {
        let args = match (why, lines) {
            (For::Counting, _) => json!({"path": path, "limit": 1}),
            (_, Some((offset, limit))) => json!({"path": path, "offset": offset, "limit": limit}),
            (_, None) => json!({"path": path, "limit": LINES}),
        };
        let name = code(path);
        let lead = match (why, self.language) {
            (For::Reading | For::Summary, Language::English) => format!("I read {name}."),
            (For::Reading | For::Summary, Language::German) => format!("Ich lese {name}."),
            (For::Reading | For::Summary, Language::Chinese) => format!("我读取 {name}。"),
            (For::Counting, Language::English) => format!("I count the lines of {name}."),
            (For::Counting, Language::German) => format!("Ich zähle die Zeilen von {name}."),
            (For::Counting, Language::Chinese) => format!("我统计 {name} 的行数。"),
        };
        self.call(&lead, "fs_read", args)
    }

    /// Adds a paragraph to the answer.
    fn say_apart(&mut self, text: &str) {
        if !self.said.is_empty() && !self.said.ends_with("\n\n") {
            self.said.push('\n');
        }
        self.said.push_str(text);
    }
}

fn document(output: &Value) -> Value {
    tool_output::document(output).unwrap_or_else(|| Value::String(tool_output::text(output)))
}

fn too_few(nth: usize, language: Language) -> String {
    match language {
        Language::English => format!("There is no number {nth} among them.\n"),
        Language::German => format!("Eine Nummer {nth} ist nicht dabei.\n"),
        Language::Chinese => format!("其中没有第 {nth} 个。\n"),
    }
}

/// A file in a few lines, all of them its own.
fn summarised(result: &Value, language: Language) -> Option<String> {
    let path = result.get("path")?.as_str()?;
    let text = result.get("text")?.as_str()?;
    let all = result
        .get("total_lines")
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let lines = language.counted(usize::try_from(all).unwrap_or(usize::MAX), Unit::Line);
    let mut out = format!("**{}** ({lines})\n\n", code(path));
    if summary::is_code(path) {
        let (items, count) = summary::declarations(text);
        let items: Vec<String> = items.iter().map(|item| code(item)).collect();
        let declares = language.pick("Declares", "Deklariert", "声明");
        out.push_str(&format!("{declares} ({count}): {}\n", items.join(", ")));
    } else {
        for sentence in summary::sentences(text) {
            out.push_str(&format!("> {}\n>\n", plain(&sentence)));
        }
        let headings: Vec<String> = summary::headings(text).iter().map(|h| plain(h)).collect();
        if headings.len() > 1 {
            let sections = language.pick("Sections", "Abschnitte", "章节");
            out.push_str(&format!("\n{sections}: {}\n", headings.join(" · ")));
        }
    }
    if result.get("truncated").and_then(Value::as_bool) == Some(true) {
        out.push_str(language.pick(
            "\nOnly its beginning was read.\n",
            "\nNur der Anfang wurde gelesen.\n",
            "\n只读取了开头部分。\n",
        ));
    }
    Some(out)
}

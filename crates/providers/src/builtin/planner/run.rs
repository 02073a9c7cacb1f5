//! Runs a plan by replaying it: each step takes the results that are there, in order, and the first
//! one that is not there yet is the next call.

mod arguments;
mod chain;
mod files;
mod folder;
mod repository;

use serde_json::{Value, json};
use weald_domain::{
    message::{Outcome, ToolPart, ToolState},
    tool::ToolSpec,
};

use super::{
    Reply, ask,
    intent::{Intent, Talk},
    language::Language,
    markdown::{block, code, plain},
    plan::Plan,
    talk,
};
use crate::tool_output;

/// Characters of a result that are shown as they are.
const SHOWN_MAX: usize = 4_000;

/// What the next reply of a turn is, after these calls.
pub(super) fn reply(plan: &Plan, calls: &[&ToolPart], tools: &[ToolSpec]) -> Reply {
    let language = plan.language;
    if let Some(name) = unavailable(plan, tools) {
        return Reply::Say(talk::missing_tool(name, tools, language));
    }
    if let Some((step, slot)) = plan.missing(tools)
        && let Some(intent) = plan.steps.get(step)
    {
        return Reply::Say(ask::question(plan, intent, slot, tools));
    }
    if let [Intent::Talk(talk)] = plan.steps.as_slice() {
        return Reply::Say(talk::say(*talk, tools, language));
    }
    let mut run = Run {
        calls,
        taken: 0,
        tools,
        language,
        read_as: read_as(plan),
        said: String::new(),
        found: Found::default(),
    };
    for (at, step) in plan.steps.iter().enumerate() {
        if at > 0 {
            run.said.push('\n');
        }
        if let Err(Halt(reply)) = run.step(step) {
            return *reply;
        }
    }
    Reply::Say(run.said + talk::note(language))
}

/// A tool that the plan needs and the conversation does not have.
fn unavailable<'a>(plan: &'a Plan, tools: &[ToolSpec]) -> Option<&'a str> {
    let mut needed = plan.steps.iter().filter_map(Intent::tool);
    needed.find(|name| !tools.iter().any(|tool| tool.name == *name))
}

/// Says which misspelt words were read as what.
fn read_as(plan: &Plan) -> String {
    let said: Vec<String> = plan
        .read_as
        .iter()
        .map(|(said, meant)| match plan.language {
            Language::English => format!("I read {} as {}. ", code(said), code(meant)),
            Language::German => format!("Ich lese {} als {}. ", code(said), code(meant)),
            Language::Chinese => format!("我把 {} 当作 {}。", code(said), code(meant)),
        })
        .collect();
    said.concat()
}

/// The reply with which a call of the planner ends before the plan does.
struct Halt(Box<Reply>);

/// What a call came to, when the plan can go on with it.
enum Came {
    Well(Value),
    Failed(String),
}

/// The files that the last step found.
#[derive(Debug, Default)]
struct Found {
    paths: Vec<String>,
    /// How many things it counted, and what they are in words.
    counted: String,
}

struct Run<'a> {
    calls: &'a [&'a ToolPart],
    taken: usize,
    tools: &'a [ToolSpec],
    language: Language,
    read_as: String,
    said: String,
    found: Found,
}

impl Run<'_> {
    /// One step: what it calls, and what it adds to the answer.
    fn step(&mut self, step: &Intent) -> Result<(), Halt> {
        match step {
            Intent::Read { of, lines } => self.read(of, *lines),
            Intent::CountLines { of } => self.count_lines(of),
            Intent::Summarise { of } => self.summarise(of),
            Intent::Count => {
                let counted = std::mem::take(&mut self.found.counted);
                self.said.push_str(&format!("**{counted}**\n"));
                Ok(())
            }
            Intent::Talk(Talk::Unknown) | Intent::Talk(_) | Intent::WhichTool { .. } => Ok(()),
            Intent::List { .. }
            | Intent::Largest { .. }
            | Intent::Find { .. }
            | Intent::CountFiles { .. }
            | Intent::Search { .. }
            | Intent::Log { .. }
            | Intent::Status
            | Intent::Diff { .. }
            | Intent::Tool { .. } => self.single(step),
        }
    }

    /// A step that is one call.
    fn single(&mut self, step: &Intent) -> Result<(), Halt> {
        let Some((lead, args)) = arguments::of(step, self.language) else {
            return Ok(());
        };
        let tool = step.tool().unwrap_or("");
        let output = match self.call(&lead, tool, args)? {
            Came::Well(output) => output,
            Came::Failed(reason) => return Err(self.give_up(&reason)),
        };
        let document = tool_output::document(&output);
        let told = document.as_ref().and_then(|result| self.told(step, result));
        if let Some(result) = &document {
            self.found = files::found_by(step, result, self.language);
        }
        let told = told.unwrap_or_else(|| self.as_it_is(tool, &tool_output::text(&output)));
        self.said.push_str(&told);
        Ok(())
    }

    /// What a result says; none when it is not what the tool promises.
    fn told(&self, step: &Intent, result: &Value) -> Option<String> {
        let language = self.language;
        match step {
            Intent::List { .. } => folder::listing(result, language),
            Intent::Largest { path } => folder::largest(path, result, language),
            Intent::Find { .. } => files::found(result, language),
            Intent::CountFiles { path, glob } => files::count(path, glob, result, language),
            Intent::Search { .. } => files::hits(result, language),
            Intent::Log { period, .. } => repository::log(period.as_ref(), result, language),
            Intent::Status => repository::status(result, language),
            Intent::Diff { .. } => repository::diff(result, language),
            Intent::Count
            | Intent::Read { .. }
            | Intent::CountLines { .. }
            | Intent::Summarise { .. }
            | Intent::Tool { .. }
            | Intent::WhichTool { .. }
            | Intent::Talk(_) => None,
        }
    }

    /// The result of the next call, or the call itself when it was not made yet.
    fn call(&mut self, lead: &str, tool: &str, args: Value) -> Result<Came, Halt> {
        let Some(made) = self.calls.get(self.taken) else {
            let guesses = if self.taken == 0 {
                self.read_as.as_str()
            } else {
                ""
            };
            return Err(Halt(Box::new(Reply::Call {
                lead: format!("{guesses}{lead}\n\n"),
                tool: tool.to_owned(),
                args,
            })));
        };
        self.taken += 1;
        let language = self.language;
        let ToolState::Ended {
            outcome, output, ..
        } = &made.state
        else {
            return Err(self.end(language.pick(
                "The call was interrupted before it ran. Ask again to repeat it.\n",
                "Der Aufruf wurde abgebrochen, bevor er lief. Frag noch einmal, um ihn zu wiederholen.\n",
                "调用在运行之前被中断了。请再问一次。\n",
            )));
        };
        let text = || tool_output::text(output);
        match outcome {
            Outcome::Ok if made.tool == tool => Ok(Came::Well(output.clone())),
            // Another model began this turn; its call is no step of this plan.
            Outcome::Ok => Err(self.end(&self.as_it_is(&made.tool, &text()))),
            Outcome::Error => Ok(Came::Failed(plain(&text()))),
            Outcome::Denied => {
                let lead = language.pick(
                    "That was not allowed, so I stopped: ",
                    "Das wurde nicht erlaubt, darum höre ich hier auf: ",
                    "这没有得到允许，所以我停下了：",
                );
                Err(self.end(&format!("{lead}{}\n", plain(&text()))))
            }
            Outcome::Unknown => Err(self.end(&unknown_outcome(&made.tool, language))),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.tools.iter().any(|tool| tool.name == name)
    }

    /// Ends the turn with what was said so far, and why it ends here.
    fn end(&self, why: &str) -> Halt {
        let said = &self.said;
        let note = talk::note(self.language);
        Halt(Box::new(Reply::Say(format!("{said}{why}{note}"))))
    }

    fn give_up(&self, reason: &str) -> Halt {
        let lead = self
            .language
            .pick("That did not work: ", "Das ging nicht: ", "没有成功：");
        self.end(&format!("{lead}{reason}\n"))
    }

    /// A result that is not what the tool promises, or from a tool without rules.
    fn as_it_is(&self, tool: &str, text: &str) -> String {
        let shown: String = text.chars().take(SHOWN_MAX).collect();
        let rest = if shown.len() < text.len() {
            self.language.pick(
                "\nThere is more; what came was cut.\n",
                "\nEs gibt noch mehr; der Rest ist abgeschnitten.\n",
                "\n内容太长，已截断。\n",
            )
        } else {
            ""
        };
        let answered = self.language.pick("answered", "hat geantwortet", "的回答");
        format!("{} {answered}:\n\n{}{rest}", code(tool), block("", &shown))
    }

    /// Looks for a file that is not where it was said to be: its arguments.
    fn elsewhere(name: &str) -> Value {
        json!({"path": ".", "glob": name})
    }
}

fn unknown_outcome(tool: &str, language: Language) -> String {
    let name = code(tool);
    match language {
        Language::English => format!(
            "Weald was stopped while {name} ran; it is not known how that ended. Ask again to \
             repeat it.\n"
        ),
        Language::German => format!(
            "Weald wurde angehalten, während {name} lief; wie das ausging, ist nicht bekannt. Frag \
             noch einmal, um es zu wiederholen.\n"
        ),
        Language::Chinese => {
            format!("Weald 在 {name} 运行时被停止；结果未知。请再问一次。\n")
        }
    }
}

//! A plan: the steps that a request stands for, and what must be asked before them.

use weald_domain::tool::ToolSpec;

use super::{
    ask,
    intent::{Intent, Slot, Subject, Talk},
    language::Language,
    offered,
    rules::{self, Known},
    slot::{Slots, glob_of_name, is_path_like},
    word::Word,
};

/// Words of an answer that is no sentence.
const BARE_MAX: usize = 3;
/// Letters of a text that is searched for.
const TEXT_MAX: usize = 200;

/// What is to be done for a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) steps: Vec<Intent>,
    pub(super) language: Language,
    /// Words that were misspelt, and what they were read as.
    pub(super) read_as: Vec<(String, String)>,
    /// Whether the question was asked before and its answer did not fit.
    pub(super) asks: Asks,
}

/// How often a question was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    First,
    Again,
}

/// A question that waits for its answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    pub(super) plan: Plan,
    pub(super) step: usize,
    pub(super) slot: Slot,
    /// What can be chosen from.
    pub(super) options: Vec<String>,
}

impl Plan {
    /// The first thing that must be asked: which step, and what of it.
    pub(super) fn missing(&self, tools: &[ToolSpec]) -> Option<(usize, Slot)> {
        let mut steps = self.steps.iter().enumerate();
        steps.find_map(|(at, step)| Some((at, missing(step, tools)?)))
    }

    /// The question that a plan asks, with the sentence it asks it with.
    pub(super) fn question(&self, tools: &[ToolSpec]) -> Option<(Question, String)> {
        let (step, slot) = self.missing(tools)?;
        let intent = self.steps.get(step)?;
        let options = if let Intent::WhichTool { names } = intent {
            names.clone()
        } else {
            vec![]
        };
        let sentence = ask::sentence(intent, slot, tools, self.language);
        let plan = self.clone();
        Some((
            Question {
                plan,
                step,
                slot,
                options,
            },
            sentence,
        ))
    }
}

fn missing(step: &Intent, tools: &[ToolSpec]) -> Option<Slot> {
    match step {
        Intent::Find { glob: None, .. } => Some(Slot::Pattern),
        Intent::Search { text: None, .. } => Some(Slot::Text),
        Intent::WhichTool { .. } => Some(Slot::Tool),
        Intent::Tool { name, args } => {
            let tool = tools.iter().find(|tool| tool.name == *name)?;
            offered::missing(tool, args).map(|_| Slot::Argument)
        }
        Intent::Read { of, .. } | Intent::CountLines { of } | Intent::Summarise { of } => {
            (*of == Subject::Unnamed).then_some(Slot::File)
        }
        Intent::List { .. }
        | Intent::Largest { .. }
        | Intent::Find { .. }
        | Intent::CountFiles { .. }
        | Intent::Count
        | Intent::Search { .. }
        | Intent::Log { .. }
        | Intent::Status
        | Intent::Diff { .. }
        | Intent::Talk(_) => None,
    }
}

impl Question {
    /// What the next message makes of the question: filled, dropped, asked again, or left for
    /// another request.
    pub(super) fn answered(self, text: &str, words: &[Word], known: &Known<'_>) -> Plan {
        let slots = Slots::new(words);
        if rules::is_cancel(&slots) {
            return self.with(vec![Intent::Talk(Talk::Cancelled)]);
        }
        let fresh = rules::recognise(words, known);
        let is_talk = |step: &Intent| matches!(step, Intent::Talk(_) | Intent::WhichTool { .. });
        let is_request = !fresh.iter().any(is_talk) && !self.is_bare(&slots);
        let is_help = fresh == [Intent::Talk(Talk::Help)];
        if is_request || is_help {
            return self.with(fresh);
        }
        match self.filled(text, &slots, known.tools) {
            Some(step) => {
                let mut steps = self.plan.steps.clone();
                if let Some(place) = steps.get_mut(self.step) {
                    *place = step;
                }
                self.with(steps)
            }
            None => Plan {
                asks: Asks::Again,
                ..self.plan
            },
        }
    }

    fn with(&self, steps: Vec<Intent>) -> Plan {
        Plan {
            steps,
            language: self.plan.language,
            read_as: vec![],
            asks: Asks::First,
        }
    }

    /// Whether a message is no more than a value: a name, a quotation, a number.
    fn is_bare(&self, slots: &Slots<'_>) -> bool {
        let count = slots.words().len();
        match self.slot {
            Slot::Text => count == 1 || (slots.quoted().is_some() && count <= BARE_MAX),
            Slot::Pattern | Slot::File | Slot::Choice => {
                let names = |word: &Word| is_path_like(&word.raw) || word.raw.contains('*');
                count == 1 || (count <= BARE_MAX && slots.words().first().is_some_and(names))
            }
            Slot::Argument => count <= 2,
            Slot::Tool => count == 1,
        }
    }

    /// The step with the answer in its place.
    fn filled(&self, text: &str, slots: &Slots<'_>, tools: &[ToolSpec]) -> Option<Intent> {
        let step = self.plan.steps.get(self.step)?.clone();
        let one = || match slots.words() {
            [word] => Some(word.raw.clone()).filter(|raw| raw.chars().any(char::is_alphanumeric)),
            _ => None,
        };
        let said = || slots.quoted().map(str::to_owned);
        match step {
            Intent::Find { path, .. } => {
                let glob = slots
                    .glob()
                    .or_else(said)
                    .or_else(|| Some(glob_of_name(&one()?)))?;
                Some(Intent::Find {
                    path,
                    glob: Some(glob),
                })
            }
            Intent::Search { path, .. } => {
                let whole = || one().or_else(|| short(text, slots));
                let text = Some(said().or_else(whole)?);
                Some(Intent::Search { path, text })
            }
            Intent::WhichTool { .. } => {
                let name = self.option(slots)?;
                offered::chosen(slots, tools, &name)
            }
            Intent::Tool { name, mut args } => {
                let tool = tools.iter().find(|tool| tool.name == name)?;
                let (argument, schema) = offered::missing(tool, &args)?;
                let value = offered::parse(&said().unwrap_or_else(|| text.to_owned()), schema)?;
                args.insert(argument.to_owned(), value);
                Some(Intent::Tool { name, args })
            }
            step @ (Intent::Read { .. } | Intent::CountLines { .. } | Intent::Summarise { .. }) => {
                let path = self
                    .option(slots)
                    .or_else(|| slots.file())
                    .or_else(said)
                    .or_else(one)?;
                Some(step.about(path))
            }
            Intent::List { .. }
            | Intent::Largest { .. }
            | Intent::CountFiles { .. }
            | Intent::Count
            | Intent::Log { .. }
            | Intent::Status
            | Intent::Diff { .. }
            | Intent::Talk(_) => None,
        }
    }

    /// The one of several that is meant: by its number, or by a part of its name.
    fn option(&self, slots: &Slots<'_>) -> Option<String> {
        let nth = slots.ordinal().and_then(|nth| nth.checked_sub(1));
        let named = || {
            let mut named = self.options.iter().filter(|option| {
                let part = |word: &Word| word.raw.len() > 1 && option.contains(word.raw.as_str());
                slots.words().iter().any(part)
            });
            let first = named.next();
            first.filter(|_| named.next().is_none())
        };
        let exact = self
            .options
            .iter()
            .find(|option| slots.words().iter().any(|w| w.raw == **option));
        let option = exact.or_else(|| nth.and_then(|nth| self.options.get(nth)));
        option.or_else(named).cloned()
    }
}

/// A whole message as a text to search for, when it is short.
fn short(text: &str, slots: &Slots<'_>) -> Option<String> {
    let text = text.trim();
    let is_short = !slots.words().is_empty() && text.len() <= TEXT_MAX && !text.contains('\n');
    is_short.then(|| text.to_owned())
}

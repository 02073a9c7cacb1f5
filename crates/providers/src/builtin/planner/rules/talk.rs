//! Words about the talk itself.

use super::{
    super::{
        intent::{Intent, Subject, Talk},
        slot::Slots,
    },
    Known,
};

/// Lines that `more` shows.
const MORE: u64 = 400;

/// A few words that stand for themselves: `cancel`, `again`, `more`, `the second`.
pub(super) fn short(slots: &Slots<'_>, known: &Known<'_>) -> Option<Intent> {
    let count = slots.words().len();
    if count > 4 {
        return None;
    }
    if is_cancel(slots) {
        return Some(Intent::Talk(Talk::NothingToCancel));
    }
    if slots.has(&["again", "repeat"]) && count <= 3 && slots.file().is_none() {
        let last = known.before.last().cloned();
        return Some(last.unwrap_or(Intent::Talk(Talk::NothingBefore)));
    }
    let is_more = slots.has(&["more", "continue"]) || slots.says("go on");
    if is_more && slots.file().is_none() && slots.pattern().is_none() {
        return Some(match &known.goes_on {
            Some((path, next)) => Intent::Read {
                of: Subject::File(path.clone()),
                lines: Some((*next, MORE)),
            },
            None => Intent::Talk(Talk::NothingBefore),
        });
    }
    let is_thanks = slots.has(&["thanks", "thank", "danke", "谢谢", "谢谢你", "thx"]);
    is_thanks.then_some(Intent::Talk(Talk::Thanks))
}

/// Whether a question is to be dropped.
pub(in super::super) fn is_cancel(slots: &Slots<'_>) -> bool {
    slots.words().len() <= 4
        && (slots.has(&["cancel", "nevermind", "abort", "forget"])
            || slots.says("never mind")
            || (slots.words().len() == 1 && slots.has(&["stop", "nothing", "no"])))
}

/// Help and greetings.
pub(super) fn any(slots: &Slots<'_>) -> Option<Intent> {
    let is_help = slots.has(&["help", "examples"])
        || slots.says("can you")
        || slots.says("what can")
        || slots.says("who are you")
        || slots.says("what are you")
        || slots.says("how do you work");
    // `can you write a poem` is not asked for by those words.
    if is_help && (slots.words().len() <= 5 || slots.has(&["help"])) {
        return Some(Intent::Talk(Talk::Help));
    }
    let greetings = [
        "hi",
        "hello",
        "hey",
        "morning",
        "afternoon",
        "evening",
        "ciao",
        "嗨",
    ];
    let is_greeting = slots.words().len() <= 5 && slots.has(&greetings);
    is_greeting.then_some(Intent::Talk(Talk::Greeting))
}

//! What of a message has been shown, so that nothing is shown twice or left out.

use std::collections::HashMap;

use weald_api::domain::id::MessageId;

/// Characters shown of each part of the message that is being written.
#[derive(Debug, Default)]
pub(super) struct Progress {
    message: Option<MessageId>,
    shown: HashMap<u32, u64>,
}

impl Progress {
    /// A message begins; one that began before goes on where it was.
    pub(super) fn begin(&mut self, message: MessageId) {
        if self.message != Some(message) {
            self.message = Some(message);
            self.shown.clear();
        }
    }

    /// The end of `text` that has not been shown yet; `offset` counts the characters before it.
    pub(super) fn take<'a>(
        &mut self,
        message: MessageId,
        part: u32,
        offset: u64,
        text: &'a str,
    ) -> &'a str {
        self.begin(message);
        let shown = self.shown.entry(part).or_default();
        let seen = usize::try_from(shown.saturating_sub(offset)).unwrap_or(usize::MAX);
        let new = text
            .char_indices()
            .nth(seen)
            .map_or("", |(at, _)| text.split_at(at).1);
        if !new.is_empty() {
            *shown = offset + text.chars().count() as u64;
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use weald_api::domain::{id::uuid_v7, time::UnixMillis};

    use super::*;

    #[test]
    fn a_text_that_comes_again_is_shown_once() {
        let message = MessageId(uuid_v7(UnixMillis(1), &[1; 10]));
        let other = MessageId(uuid_v7(UnixMillis(2), &[1; 10]));
        let mut progress = Progress::default();
        assert_eq!(progress.take(message, 0, 0, "grün"), "grün");
        assert_eq!(progress.take(message, 0, 0, "grün"), "");
        assert_eq!(progress.take(message, 0, 0, "grüne W"), "e W");
        assert_eq!(progress.take(message, 0, 6, "Wald"), "ald");
        assert_eq!(progress.take(message, 1, 0, "grün"), "grün");
        assert_eq!(progress.take(other, 0, 0, "grün"), "grün");
    }
}

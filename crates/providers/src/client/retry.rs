//! Whether and when a call that failed before its first byte is tried again.

use std::time::Duration;

use weald_domain::{
    id::SessionId,
    model::{ModelError, ModelErrorKind},
};

use super::ClientConfig;

/// The wait before the next try; none when there is no next try.
pub(super) fn wait(
    error: &ModelError,
    attempt: u32,
    session: SessionId,
    config: &ClientConfig,
) -> Option<Duration> {
    let tried_again = match error.kind {
        ModelErrorKind::RateLimit | ModelErrorKind::Provider | ModelErrorKind::Network => {
            error.retryable
        }
        // A provider that was silent for the whole header deadline is not asked to be silent again.
        ModelErrorKind::BadRequest
        | ModelErrorKind::Auth
        | ModelErrorKind::CutStream
        | ModelErrorKind::Timeout
        | ModelErrorKind::TooLarge => false,
    };
    if !tried_again || attempt >= config.retries {
        return None;
    }
    match error.retry_after {
        Some(after) if after > config.retry_after_max => None,
        Some(after) => Some(after),
        None => {
            Some(config.backoff * 2_u32.saturating_pow(attempt) + spread(session, attempt, config))
        }
    }
}

/// Up to half the first wait, different for each session, so that many do not come back at once.
fn spread(session: SessionId, attempt: u32, config: &ClientConfig) -> Duration {
    let bytes = session.uuid().into_bytes();
    let place = usize::try_from(attempt).unwrap_or(0) % 4;
    let byte = bytes.iter().rev().nth(place).copied().unwrap_or(0);
    config.backoff * u32::from(byte) / 512
}

#[cfg(test)]
mod tests {
    use weald_domain::id::DEPLOYMENT_STREAM;

    use super::*;
    use crate::failure;

    fn wait_of(error: &ModelError, attempt: u32) -> Option<u128> {
        let session = SessionId(DEPLOYMENT_STREAM.uuid());
        wait(error, attempt, session, &ClientConfig::default()).map(|wait| wait.as_millis())
    }

    #[test]
    fn waits_double_and_end() {
        let error = failure::passing(ModelErrorKind::Provider, "provider_unavailable", "x");
        let waits: Vec<_> = (0..4).map(|attempt| wait_of(&error, attempt)).collect();
        assert_eq!(waits, [Some(500), Some(1_000), Some(2_000), None]);
    }

    #[test]
    fn a_provider_that_says_when_is_taken_at_its_word_up_to_a_limit() {
        let after = |seconds| {
            let after = Some(Duration::from_secs(seconds));
            failure::passing_after(ModelErrorKind::RateLimit, "rate_limited", "x", after)
        };
        assert_eq!(wait_of(&after(7), 0), Some(7_000));
        assert_eq!(wait_of(&after(31), 0), None);
    }

    #[test]
    fn what_would_fail_again_is_not_tried_again() {
        let lasting = failure::lasting(ModelErrorKind::Auth, "unauthorized", "x");
        let silent = failure::passing(ModelErrorKind::Timeout, "header_timeout", "x");
        assert_eq!((wait_of(&lasting, 0), wait_of(&silent, 0)), (None, None));
    }
}

//! The exit codes, fixed for good (`weald help exit-codes`).

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It worked.
    Ok = 0,
    /// It failed.
    Failed = 1,
    /// The arguments or a value are wrong.
    Usage = 2,
    /// What was named does not exist.
    NotFound = 3,
    /// The credential is missing or refused.
    Authentication = 4,
    /// A policy or a person said no.
    Denied = 5,
    /// Something else is in the way (HTTP 409).
    Conflict = 6,
    /// A budget or a quota is used up.
    Budget = 7,
    /// A person must answer, and there is no terminal or `--no-input` was given.
    NeedsInput = 8,
    /// The time given ran out.
    TimedOut = 9,
    /// The provider or the network failed.
    Provider = 10,
    /// Too much at once: try again later.
    TryAgain = 75,
    /// Ctrl+C.
    Interrupted = 130,
}

impl Exit {
    /// Every code, in order.
    pub(crate) const ALL: [Self; 13] = [
        Self::Ok,
        Self::Failed,
        Self::Usage,
        Self::NotFound,
        Self::Authentication,
        Self::Denied,
        Self::Conflict,
        Self::Budget,
        Self::NeedsInput,
        Self::TimedOut,
        Self::Provider,
        Self::TryAgain,
        Self::Interrupted,
    ];

    /// The number.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    /// What it means, for `weald help exit-codes`.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Usage => "usage or validation",
            Self::NotFound => "not found",
            Self::Authentication => "authentication",
            Self::Denied => "permission denied by policy or user",
            Self::Conflict => "conflict",
            Self::Budget => "budget or quota",
            Self::NeedsInput => "needs input while --no-input or without a terminal",
            Self::TimedOut => "time-out",
            Self::Provider => "provider or network",
            Self::TryAgain => "try again (rate limit)",
            Self::Interrupted => "interrupted",
        }
    }

    /// What an HTTP status of the API means for a command.
    pub(crate) const fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Authentication,
            402 => Self::Budget,
            403 => Self::Denied,
            404 | 410 => Self::NotFound,
            408 | 504 => Self::TimedOut,
            409 => Self::Conflict,
            429 => Self::TryAgain,
            424 | 502 => Self::Provider,
            400..500 => Self::Usage,
            _ => Self::Failed,
        }
    }

    /// What the stable code of a failed session means for a command.
    pub(crate) fn of_session_error(code: &str) -> Self {
        match code {
            "rate_limited" => Self::TryAgain,
            "quota_exhausted" => Self::Budget,
            "bad_script" | "bad_request" | "bad_template" | "bad_base_url" | "context_too_long"
            | "request_too_large" | "unsupported_part" => Self::Usage,
            "endpoint_not_found" | "model_not_found" | "unknown_provider" => Self::NotFound,
            "unauthorized"
            | "provider_error"
            | "provider_unavailable"
            | "connection_broke"
            | "client_failed"
            | "redirected"
            | "unreachable"
            | "cut_stream"
            | "bad_chunk"
            | "event_too_large"
            | "script_failed" => Self::Provider,
            code if code.contains("timeout") => Self::TimedOut,
            _ => Self::Failed,
        }
    }

    /// The status a local failure has in its problem document.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::Ok => 200,
            Self::Failed | Self::Interrupted => 500,
            Self::Usage => 400,
            Self::NotFound => 404,
            Self::Authentication => 401,
            Self::Denied => 403,
            Self::Conflict | Self::NeedsInput => 409,
            Self::Budget => 402,
            Self::TimedOut => 504,
            Self::Provider => 502,
            Self::TryAgain => 429,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_table() {
        let codes = Exit::ALL.map(Exit::code);
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 75, 130]);
    }

    #[test]
    fn what_became_of_a_session_becomes_a_code() {
        let table = [
            ("rate_limited", 75),
            ("quota_exhausted", 7),
            ("bad_script", 2),
            ("model_not_found", 3),
            ("unauthorized", 10),
            ("cut_stream", 10),
            ("header_timeout", 9),
            ("from_the_future", 1),
        ];
        for (told, code) in table {
            assert_eq!(Exit::of_session_error(told).code(), code, "{told}");
        }
    }

    #[test]
    fn a_status_of_the_api_becomes_a_code() {
        let table = [
            (400, 2),
            (401, 4),
            (402, 7),
            (403, 5),
            (404, 3),
            (409, 6),
            (410, 3),
            (413, 2),
            (422, 2),
            (424, 10),
            (429, 75),
            (500, 1),
            (502, 10),
            (503, 1),
            (504, 9),
            (507, 1),
        ];
        for (status, code) in table {
            assert_eq!(Exit::of_status(status).code(), code, "{status}");
        }
    }
}

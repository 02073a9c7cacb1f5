//! Answers that are no answer: HTTP errors and connections that never stood.

use std::time::Duration;

use chrono::DateTime;
use reqwest::{
    StatusCode,
    header::{DATE, HeaderMap, LOCATION, RETRY_AFTER},
};
use serde_json::Value;
use weald_domain::model::{ModelError, ModelErrorKind};

use super::{address::not_allowed, resolve::NotAllowed};
use crate::{chat_completions::wire_error, failure, redact::Quoter};

/// Reads an answer whose status is none of success.
pub(super) fn read(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    quoter: &Quoter,
) -> ModelError {
    let text = String::from_utf8_lossy(body);
    let object: Value = serde_json::from_str(&text).unwrap_or_default();
    let said = wire_error::message_of(&object).unwrap_or(&text);
    let quoted = quoter.quote(said);
    let message = |what: &str| {
        if quoted.is_empty() {
            format!("{what} ({status})")
        } else {
            format!("{what} ({status}): {quoted}")
        }
    };
    let after = retry_after(headers);
    let named = object.get("error").and_then(|error| {
        let message = message("the provider refused the call");
        wire_error::named(error, &message)
    });
    match status.as_u16() {
        300..=399 => redirected(headers, quoter),
        401 | 403 => {
            let message = message("the provider refused the key");
            failure::lasting(ModelErrorKind::Auth, "unauthorized", message)
        }
        402 => {
            let message = message("the account at the provider has no credit left");
            failure::lasting(ModelErrorKind::RateLimit, "quota_exhausted", message)
        }
        404 => not_found(said, &message("the provider does not know what was asked")),
        408 | 500..=599 => {
            let message = message("the provider failed");
            // Some servers answer so to what no later call can mend.
            named
                .filter(|error| error.code == "context_too_long")
                .unwrap_or_else(|| {
                    let kind = ModelErrorKind::Provider;
                    failure::passing_after(kind, "provider_unavailable", message, after)
                })
        }
        413 => {
            let message = message("the request is too large for the provider");
            failure::lasting(ModelErrorKind::BadRequest, "request_too_large", message)
        }
        429 => {
            let message = message("the provider asks to slow down");
            named.filter(|error| !error.retryable).unwrap_or_else(|| {
                let kind = ModelErrorKind::RateLimit;
                failure::passing_after(kind, "rate_limited", message, after)
            })
        }
        _ => named.unwrap_or_else(|| {
            let message = message("the provider refused the call");
            failure::lasting(ModelErrorKind::BadRequest, "bad_request", message)
        }),
    }
}

fn not_found(said: &str, message: &str) -> ModelError {
    let code = if said.to_ascii_lowercase().contains("model") {
        "model_not_found"
    } else {
        "endpoint_not_found"
    };
    failure::lasting(ModelErrorKind::BadRequest, code, message)
}

fn redirected(headers: &HeaderMap, quoter: &Quoter) -> ModelError {
    let target = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let target = quoter.quote(target.unwrap_or("an unnamed address"));
    failure::lasting(
        ModelErrorKind::BadRequest,
        "redirected",
        format!("the base URL redirects to {target}; a key is never sent on, enter that address"),
    )
}

/// `Retry-After`: seconds, or a date, which is measured from the answer's own `Date`.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    let now = headers.get(DATE)?.to_str().ok()?;
    let now = DateTime::parse_from_rfc2822(now).ok()?;
    Some((at - now).to_std().unwrap_or(Duration::ZERO))
}

/// A request that got no answer at all.
pub(super) fn unreachable(error: reqwest::Error, quoter: &Quoter) -> ModelError {
    let host = error.url().map_or_else(String::new, |url| {
        format!("{}://{}", url.scheme(), url.authority())
    });
    let error = error.without_url();
    let mut root: &dyn std::error::Error = &error;
    while let Some(source) = root.source() {
        root = source;
    }
    if root.is::<NotAllowed>() {
        return not_allowed(&host);
    }
    let why = quoter.quote(&root.to_string());
    if error.is_connect() {
        let message = format!("{host} cannot be reached: {why}");
        failure::passing(ModelErrorKind::Network, "unreachable", message)
    } else {
        let message = format!("the connection to {host} broke: {why}");
        failure::passing(ModelErrorKind::Network, "connection_broke", message)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{super::resolve::GuardedResolver, *};

    #[tokio::test]
    async fn a_name_that_leads_where_nothing_calls_has_its_code() {
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .dns_resolver(Arc::new(GuardedResolver));
        let http = http.build().expect("a client");
        let sent = http.get("http://metadata.google.internal/x").send().await;
        let error = unreachable(sent.expect_err("refused"), &Quoter::default());
        assert_eq!(
            (error.code.as_str(), error.retryable),
            ("address_not_allowed", false)
        );
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (name.parse().expect("name"), value.parse().expect("value"))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = ("date", "Tue, 24 Nov 2026 12:00:00 GMT");
        let at = |value| retry_after(&headers(&[date, ("retry-after", value)]));
        assert_eq!(at("3"), Some(Duration::from_secs(3)));
        assert_eq!(at("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(
            at("Tue, 24 Nov 2026 12:00:09 GMT"),
            Some(Duration::from_secs(9))
        );
        assert_eq!(at("Tue, 24 Nov 2026 11:00:00 GMT"), Some(Duration::ZERO));
        for bad in ["-1", "soon", "inf", ""] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_status_has_its_code() {
        let code = |status: u16, body: &str| {
            let status = StatusCode::from_u16(status).expect("a status");
            let error = read(
                status,
                &HeaderMap::new(),
                body.as_bytes(),
                &Quoter::default(),
            );
            (error.code, error.retryable)
        };
        let told = |code: &str, retryable| (code.to_owned(), retryable);
        assert_eq!(code(400, "{}"), told("bad_request", false));
        let long = r#"{"error":{"code":"context_length_exceeded","message":"x"}}"#;
        assert_eq!(code(400, long), told("context_too_long", false));
        let long = r#"{"error":"the input length exceeds the context length"}"#;
        for status in [400, 500] {
            assert_eq!(code(status, long), told("context_too_long", false));
        }
        assert_eq!(code(401, ""), told("unauthorized", false));
        assert_eq!(code(402, ""), told("quota_exhausted", false));
        assert_eq!(code(403, ""), told("unauthorized", false));
        let model = r#"{"error":{"message":"model \"x\" not found, try pulling it first"}}"#;
        assert_eq!(code(404, model), told("model_not_found", false));
        assert_eq!(
            code(404, "404 page not found"),
            told("endpoint_not_found", false)
        );
        assert_eq!(code(413, ""), told("request_too_large", false));
        assert_eq!(code(429, ""), told("rate_limited", true));
        let quota = r#"{"error":{"type":"insufficient_quota","message":"x"}}"#;
        assert_eq!(code(429, quota), told("quota_exhausted", false));
        assert_eq!(code(307, ""), told("redirected", false));
        for status in [408, 500, 502, 503, 529] {
            assert_eq!(code(status, "x"), told("provider_unavailable", true));
        }
    }
}

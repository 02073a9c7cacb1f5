//! Every route wants a credential but the listed ones (MS-17), and says what it is.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use super::caller::{Answer, Caller};
use crate::app::TestApp;

#[tokio::test]
async fn only_the_listed_routes_are_open() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let document = caller.get("/api/openapi.json").await.ok();
    assert_eq!(document["openapi"], "3.1.0");
    let mut open = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let path = path.replace("{id}", "0190b0f0-0000-7000-8000-000000000001");
            let request = caller
                .bare(method.clone(), &path)
                .json(&json!({"code": "x"}));
            let answer = Answer::read(request.send().await.unwrap()).await;
            if answer.status != 401 || answer.body["code"] != "unauthenticated" {
                open.insert(format!("{method} {path}"));
            } else {
                answer.problem();
            }
        }
    }
    let expected = ["GET /api/health", "POST /api/auth/link"].map(str::to_owned);
    assert_eq!(open, BTreeSet::from(expected));
    for path in ["/api/conversations", "/api/none", "/api"] {
        let answer = Answer::read(caller.bare(Method::GET, path).send().await.unwrap()).await;
        assert_eq!(answer.problem(), (401, "unauthenticated"), "{path}");
    }
    assert_eq!(
        caller
            .bare(Method::GET, "/api/openapi.json")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test]
async fn wrong_credentials_and_tokens_in_the_query_are_refused() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    for value in ["Bearer wrong", "Bearer ", "Basic dTpw", "nonsense", ""] {
        let request = caller
            .bare(Method::GET, "/api/auth/me")
            .header("authorization", value);
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        assert_eq!(
            Answer::read(response).await.problem(),
            (401, "unauthenticated"),
            "{value}"
        );
    }
    let path = format!(
        "/api/auth/me?token={}&access_token={}",
        caller.token, caller.token
    );
    let request = caller.bare(Method::GET, &path).send().await.unwrap();
    assert_eq!(
        Answer::read(request).await.problem(),
        (401, "unauthenticated")
    );
    assert_eq!(caller.get("/api/auth/me").await.ok()["credential"], "root");
}

#[tokio::test]
async fn every_answer_keeps_a_browser_strict() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    for path in ["/", "/conversations/x", "/api/health", "/api/none"] {
        let response = caller.bare(Method::GET, path).send().await.unwrap();
        let headers = response.headers();
        let csp = headers["content-security-policy"].to_str().unwrap();
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(csp.contains(rule), "{path}: {csp}");
        }
        assert!(!csp.contains("unsafe-eval"), "{csp}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
    }
    let rebound = caller
        .request(Method::GET, "/api/auth/me")
        .header("host", "evil.example:7420");
    let rebound = Answer::read(rebound.send().await.unwrap()).await;
    assert_eq!(rebound.problem(), (403, "host_not_allowed"));
}

//! Bad input is problem+json with a stable code, and loses nothing.

use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Answer, Caller, script};
use crate::app::TestApp;

const RUN: &str = "/api/conversations/run";

fn hello() -> Value {
    json!([{"type": "text", "text": "[{\"say\":\"hello\"}]"}])
}

#[tokio::test]
async fn a_run_with_bad_input_is_refused_with_its_code_and_leaves_nothing() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let unknown = "0190b0f0-0000-7000-8000-000000000001";
    let cases = [
        (json!({"input": []}), 400, "empty_input"),
        (json!({}), 400, "empty_input"),
        (
            json!({"input": [{"type": "text", "text": "  \n"}]}),
            400,
            "empty_input",
        ),
        (json!({"input": "hello"}), 400, "bad_request"),
        (
            json!({"input": [{"type": "text", "text": 5}]}),
            400,
            "bad_request",
        ),
        (
            json!({"input": [{"type": "smell", "text": "x"}]}),
            400,
            "bad_request",
        ),
        (
            json!({"input": [{"type": "url", "url": "http://x"}]}),
            422,
            "not_available",
        ),
        (
            json!({"input": hello(), "transport": "pigeon"}),
            400,
            "bad_request",
        ),
        (
            json!({"input": hello(), "deferred": true}),
            422,
            "not_available",
        ),
        (
            json!({"input": hello(), "multitask": "steer"}),
            422,
            "not_available",
        ),
        (
            json!({"input": hello(), "on_disconnect": "cancel"}),
            422,
            "not_available",
        ),
        (
            json!({"input": hello(), "tool_results": []}),
            422,
            "not_available",
        ),
        (
            json!({"input": hello(), "user_interactions": []}),
            422,
            "not_available",
        ),
        (
            json!({"input": hello(), "workspace_id": unknown, "project_ids": []}),
            400,
            "workspace_and_projects",
        ),
        (
            json!({"input": hello(), "workspace_id": unknown}),
            404,
            "not_found",
        ),
        (
            json!({"input": hello(), "project_ids": ["none"]}),
            404,
            "not_found",
        ),
        (
            json!({"input": hello(), "conversation_id": unknown}),
            404,
            "not_found",
        ),
        (
            json!({"input": hello(), "conversation_id": "x"}),
            400,
            "bad_request",
        ),
        (
            json!({"input": hello(), "preset_id": "none"}),
            404,
            "not_found",
        ),
        (
            json!({"input": hello(), "preset_id": "NO SLUG"}),
            400,
            "bad_request",
        ),
        (
            json!({"input": hello(), "parent_message_id": unknown}),
            404,
            "not_found",
        ),
        (
            json!({"input": hello(), "config_override": {"smell": 1}}),
            400,
            "bad_request",
        ),
        (
            json!({"input": [{"type": "text", "text": "no script"}],
            "config_override": {"model": {"name": "builtin/script"}}}),
            400,
            "bad_script",
        ),
        (
            json!({"input": hello(), "config_override": {"model": {"name": "builtin/none"}}}),
            400,
            "model_not_found",
        ),
        (
            json!({"input": hello(), "metadata": {"a": "x".repeat(20_000)}}),
            400,
            "metadata_too_large",
        ),
        (
            json!({"input": [{"type": "text", "text": "x".repeat(2 * 1024 * 1024 + 1)}]}),
            413,
            "part_too_large",
        ),
    ];
    for (body, status, code) in cases {
        let answer = caller.post(RUN, body.clone()).await;
        let body: String = body.to_string().chars().take(300).collect();
        assert_eq!(answer.problem(), (status, code), "{body}");
    }
    let conversations = caller.get("/api/conversations/list").await.ok();
    assert_eq!(
        conversations["items"],
        json!([]),
        "a refused run left a conversation"
    );
}

#[tokio::test]
async fn bodies_that_are_no_json_too_deep_or_too_large_are_refused() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let deep = format!(
        "{{\"metadata\":{}1{}}}",
        "{\"a\":".repeat(70),
        "}".repeat(70)
    );
    for (bytes, status, code) in [
        (b"{".to_vec(), 400, "bad_json"),
        (b"[]".to_vec(), 400, "bad_request"),
        (b"null".to_vec(), 400, "bad_request"),
        (b"{\"input\": \"\xff\xfe\"}".to_vec(), 400, "bad_request"),
        (deep.into_bytes(), 400, "too_deep"),
        (vec![b' '; 8 * 1024 * 1024 + 1], 413, "too_large"),
    ] {
        assert_eq!(
            caller.post_bytes(RUN, bytes).await.problem(),
            (status, code)
        );
    }
    let form = caller.request(Method::POST, RUN).body("input=hello");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let form = Answer::read(form.send().await.unwrap()).await;
    assert_eq!(form.problem(), (415, "unsupported_media_type"));
    let chunked =
        futures::stream::iter((0..9).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024 * 1024])));
    let chunked = caller
        .request(Method::POST, RUN)
        .header("content-type", "application/json")
        .body(reqwest::Body::wrap_stream(chunked));
    let chunked = Answer::read(chunked.send().await.unwrap()).await;
    assert_eq!(chunked.problem(), (413, "too_large"));
    caller.get("/api/health").await.ok();
}

#[tokio::test]
async fn every_route_with_an_id_refuses_malformed_and_unknown_ones() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let document = caller.get("/api/openapi.json").await.ok();
    let mut walked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if !path.contains("{id}") {
            continue;
        }
        let is_uuid = |operation: &Value| operation["parameters"][0]["schema"]["format"] == "uuid";
        for (method, operation) in item.as_object().unwrap() {
            let unknown = if is_uuid(operation) {
                "0190b0f0-0000-7000-8000-00000000000f"
            } else {
                "none"
            };
            let send = async |id: &str| {
                let method: Method = method.to_uppercase().parse().unwrap();
                let body = if path.contains("/models/") {
                    json!({"model": "m", "is_enabled": true})
                } else {
                    json!({"decision": "deny"})
                };
                let request = caller
                    .request(method, &path.replace("{id}", id))
                    .json(&body);
                Answer::read(request.send().await.unwrap()).await
            };
            assert_eq!(
                send(unknown).await.problem(),
                (404, "not_found"),
                "{method} {path}"
            );
            assert_eq!(
                send("NO%20ID").await.problem(),
                (400, "bad_id"),
                "{method} {path}"
            );
            assert_eq!(
                send("%ff").await.problem(),
                (400, "bad_id"),
                "{method} {path}"
            );
            walked += 1;
        }
    }
    assert!(walked > 30, "only {walked} routes with an id");
}

#[tokio::test]
async fn unknown_routes_methods_and_query_values_are_problems() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    assert_eq!(caller.get("/api/none").await.problem(), (404, "not_found"));
    let put = caller.request(Method::PUT, RUN).send().await.unwrap();
    assert_eq!(put.headers()["allow"], "POST");
    assert_eq!(
        Answer::read(put).await.problem(),
        (405, "method_not_allowed")
    );
    for (path, code) in [
        ("/api/conversations/list?limit=many", "bad_request"),
        ("/api/conversations/list?status=odd", "bad_request"),
        ("/api/conversations/list?metadata=[1]", "bad_request"),
        ("/api/conversations/list?after=garbage", "bad_cursor"),
        ("/api/sessions/list?after=garbage", "bad_cursor"),
        ("/api/events", "bad_topics"),
        ("/api/events?topics=nonsense", "bad_topics"),
    ] {
        assert_eq!(caller.get(path).await.problem(), (400, code), "{path}");
    }
    let conversations = caller
        .get("/api/conversations?limit=9999&from_the_future=1")
        .await
        .ok();
    assert_eq!(conversations, json!({"items": [], "next": null}));
}

#[tokio::test]
async fn a_cut_list_says_where_it_goes_on() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    for n in 0..3 {
        caller.complete(json!([{"say": format!("{n}")}])).await;
    }
    let first = caller.get("/api/conversations/list?limit=2").await.ok();
    let next = first["next"].as_str().expect("a cut list has a next");
    let rest = caller
        .get(&format!("/api/conversations/list?limit=2&after={next}"))
        .await
        .ok();
    let ids = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut all = ids(&first);
    all.extend(ids(&rest));
    all.sort();
    all.dedup();
    assert_eq!((all.len(), &rest["next"]), (3, &Value::Null));
    assert_eq!(
        caller
            .post("/api/conversations/run", script(json!([])))
            .await
            .status
            / 100,
        2
    );
}

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::*;

fn chat(content: &str) -> Value {
    json!({
        "model": "m", "stream": true, "stream_options": {"include_usage": true},
        "messages": [{"role": "user", "content": content}],
    })
}

async fn send(server: &ModelServer, head: &str, body: &str) -> TcpStream {
    let mut socket = TcpStream::connect(server.address).await.expect("connects");
    let length = body.len();
    let request =
        format!("{head}\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    socket.write_all(request.as_bytes()).await.expect("writes");
    socket
}

async fn read(mut socket: TcpStream) -> String {
    let mut bytes = vec![];
    // A connection that is cut is an error only after what came.
    let _ = socket.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

const HEAD: &str = "POST /v1/chat/completions HTTP/1.1\r\ncontent-type: application/json\r\n\
    accept: text/event-stream";

async fn ask(server: &ModelServer, body: &Value) -> String {
    read(send(server, HEAD, &body.to_string()).await).await
}

#[tokio::test]
async fn a_script_goes_on_behind_its_calls() {
    let server = ModelServer::scripted([
        say("I look."),
        call("a", "fs_list", &json!({"path": "."})),
        call("b", "git_status", &json!({})),
        say("Done."),
    ])
    .await;

    let first = ask(&server, &chat("hi")).await;
    let mut body = chat("hi");
    let called = |id: &str| json!({"id": id, "type": "function", "function": {"name": "x", "arguments": "{}"}});
    let told = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": "ok"});
    let messages = body["messages"].as_array_mut().expect("messages");
    messages.push(json!({"role": "assistant", "content": null,
        "tool_calls": [called("a"), called("b")]}));
    messages.extend([told("a"), told("b")]);
    let second = ask(&server, &body).await;

    assert!(first.contains("content-type: text/event-stream"), "{first}");
    assert_eq!(first.matches("\"name\":").count(), 2, "{first}");
    assert!(
        first.contains("\"finish_reason\":\"tool_calls\""),
        "{first}"
    );
    assert!(
        second.contains("Done.") && second.contains("[DONE]"),
        "{second}"
    );
    assert_eq!(server.requests(), [chat("hi"), body]);
    server.assert_protocol_held();
}

#[tokio::test]
async fn what_is_against_the_protocol_is_told() {
    let server = ModelServer::answering([]).await;
    read(send(&server, "GET /v1/nothing HTTP/1.1", "").await).await;
    read(send(&server, "POST /v1/chat/completions HTTP/1.1", "{").await).await;
    ask(&server, &chat("hi")).await;
    assert_eq!(
        server.violations(),
        [
            "GET /v1/nothing is no request of this wire",
            "content-type is None, expected: application/json",
            "accept is None, expected: text/event-stream or application/json",
            "the body is no JSON",
            "a request more than there are answers",
        ]
    );
}

#[test]
fn a_body_is_held_to_the_order_of_calls_and_results() {
    let wrong = |messages: Value| {
        let mut body = chat("x");
        body["messages"] = messages;
        protocol::chat::body(&body)
    };
    let call = json!({"id": "a", "type": "function", "function": {"name": "x", "arguments": "{}"}});
    let assistant = json!({"role": "assistant", "tool_calls": [call]});
    let result = json!({"role": "tool", "tool_call_id": "a", "content": "ok"});
    let user = json!({"role": "user", "content": "x"});
    assert_eq!(
        wrong(json!([user, assistant, result])),
        Vec::<String>::new()
    );
    assert_eq!(
        wrong(json!([assistant, user, result])),
        [
            "the call `a` has no result before message 1",
            "message 2 is the result of no open call: `a`"
        ]
    );
    assert_eq!(
        wrong(json!([{"role": "user", "content": ""}, {"role": "robot"}])),
        ["message 0 has no text", "message 1 has the role `robot`"]
    );
    let mut body = chat("x");
    body["tools"] = json!([{"type": "function", "function": {"name": "No-Name"}}]);
    body["seed"] = json!(1);
    assert_eq!(
        protocol::chat::body(&body),
        [
            "unknown member `seed`",
            "`No-Name` is no tool name",
            "the parameters of `No-Name` are no object schema"
        ]
    );
}

#[test]
fn a_request_that_ends_with_the_assistant_is_refused_where_its_server_refuses_it() {
    let text = |role: &str| json!({"role": role, "content": [{"type": "text", "text": "x"}]});
    let anthropic = |messages: Value| {
        let body = json!({"model": "m", "max_tokens": 1, "stream": true, "messages": messages});
        protocol::anthropic::body(&body, 0)
    };
    let none = Vec::<String>::new();
    assert_eq!(anthropic(json!([text("user")])), none);
    assert_eq!(
        anthropic(json!([text("user"), text("assistant")])),
        ["message 1 is the last one and not the user's"]
    );
    let content = |role: &str| json!({"role": role, "parts": [{"text": "x"}]});
    let gemini = |contents: Value| protocol::gemini::body(&json!({"contents": contents}), 0);
    assert_eq!(gemini(json!([content("user")])), none);
    assert_eq!(
        gemini(json!([content("user"), content("model")])),
        ["content 1 is the last one and not the user's"]
    );
}

#[test]
fn a_call_under_an_odd_name_or_a_long_id_is_refused() {
    let wrong = |id: &str, name: &str| {
        let call = json!({"id": id, "type": "function",
                          "function": {"name": name, "arguments": "{}"}});
        let mut body = chat("x");
        let messages = body["messages"].as_array_mut().expect("messages");
        messages.push(json!({"role": "assistant", "content": null, "tool_calls": [call]}));
        messages.push(json!({"role": "tool", "tool_call_id": id, "content": "ok"}));
        protocol::chat::body(&body).len()
    };
    let (long_id, long_name) = ("x".repeat(41), "n".repeat(65));
    assert_eq!(wrong("functions.a:0", "fs_list"), 0);
    assert_eq!(wrong(&long_id, "fs_list"), 1);
    for name in ["fs.list", "a b", "größe", &long_name] {
        assert_eq!(wrong("a", name), 1, "{name}");
    }
}

#[tokio::test]
async fn a_stream_is_cut_after_so_many_bytes() {
    let answer = reply([say("Hello")]).cut_after(100);
    let server = ModelServer::start(Mode::Always(answer), Rules::default()).await;
    let text = ask(&server, &chat("x")).await;
    let (_, body) = text.split_once("\r\n\r\n").expect("headers");
    assert!(body.starts_with("64\r\ndata: "), "{body}");
    assert!(!body.contains("[DONE]"), "{body}");
    server.until_open(0).await;
}

#[tokio::test]
async fn a_client_that_hangs_up_is_noticed() {
    let server = ModelServer::scripted([say("Hel"), hold()]).await;
    let socket = send(&server, HEAD, &chat("x").to_string()).await;
    server.until_requests(1).await;
    server.until_open(1).await;
    drop(socket);
    server.until_open(0).await;
}

#[tokio::test]
async fn the_acts_in_the_input_are_played() {
    let server = ModelServer::start(Mode::PlayInput, Rules::default()).await;
    let acts =
        json!([{"say": "a"}, {"count": 2}, {"think": "t"}, {"tool": "fs_list"}, {"say": "b"}]);
    let text = ask(&server, &chat(&acts.to_string())).await;
    for part in ["\"a\"", "\"1 \"", "\"2 \"", "\"t\"", "fs_list"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("\"b\""), "{text}");
    let refused = ask(&server, &chat("no acts")).await;
    assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
}

#[tokio::test]
async fn keys_and_models_are_checked() {
    let rules = Rules {
        key: Some("sk-1".into()),
        models: vec!["other".into()],
    };
    let server = ModelServer::start(Mode::Echo, rules).await;
    let refused = ask(&server, &chat("x")).await;
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    let head = format!("{HEAD}\r\nauthorization: Bearer sk-1");
    let missing = read(send(&server, &head, &chat("x").to_string()).await).await;
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
    let list = "GET /v1/models HTTP/1.1\r\nauthorization: Bearer sk-1";
    let listed = read(send(&server, list, "").await).await;
    assert!(listed.contains("\"id\":\"other\""), "{listed}");
}

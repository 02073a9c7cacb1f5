//! Logins with the one-time code of a link, and their end (D-26, MS-17).

use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::caller::{Answer, Caller};
use crate::{
    app::TestApp,
    command::{Home, until},
};

/// A server that shows its login link, its address and the code of the link.
async fn up(home: &Home) -> (tokio::process::Child, Caller, String) {
    let mut child = home
        .command(["up", "--no-open", "--addr", "127.0.0.1:0"])
        .spawn()
        .unwrap();
    let mut seen = String::new();
    let mut out = child.stdout.take().unwrap();
    until(&mut out, &mut seen, "#code=").await;
    until(&mut out, &mut seen, "for one login").await;
    let link = seen
        .split_whitespace()
        .find(|word| word.contains("#code="))
        .unwrap();
    let (base, code) = link.split_once("/#code=").unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let caller = Caller {
        http,
        base: base.to_owned(),
        token: String::new(),
    };
    child.stdout = Some(out);
    (child, caller, code.to_owned())
}

/// Logs in with a link and gives the cookie.
async fn login(caller: &Caller, code: &str) -> String {
    let request = caller.bare(Method::POST, "/api/auth/link");
    let request = from_our_page(request, caller).json(&json!({"code": code}));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let cookie = response.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
    assert_eq!(
        response.json::<serde_json::Value>().await.unwrap()["credential"],
        "login"
    );
    cookie.split(';').next().unwrap().to_owned()
}

fn from_our_page(request: RequestBuilder, caller: &Caller) -> RequestBuilder {
    request
        .header("origin", caller.base.trim_end_matches('/'))
        .header("weald-client", "1")
}

#[tokio::test]
async fn a_login_link_works_once_and_its_login_ends_with_its_streams() {
    let home = Home::new();
    let (_server, caller, code) = up(&home).await;
    let link = || caller.bare(Method::POST, "/api/auth/link");
    let foreign = link().header("origin", "http://evil.example");
    for elsewhere in [link(), foreign.header("weald-client", "1")] {
        let refused = elsewhere.json(&json!({"code": code})).send().await.unwrap();
        assert_eq!(Answer::read(refused).await.problem(), (403, "cross_site"));
    }
    let cookie = login(&caller, &code).await;
    let again = from_our_page(link(), &caller).json(&json!({"code": code}));
    assert_eq!(
        Answer::read(again.send().await.unwrap()).await.problem(),
        (401, "bad_code")
    );

    let with = |method: Method, path: &str| caller.bare(method, path).header("cookie", &cookie);
    let me = Answer::read(with(Method::GET, "/api/auth/me").send().await.unwrap())
        .await
        .ok();
    assert_eq!(me["credential"], "login");

    let folder = json!({"name": "x"});
    let plain = with(Method::POST, "/api/folders/create").json(&folder);
    assert_eq!(
        Answer::read(plain.send().await.unwrap()).await.problem(),
        (403, "cross_site")
    );
    let foreign = with(Method::POST, "/api/folders/create").json(&folder);
    let foreign = foreign
        .header("origin", "http://evil.example")
        .header("weald-client", "1");
    assert_eq!(
        Answer::read(foreign.send().await.unwrap()).await.problem(),
        (403, "cross_site")
    );
    let ours = from_our_page(with(Method::POST, "/api/folders/create"), &caller).json(&folder);
    assert_eq!(ours.send().await.unwrap().status(), 201);

    let feed = with(Method::GET, "/api/events?topics=%23")
        .send()
        .await
        .unwrap();
    assert_eq!(feed.status(), 200);
    let logout = from_our_page(with(Method::POST, "/api/auth/logout"), &caller);
    assert_eq!(logout.send().await.unwrap().status(), 204);
    let ended = Instant::now();
    tokio::time::timeout(Duration::from_secs(5), feed.text())
        .await
        .expect("the feed ends")
        .unwrap();
    assert!(ended.elapsed() < Duration::from_secs(5));
    let me = Answer::read(with(Method::GET, "/api/auth/me").send().await.unwrap()).await;
    assert_eq!(me.problem(), (401, "unauthenticated"));
}

#[tokio::test]
async fn who_guesses_has_to_wait_and_the_owner_does_not() {
    let app = TestApp::start().await;
    let caller = Caller::of(&app);
    let guess = |n: usize| {
        let me = caller.bare(Method::GET, "/api/auth/me");
        me.bearer_auth(format!("guess-{n}")).send()
    };
    for n in 0..20 {
        let refused = Answer::read(guess(n).await.unwrap()).await;
        assert_eq!(refused.problem(), (401, "unauthenticated"));
    }
    let limited = guess(20).await.unwrap();
    let seconds: u64 = limited.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(
        Answer::read(limited).await.problem(),
        (429, "too_many_logins")
    );

    let link = from_our_page(caller.bare(Method::POST, "/api/auth/link"), &caller);
    let link = link.json(&json!({"code": "a guess"})).send().await.unwrap();
    assert!(link.headers().contains_key("retry-after"));
    assert_eq!(Answer::read(link).await.problem(), (429, "too_many_logins"));

    assert_eq!(caller.get("/api/auth/me").await.ok()["credential"], "root");
    let none = caller
        .bare(Method::GET, "/api/auth/me")
        .send()
        .await
        .unwrap();
    assert_eq!(Answer::read(none).await.problem(), (401, "unauthenticated"));
    assert_eq!(app.home().weald(&["conversation", "list"]).await.code, 0);
}

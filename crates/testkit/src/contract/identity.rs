//! Users, logins, settings and request keys.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use weald_domain::{
    limits::IDEMPOTENCY_KEY_MS,
    ports::{KeyState, NewLogin, StoredResponse},
};

use super::{Ports, world::World};

/// 7 days, or until it is ended.
pub async fn a_login_ends_in_time_and_when_told(ports: Ports) {
    let world = World::of(ports).await;
    let identity = &world.ports.identity;
    let now = world.ports.now();
    for hash in ["a", "b"] {
        let login = NewLogin {
            id: world.id(),
            owner_id: world.access.user_id,
            token_hash: hash.into(),
            expires_at: now.plus_millis(100_000),
            user_agent: None,
            at: now,
        };
        identity.create_login(login).await.expect("stores");
    }
    let user = async |hash, ms| {
        identity
            .login(hash, now.plus_millis(ms))
            .await
            .expect("reads")
    };
    assert_eq!(user("a", 0).await, Some(world.access.user_id));
    assert_eq!(user("a", 99_999).await, Some(world.access.user_id));
    assert_eq!(user("a", 100_000).await, None);
    assert_eq!(user("other", 0).await, None);
    assert!(identity.delete_login("b", now).await.expect("ends"));
    assert_eq!(user("b", 0).await, None);
    assert!(!identity.delete_login("b", now).await.expect("answers"));
}

/// The newest replaces the one before.
pub async fn the_root_token_is_kept_as_a_hash(ports: Ports) {
    let world = World::of(ports).await;
    let identity = &world.ports.identity;
    assert_eq!(identity.root_token_hash().await.expect("reads"), None);
    for hash in ["one", "two"] {
        identity
            .set_root_token_hash(hash, world.ports.now())
            .await
            .expect("stores");
        assert_eq!(
            identity.root_token_hash().await.expect("reads").as_deref(),
            Some(hash)
        );
    }
    assert_eq!(identity.access(world.id()).await.expect("reads"), None);
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// A null removes its key.
pub async fn settings_merge_and_clear(ports: Ports) {
    let world = World::of(ports).await;
    let (user, now) = (world.access.user_id, world.ports.now());
    let settings = &world.ports.settings;
    assert_eq!(settings.get(user).await.expect("reads"), Map::new());
    let patch = map(json!({"app.theme": "dark", "chat.message.font_size": 16}));
    let stored = settings
        .update(user, patch.clone(), now)
        .await
        .expect("stores");
    assert_eq!(stored, patch);
    let clear = map(json!({"app.theme": null}));
    settings.update(user, clear, now).await.expect("stores");
    let expected = map(json!({"chat.message.font_size": 16}));
    assert_eq!(settings.get(user).await.expect("reads"), expected);
}

/// Spec section 2, idempotency.
pub async fn a_request_key_answers_the_first_response(ports: Ports) {
    let world = World::of(ports).await;
    let (user, now) = (world.access.user_id, world.ports.now());
    let keys = &world.ports.request_keys;
    let reserve = async |hash| keys.reserve(user, "k", hash, now).await.expect("answers");
    assert_eq!(reserve("h").await, KeyState::New);
    assert_eq!(reserve("h").await, KeyState::Running);
    let response = StoredResponse {
        status: 201,
        body: Bytes::from_static(b"{}"),
    };
    keys.complete(user, "k", response.clone())
        .await
        .expect("stores");
    assert_eq!(reserve("h").await, KeyState::Done(response));
    assert_eq!(reserve("other").await, KeyState::OtherRequest);
    let other = keys
        .reserve(world.id(), "k", "h", now)
        .await
        .expect("answers");
    assert_eq!(other, KeyState::New, "keys belong to their owner");
}

/// One carries the request out.
pub async fn racing_reservations_have_one_winner(ports: Ports) {
    let world = World::of(ports).await;
    let states = futures::future::join_all((0..8).map(|_| {
        let world = world.clone();
        async move {
            let keys = &world.ports.request_keys;
            let state = keys
                .reserve(world.access.user_id, "k", "h", world.ports.now())
                .await;
            state.expect("answers")
        }
    }))
    .await;
    let new = states
        .iter()
        .filter(|state| **state == KeyState::New)
        .count();
    assert_eq!(new, 1, "{states:?}");
}

/// A request that failed may be sent again.
pub async fn a_released_key_is_free_again(ports: Ports) {
    let world = World::of(ports).await;
    let (user, now) = (world.access.user_id, world.ports.now());
    let keys = &world.ports.request_keys;
    keys.reserve(user, "k", "h", now).await.expect("answers");
    keys.release(user, "k").await.expect("frees");
    let again = keys
        .reserve(user, "k", "other", now)
        .await
        .expect("answers");
    assert_eq!(again, KeyState::New);
}

/// 24 hours.
pub async fn a_key_is_forgotten_after_a_day(ports: Ports) {
    let world = World::of(ports).await;
    let (user, now) = (world.access.user_id, world.ports.now());
    let keys = &world.ports.request_keys;
    keys.reserve(user, "k", "h", now).await.expect("answers");
    let later = |ms| now.plus_millis(ms);
    let almost = keys
        .reserve(user, "k", "h", later(IDEMPOTENCY_KEY_MS - 1))
        .await;
    assert_eq!(almost.expect("answers"), KeyState::Running);
    let after = keys
        .reserve(user, "k", "other", later(IDEMPOTENCY_KEY_MS))
        .await;
    assert_eq!(after.expect("answers"), KeyState::New);
}

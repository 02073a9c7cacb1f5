//! Open streams: so many of a user, and none outlives its credential by more than 5 s (MS-17).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::http::{HeaderValue, StatusCode, header};
use tokio_util::sync::CancellationToken;
use weald_domain::id::UserId;

use crate::{
    Fault, ServerState,
    auth::{Caller, Credential},
    fault::Answer,
};

/// How often the credentials of open streams are checked.
const CHECK_EVERY: Duration = Duration::from_secs(4);

/// The open streams of the server.
#[derive(Clone)]
pub(crate) struct StreamSlots {
    open: Arc<Mutex<Open>>,
    stop: CancellationToken,
    of_user: usize,
}

#[derive(Default)]
struct Open {
    users: HashMap<UserId, usize>,
    credentials: HashMap<Credential, (usize, CancellationToken)>,
}

/// One open stream; dropping it frees its place.
pub(crate) struct Slot {
    slots: StreamSlots,
    user: UserId,
    credential: Credential,
    end: CancellationToken,
}

impl StreamSlots {
    /// No stream yet, and at most `of_user` of one user. All end when `stop` is cancelled.
    pub(crate) fn new(stop: CancellationToken, of_user: usize) -> Self {
        Self {
            open: Arc::default(),
            stop,
            of_user,
        }
    }

    /// Takes a place for a stream of this caller (429 `too_many_streams`).
    pub(crate) fn take(&self, caller: &Caller) -> Answer<Slot> {
        let user = caller.access.user_id;
        let mut open = self.open.lock().map_err(|_| too_many(self.of_user))?;
        let of_user = open.users.entry(user).or_default();
        if *of_user >= self.of_user {
            return Err(too_many(self.of_user));
        }
        *of_user += 1;
        let credential = caller.credential.clone();
        let of_credential = open
            .credentials
            .entry(credential.clone())
            .or_insert_with(|| (0, self.stop.child_token()));
        of_credential.0 += 1;
        let end = of_credential.1.child_token();
        drop(open);
        Ok(Slot {
            slots: self.clone(),
            user,
            credential,
            end,
        })
    }

    /// Ends all streams of a credential.
    pub(crate) fn revoke(&self, credential: &Credential) {
        if let Ok(mut open) = self.open.lock()
            && let Some((_, end)) = open.credentials.remove(credential)
        {
            end.cancel();
        }
    }

    fn credentials(&self) -> Vec<Credential> {
        self.open.lock().map_or_else(
            |_| Vec::new(),
            |open| open.credentials.keys().cloned().collect(),
        )
    }

    fn free(&self, user: UserId, credential: &Credential) {
        let Ok(mut open) = self.open.lock() else {
            return;
        };
        if let Some(count) = open.users.get_mut(&user) {
            *count -= 1;
            if *count == 0 {
                open.users.remove(&user);
            }
        }
        if let Some((count, _)) = open.credentials.get_mut(credential) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.credentials.remove(credential);
            }
        }
    }
}

impl Slot {
    /// Cancelled when the stream must end.
    pub(crate) fn end(&self) -> CancellationToken {
        self.end.clone()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.free(self.user, &self.credential);
    }
}

fn too_many(limit: usize) -> Fault {
    let detail = format!("A user may have {limit} open streams.");
    Fault::new(StatusCode::TOO_MANY_REQUESTS, "too_many_streams", detail)
        .with("limit", limit)
        .header(header::RETRY_AFTER, HeaderValue::from_static("1"))
}

/// Ends the streams of credentials that are no longer good, until the server stops.
pub(crate) async fn watch_credentials(state: ServerState) {
    let mut tick = tokio::time::interval(CHECK_EVERY);
    loop {
        tokio::select! {
            () = state.stop().cancelled() => return,
            _ = tick.tick() => {}
        }
        for credential in state.slots().credentials() {
            if is_revoked(&state, &credential).await {
                state.slots().revoke(&credential);
            }
        }
    }
}

/// A storage failure revokes nothing.
async fn is_revoked(state: &ServerState, credential: &Credential) -> bool {
    let identity = state.services().identity.as_ref();
    match credential {
        Credential::Socket => false,
        Credential::Root(hash) => {
            let root = state.root().hash(identity).await;
            root.is_ok_and(|root| root.as_ref() != Some(hash))
        }
        Credential::Login(hash) => identity
            .login(hash, state.now())
            .await
            .is_ok_and(|user| user.is_none()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;
    use weald_domain::access::{Access, DeploymentRole};

    fn caller(n: u128, credential: Credential) -> Caller {
        Caller {
            access: Access {
                user_id: UserId(Uuid::from_u128(n)),
                role: DeploymentRole::Admin,
                workspaces: std::collections::BTreeMap::new(),
            },
            credential,
        }
    }

    #[test]
    fn the_sixty_fifth_stream_of_a_user_is_refused_until_one_ends() {
        let slots = StreamSlots::new(CancellationToken::new(), 64);
        let me = caller(1, Credential::Socket);
        let mut held: Vec<_> = (0..64).map(|_| slots.take(&me).expect("a place")).collect();
        assert_eq!(slots.take(&me).err().map(|f| f.problem().status), Some(429));
        assert!(slots.take(&caller(2, Credential::Socket)).is_ok());
        held.pop();
        assert!(slots.take(&me).is_ok());
    }

    #[test]
    fn a_revoked_credential_ends_its_streams_and_no_others() {
        let slots = StreamSlots::new(CancellationToken::new(), 64);
        let gone = slots
            .take(&caller(1, Credential::Login("a".into())))
            .expect("a place");
        let stays = slots
            .take(&caller(1, Credential::Login("b".into())))
            .expect("a place");
        slots.revoke(&Credential::Login("a".into()));
        assert!(gone.end().is_cancelled());
        assert!(!stays.end().is_cancelled());
        drop((gone, stays));
        assert!(slots.credentials().is_empty());
    }

    #[test]
    fn a_stop_ends_every_stream() {
        let stop = CancellationToken::new();
        let slots = StreamSlots::new(stop.clone(), 64);
        let slot = slots.take(&caller(1, Credential::Socket)).expect("a place");
        stop.cancel();
        assert!(slot.end().is_cancelled());
    }
}

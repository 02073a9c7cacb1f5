//! Opaque tokens: 32 random bytes, of which only the SHA-256 is stored.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use weald_domain::ports::{Identity, Ids, StoreError};

/// How long a login lives: 7 days.
pub(crate) const LOGIN_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// How long a read of the root token's hash is trusted.
const ROOT_FRESH: Duration = Duration::from_secs(2);

/// A token as its holder shows it.
pub(crate) struct Token(String);

impl Token {
    /// Draws a fresh one.
    pub(crate) fn draw(ids: &dyn Ids) -> Self {
        let mut random = [0; 32];
        ids.fill(&mut random);
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// Takes what a request shows.
    pub(crate) const fn shown(text: String) -> Self {
        Self(text)
    }

    /// What is stored of it.
    pub(crate) fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_bytes()))
    }

    /// The text, for the one response that hands it out.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// Whether two hashes are the same, in constant time.
pub(crate) fn same_hash(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// The hash of the root token, read from storage at most every two seconds.
#[derive(Debug, Default)]
pub(crate) struct RootToken(Mutex<Option<(Instant, Option<String>)>>);

impl RootToken {
    /// The hash; none before the first start made a token.
    pub(crate) async fn hash(&self, identity: &dyn Identity) -> Result<Option<String>, StoreError> {
        if let Some((read, hash)) = self.kept()
            && read.elapsed() < ROOT_FRESH
        {
            return Ok(hash);
        }
        let hash = identity.root_token_hash().await?;
        if let Ok(mut kept) = self.0.lock() {
            *kept = Some((Instant::now(), hash.clone()));
        }
        Ok(hash)
    }

    fn kept(&self) -> Option<(Instant, Option<String>)> {
        self.0.lock().ok().and_then(|kept| kept.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_sha_256_in_hex() {
        let hash = Token::shown("abc".into()).hash();
        assert_eq!(
            hash,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert!(same_hash(&hash, &hash.clone()));
        assert!(!same_hash(&hash, "ba78"));
    }
}

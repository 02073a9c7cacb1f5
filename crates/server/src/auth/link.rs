//! One-time codes of login links: single use, five minutes, in memory only (D-26).

use std::sync::Mutex;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use weald_domain::time::UnixMillis;

/// How long a code lives.
const CODE_MS: i64 = 5 * 60 * 1000;
/// Most codes outstanding; the oldest go first.
const CODES_MAX: usize = 16;

/// The codes that have been given out and not been used.
#[derive(Debug, Default)]
pub struct LinkCodes(Mutex<Vec<(String, UnixMillis)>>);

impl LinkCodes {
    /// Makes a code of random bytes.
    pub(crate) fn issue(&self, random: &[u8; 32], now: UnixMillis) -> String {
        let code = URL_SAFE_NO_PAD.encode(random);
        if let Ok(mut codes) = self.0.lock() {
            codes.retain(|(_, until)| *until > now);
            if codes.len() == CODES_MAX {
                codes.remove(0);
            }
            codes.push((hash(&code), now.plus_millis(CODE_MS)));
        }
        code
    }

    /// Uses a code up; whether it was good.
    pub(crate) fn redeem(&self, code: &str, now: UnixMillis) -> bool {
        let Ok(mut codes) = self.0.lock() else {
            return false;
        };
        codes.retain(|(_, until)| *until > now);
        let shown = hash(code);
        let found = codes
            .iter()
            .position(|(known, _)| super::token::same_hash(known, &shown));
        found.map(|at| codes.remove(at)).is_some()
    }
}

fn hash(code: &str) -> String {
    hex::encode(Sha256::digest(code.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_works_once_and_for_five_minutes() {
        let codes = LinkCodes::default();
        let code = codes.issue(&[1; 32], UnixMillis(0));
        assert!(!codes.redeem("other", UnixMillis(1)));
        assert!(codes.redeem(&code, UnixMillis(1)));
        assert!(!codes.redeem(&code, UnixMillis(2)));

        let late = codes.issue(&[2; 32], UnixMillis(0));
        assert!(!codes.redeem(&late, UnixMillis(CODE_MS)));
    }

    #[test]
    fn the_oldest_code_goes_when_there_are_too_many() {
        let codes = LinkCodes::default();
        let first = codes.issue(&[0; 32], UnixMillis(0));
        for n in 1..=16 {
            codes.issue(&[n; 32], UnixMillis(0));
        }
        assert!(!codes.redeem(&first, UnixMillis(1)));
    }
}

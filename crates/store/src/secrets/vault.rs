//! The vault: one encrypted file of names and values, replaced whole and durably.
//!
//! The file is `magic · nonce (24 bytes) · ciphertext`, XChaCha20-Poly1305, with the magic as
//! associated data. Its key comes from the machine key: 32 random bytes have full entropy, so a
//! password hash such as argon2 would only cost time; what is needed is that the machine key is
//! never used for two things, hence SHA-256 over a fixed label and the machine key.

use std::{
    collections::BTreeMap,
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use weald_domain::{
    ports::{Ids, SecretError, StoreError},
    secret::{Secret, SecretRef},
};
use zeroize::Zeroizing;

use crate::blobs::{blocking, replace};

const MAGIC: &[u8] = b"weald-vault-1\n";
const NONCE: usize = 24;
const KEY: usize = 32;
/// What the vault's key is derived for; another use of the machine key takes another label.
const LABEL: &[u8] = b"weald secrets.vault key v1";

/// The vault or its machine key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Others may read the machine key or the vault.
    #[error("{path} may be read by others (mode {mode:o}); `chmod 600 {path}` makes it yours")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The key file is not a key.
    #[error("the machine key {path} is damaged: {KEY} bytes were expected")]
    BadKey {
        /// The key file.
        path: PathBuf,
    },
    /// The vault does not open with this key.
    #[error("the vault {path} does not open: it is damaged, or the machine key is another one")]
    Locked {
        /// The vault.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("reading {path}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

type Entries = BTreeMap<String, Zeroizing<String>>;

/// The vault of a deployment.
#[derive(Clone)]
pub(super) struct Vault(Arc<Inner>);

struct Inner {
    path: PathBuf,
    cipher: XChaCha20Poly1305,
    ids: Arc<dyn Ids>,
    entries: Mutex<Entries>,
}

impl Vault {
    /// Opens the vault; makes the machine key at the first start.
    pub(super) fn open(
        path: PathBuf,
        machine_key: &Path,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, VaultError> {
        let machine_key = read_or_make_key(machine_key, &path, &*ids)?;
        let mut hash = Sha256::new();
        hash.update(LABEL);
        hash.update(machine_key.as_slice());
        let key = Zeroizing::new(<[u8; KEY]>::from(hash.finalize()));
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let entries = load(&path, &cipher)?;
        Ok(Self(Arc::new(Inner {
            path,
            cipher,
            ids,
            entries: Mutex::new(entries),
        })))
    }

    pub(super) async fn get(&self, name: &SecretRef) -> Result<Option<Secret>, SecretError> {
        let entries = self.0.entries.lock().await;
        let value = entries.get(name.path());
        Ok(value.map(|value| Secret::new(value.as_str().to_owned())))
    }

    pub(super) async fn set(&self, name: &SecretRef, value: Secret) -> Result<(), SecretError> {
        let mut entries = self.0.entries.lock().await;
        let mut new = entries.clone();
        new.insert(
            name.path().to_owned(),
            Zeroizing::new(value.expose().to_owned()),
        );
        self.save(&new).await?;
        *entries = new;
        Ok(())
    }

    pub(super) async fn delete(&self, name: &SecretRef) -> Result<bool, SecretError> {
        let mut entries = self.0.entries.lock().await;
        let mut new = entries.clone();
        if new.remove(name.path()).is_none() {
            return Ok(false);
        }
        self.save(&new).await?;
        *entries = new;
        Ok(true)
    }

    pub(super) async fn list(&self) -> Result<Vec<SecretRef>, SecretError> {
        let entries = self.0.entries.lock().await;
        let names = entries
            .keys()
            .map(|path| format!("secret://{path}").parse());
        Ok(names.filter_map(Result::ok).collect())
    }

    async fn save(&self, entries: &Entries) -> Result<(), SecretError> {
        let plain: BTreeMap<&str, &str> = entries
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let plain =
            serde_json::to_vec(&plain).map_err(|e| SecretError::Unavailable(Box::new(e)))?;
        let plain = Zeroizing::new(plain);
        let mut nonce = [0; NONCE];
        self.0.ids.fill(&mut nonce);
        let sealed = self
            .0
            .cipher
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: &plain,
                    aad: MAGIC,
                },
            )
            .map_err(|_| SecretError::Unavailable("sealing the vault failed".into()))?;
        let bytes = [MAGIC, &nonce, &sealed].concat();
        let path = self.0.path.clone();
        blocking(move || replace(&path, &bytes, "vault.before_rename"))
            .await
            .map_err(|e: StoreError| SecretError::Unavailable(Box::new(e)))
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, VaultError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(VaultError::Io {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Nobody but the owner may read or write it, as ssh asks of a private key.
fn check_mode(path: &Path) -> Result<(), VaultError> {
    let metadata = std::fs::metadata(path).map_err(|source| VaultError::Io {
        path: path.to_owned(),
        source,
    })?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(VaultError::Open {
        path: path.to_owned(),
        mode,
    })
}

fn load(path: &Path, cipher: &XChaCha20Poly1305) -> Result<Entries, VaultError> {
    let Some(bytes) = read(path)? else {
        return Ok(Entries::new());
    };
    check_mode(path)?;
    let locked = || VaultError::Locked {
        path: path.to_owned(),
    };
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(locked)?;
    let (nonce, sealed) = rest.split_at_checked(NONCE).ok_or_else(locked)?;
    let nonce = <[u8; NONCE]>::try_from(nonce).map_err(|_| locked())?;
    let plain = cipher
        .decrypt(
            &XNonce::from(nonce),
            Payload {
                msg: sealed,
                aad: MAGIC,
            },
        )
        .map_err(|_| locked())?;
    let plain = Zeroizing::new(plain);
    let entries: BTreeMap<String, String> = serde_json::from_slice(&plain).map_err(|_| locked())?;
    Ok(entries
        .into_iter()
        .map(|(name, value)| (name, Zeroizing::new(value)))
        .collect())
}

fn read_or_make_key(
    path: &Path,
    vault: &Path,
    ids: &dyn Ids,
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let io = |source| VaultError::Io {
        path: path.to_owned(),
        source,
    };
    if let Some(bytes) = read(path)? {
        let bytes = Zeroizing::new(bytes);
        check_mode(path)?;
        if bytes.len() != KEY {
            return Err(VaultError::BadKey {
                path: path.to_owned(),
            });
        }
        return Ok(bytes);
    }
    if vault.exists() {
        // A new key would never open it.
        return Err(VaultError::Locked {
            path: vault.to_owned(),
        });
    }
    let mut key = Zeroizing::new(vec![0; KEY]);
    ids.fill(&mut key);
    replace(path, &key, "vault.before_rename").map_err(io)?;
    Ok(key)
}

//! Keyset cursors of lists: opaque text around the sort key of the last item.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use weald_domain::ports::{Page, PageRequest, StoreError};

/// The sort key after which a page starts; garbage is [`StoreError::BadPage`].
pub(crate) fn after<K: DeserializeOwned>(request: &PageRequest) -> Result<Option<K>, StoreError> {
    let Some(text) = &request.after else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| StoreError::BadPage)?;
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|_| StoreError::BadPage)
}

/// How many rows to ask for: one more than the page holds, to know whether it is cut.
pub(crate) fn fetch(request: &PageRequest) -> i64 {
    i64::from(request.limit.max(1)) + 1
}

/// A page from rows fetched with [`fetch`]; `key` names the sort key of an item.
pub(crate) fn page<T, K: Serialize>(
    mut items: Vec<T>,
    request: &PageRequest,
    key: impl Fn(&T) -> K,
) -> Page<T> {
    let limit = request.limit.max(1) as usize;
    let cut = items.len() > limit;
    items.truncate(limit);
    let next = items
        .last()
        .filter(|_| cut)
        .and_then(|last| serde_json::to_vec(&key(last)).ok())
        .map(|key| URL_SAFE_NO_PAD.encode(key));
    Page { items, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_page_names_where_the_next_one_starts() {
        let request = PageRequest {
            after: None,
            limit: 2,
        };
        let first = page(vec![1, 2, 3], &request, |n| *n);
        assert_eq!(first.items, vec![1, 2]);
        let next = PageRequest {
            after: first.next,
            limit: 2,
        };
        assert_eq!(after::<i64>(&next).expect("ours"), Some(2));
        assert_eq!(page(vec![3], &next, |n| *n).next, None);
    }

    #[test]
    fn garbage_is_refused() {
        for bad in ["", "!", "eA", "bnVsbA=="] {
            let request = PageRequest {
                after: Some(bad.into()),
                limit: 1,
            };
            assert!(
                matches!(after::<i64>(&request), Err(StoreError::BadPage)),
                "{bad}"
            );
        }
    }
}

//! Keyset lists.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use weald_domain::limits::{PAGE_DEFAULT, PAGE_MAX};

/// A page of a list; a cut list says so by a `next` that is not null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// `after` of the next page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of a stored page.
    pub fn of<F: Into<T>>(page: weald_domain::ports::Page<F>) -> Self {
        Self {
            items: page.items.into_iter().map(Into::into).collect(),
            next: page.next,
        }
    }
}

/// Which page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next` of the page before; without it the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Most items: 50 by default, at most 200; a larger number is taken as 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl From<PageQuery> for weald_domain::ports::PageRequest {
    fn from(query: PageQuery) -> Self {
        Self {
            after: query.after,
            limit: query.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX),
        }
    }
}

/// A window of a list that is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Window<T> {
    /// The items.
    pub items: Vec<T>,
    /// How many there are without the window.
    pub total: u64,
}

/// Reads a member that may be absent (leave it), null (clear it) or set.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use weald_domain::ports::PageRequest;

    #[test]
    fn a_limit_is_clamped() {
        let limit = |limit| PageRequest::from(PageQuery { after: None, limit }).limit;
        assert_eq!(
            [limit(None), limit(Some(0)), limit(Some(9_999))],
            [50, 1, 200]
        );
    }
}

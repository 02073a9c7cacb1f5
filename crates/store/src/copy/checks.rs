//! What holds in every deployment: the feed has no gap, each stream's head is its newest event,
//! the audit chains hold.

use weald_domain::ports::StoreError;

use super::{schema, text};
use crate::sql::{
    Read, Row, Sql,
    audit::{self, ChainFault},
    column,
};

/// How a deployment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    /// The newest place of the feed.
    pub(super) head: u64,
    /// What is not in order.
    pub(super) faults: Vec<String>,
    /// Entries of the audit chains that hold.
    pub(super) audited: u64,
    /// Where a chain does not.
    pub(super) broken_chains: Vec<ChainFault>,
}

impl Checked {
    /// What is not as it is at the source.
    pub(super) fn against(&self, source: &Self) -> Vec<String> {
        let new = self
            .faults
            .iter()
            .filter(|one| !source.faults.contains(one));
        let mut said: Vec<String> = new.cloned().collect();
        if self.head != source.head {
            let (head, expected) = (self.head, source.head);
            said.push(format!("the head of the feed is {head}, not {expected}"));
        }
        if (self.audited, &self.broken_chains) != (source.audited, &source.broken_chains) {
            said.push("the audit chains hold otherwise than at the source".to_owned());
        }
        if said.is_empty() {
            said.push("a fault of the source is not there".to_owned());
        }
        said
    }
}

struct Feed {
    events: u64,
    first: u64,
    newest: u64,
}

impl Read for Feed {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            events: column::count(row, "n")?,
            first: column::count(row, "first_pos")?,
            newest: column::count(row, "newest")?,
        })
    }
}

/// Looks at all of it.
pub(super) async fn of(side: &mut impl Sql) -> Result<Checked, StoreError> {
    let mut faults = Vec::new();
    let head = feed(side, &mut faults).await?;
    let streams = number(
        side,
        "SELECT count(*) AS n FROM stream s
         LEFT JOIN (SELECT stream_id, max(seq) AS newest, min(seq) AS oldest, count(*) AS held
            FROM event GROUP BY stream_id) e ON e.stream_id = s.id
         WHERE s.head_seq <> coalesce(e.newest, 0) OR s.head_seq <> coalesce(e.held, 0)
            OR coalesce(e.oldest, 1) <> 1",
    );
    let streams = streams.await?;
    if streams > 0 {
        faults.push(format!(
            "{streams} streams whose head is not their newest event"
        ));
    }
    let lost = number(
        side,
        "SELECT count(*) AS n FROM event e
         WHERE NOT EXISTS (SELECT 1 FROM stream s WHERE s.id = e.stream_id)",
    );
    let lost = lost.await?;
    if lost > 0 {
        faults.push(format!("{lost} events of no stream"));
    }
    let (audited, broken_chains) = audit::verify_all(side).await?;
    Ok(Checked {
        head,
        faults,
        audited,
        broken_chains,
    })
}

async fn feed(side: &mut impl Sql, faults: &mut Vec<String>) -> Result<u64, StoreError> {
    let places = "SELECT count(*) AS n, coalesce(min(pos), 1) AS first_pos,
            coalesce(max(pos), 0) AS newest
         FROM event";
    // As long as it takes: there may be many.
    let found: Option<Feed> = text::one(side, places.to_owned()).await?;
    let Some(Feed {
        events,
        first,
        newest,
    }) = found
    else {
        return Ok(0);
    };
    if first != 1 || events != newest {
        faults.push(format!(
            "{events} events stand in places {first} to {newest}"
        ));
    }
    if schema::is_postgres(side) {
        let head = number(side, "SELECT head_pos AS n FROM feed").await?;
        if head != newest {
            faults.push(format!(
                "the newest event is {newest}, the feed is at {head}"
            ));
        }
        return Ok(head);
    }
    Ok(newest)
}

async fn number(side: &mut impl Sql, text: &'static str) -> Result<u64, StoreError> {
    text::number(side, text.to_owned()).await
}

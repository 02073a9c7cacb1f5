//! A statement with its arguments, for either engine.

use sqlx::{
    AssertSqlSafe, Postgres, Sqlite, postgres::PgArguments, query::Query, sqlite::SqliteArguments,
};
use uuid::Uuid;
use weald_domain::id::{
    ApprovalId, AssetId, ConversationId, FolderId, GrantId, InboxId, LoginId, MessageId,
    ModelRowId, SessionId, StreamId, UserId, WorkspaceId,
};

/// A statement with its arguments.
#[derive(Debug)]
pub(crate) struct Statement {
    sqlite: &'static str,
    postgres: &'static str,
    arguments: Vec<Argument>,
}

/// A statement that means the same on both engines.
pub(crate) fn sql(text: &'static str) -> Statement {
    Statement {
        sqlite: text,
        postgres: text,
        arguments: Vec::new(),
    }
}

impl Statement {
    /// The text for PostgreSQL, where it is another one.
    pub(crate) fn on_postgres(self, text: &'static str) -> Self {
        Self {
            postgres: text,
            ..self
        }
    }

    /// Adds the next argument.
    pub(crate) fn bind(mut self, value: impl Bind) -> Self {
        self.arguments.push(value.argument());
        self
    }

    pub(super) fn sqlite(self) -> Query<'static, Sqlite, SqliteArguments> {
        let query = sqlx::query(self.sqlite);
        self.arguments
            .into_iter()
            .fold(query, |query, argument| match argument {
                Argument::Text(text) => query.bind(text),
                Argument::Int(number) => query.bind(number),
                Argument::Bytes(bytes) => query.bind(bytes),
                Argument::Id(id) => query.bind(id.map(|id| id.to_string())),
                Argument::Ids(ids) => query.bind(json_list(&ids)),
            })
    }

    pub(super) fn postgres(self) -> Query<'static, Postgres, PgArguments> {
        let query = sqlx::query(AssertSqlSafe(postgres_text(self.postgres)));
        self.arguments
            .into_iter()
            .fold(query, |query, argument| match argument {
                Argument::Text(text) => query.bind(text),
                Argument::Int(number) => query.bind(number),
                Argument::Bytes(bytes) => query.bind(bytes),
                Argument::Id(id) => query.bind(id),
                Argument::Ids(ids) => query.bind(ids),
            })
    }
}

/// An argument as the engines take it. Ids are TEXT in SQLite and `uuid` in PostgreSQL; a list of
/// them is a JSON array in SQLite and an array in PostgreSQL.
#[derive(Debug)]
pub(crate) enum Argument {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
    Id(Option<Uuid>),
    Ids(Vec<Uuid>),
}

/// What can be an argument.
pub(crate) trait Bind {
    /// The argument of a null.
    const NULL: Argument;

    /// As the engines take it.
    fn argument(self) -> Argument;
}

impl<T: Bind> Bind for Option<T> {
    const NULL: Argument = T::NULL;

    fn argument(self) -> Argument {
        self.map_or(T::NULL, T::argument)
    }
}

impl Bind for String {
    const NULL: Argument = Argument::Text(None);

    fn argument(self) -> Argument {
        Argument::Text(Some(without_nul(self)))
    }
}

/// PostgreSQL holds no U+0000 in a text, so neither engine does. What people write is refused
/// before it comes here, and JSON has it as an escape: it is in what a model or a program says.
fn without_nul(text: String) -> String {
    if text.contains('\0') {
        return text.replace('\0', "\u{fffd}");
    }
    text
}

impl Bind for &'static str {
    const NULL: Argument = Argument::Text(None);

    fn argument(self) -> Argument {
        Argument::Text(Some(self.to_owned()))
    }
}

impl Bind for i64 {
    const NULL: Argument = Argument::Int(None);

    fn argument(self) -> Argument {
        Argument::Int(Some(self))
    }
}

impl Bind for bool {
    const NULL: Argument = Argument::Int(None);

    fn argument(self) -> Argument {
        Argument::Int(Some(i64::from(self)))
    }
}

impl Bind for Vec<u8> {
    const NULL: Argument = Argument::Bytes(None);

    fn argument(self) -> Argument {
        Argument::Bytes(Some(self))
    }
}

macro_rules! ids {
    ($($id:ident),+ $(,)?) => {$(
        impl Bind for $id {
            const NULL: Argument = Argument::Id(None);

            fn argument(self) -> Argument {
                Argument::Id(Some(self.uuid()))
            }
        }

        impl Bind for Vec<$id> {
            const NULL: Argument = Argument::Ids(Vec::new());

            fn argument(self) -> Argument {
                Argument::Ids(self.into_iter().map($id::uuid).collect())
            }
        }
    )+};
}

ids! {
    ApprovalId, AssetId, ConversationId, FolderId, GrantId, InboxId, LoginId, MessageId, ModelRowId,
    SessionId, StreamId, UserId, WorkspaceId,
}

impl Bind for Vec<Uuid> {
    const NULL: Argument = Argument::Ids(Vec::new());

    fn argument(self) -> Argument {
        Argument::Ids(self)
    }
}

fn json_list(ids: &[Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    format!("[{}]", ids.join(","))
}

/// A text as PostgreSQL spells it: `?` is `$1`, `$2`, … in turn and `?2` is `$2`, and a list
/// of ids is an array.
fn postgres_text(text: &str) -> String {
    let text = text
        .replace("IN (SELECT value FROM json_each(", "= ANY ((")
        .replace(
            "SELECT value AS id FROM json_each(?1)",
            "SELECT value AS id FROM unnest(?1) AS value",
        );
    let mut spelled = String::with_capacity(text.len() + 16);
    let mut parts = text.split('?');
    spelled.extend(parts.next());
    for (n, part) in (1_u32..).zip(parts) {
        spelled.push('$');
        if !part.starts_with(|c: char| c.is_ascii_digit()) {
            spelled.push_str(&n.to_string());
        }
        spelled.push_str(part);
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_and_lists_are_spelled_for_postgres() {
        let spelled = [
            ("SELECT 1", "SELECT 1"),
            ("a = ? AND b = ?", "a = $1 AND b = $2"),
            ("a = ?2 OR ?12 IS NULL", "a = $2 OR $12 IS NULL"),
            (
                "a IN (SELECT value FROM json_each(?1)) AND b = ?2",
                "a = ANY (($1)) AND b = $2",
            ),
            (
                "SELECT value AS id FROM json_each(?1) WHERE value <> ?2",
                "SELECT value AS id FROM unnest($1) AS value WHERE value <> $2",
            ),
        ];
        for (text, expected) in spelled {
            assert_eq!(postgres_text(text), expected);
        }
    }

    #[test]
    fn no_text_has_the_character_zero() {
        let text = sql("SELECT ?").bind("a\0b".to_owned()).arguments;
        let [Argument::Text(Some(text))] = text.as_slice() else {
            panic!("{text:?}");
        };
        assert_eq!(text, "a\u{fffd}b");
    }

    #[test]
    fn a_list_of_ids_is_a_json_array_in_sqlite() {
        let id = Uuid::nil();
        assert_eq!(json_list(&[]), "[]");
        assert_eq!(json_list(&[id, id]), format!("[\"{id}\",\"{id}\"]"));
    }
}

//! Which tables and columns there are, asked of the database itself, so that a new table is copied
//! without anybody thinking of it.

use std::collections::BTreeMap;

use weald_domain::{BoxError, ports::StoreError};

use super::CopyError;
use crate::sql::{Conn, Read, Row, Sql, column, sql};

/// The table of the migrations.
const MIGRATIONS: &str = "_sqlx_migrations";

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An id with a type of its own.
    Id,
    Text,
    Int,
    Bytes,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// A table with its columns in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
}

/// The same table at both places.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) source: Table,
    pub(super) target: Table,
}

impl Table {
    /// Its name, quoted.
    pub(super) fn quoted(&self) -> String {
        quoted(&self.name)
    }

    /// Its columns, quoted, with commas between.
    pub(super) fn list(&self) -> String {
        let names = self.columns.iter().map(|column| quoted(&column.name));
        names.collect::<Vec<_>>().join(", ")
    }

    /// The statement that reads all of it.
    pub(super) fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.list(), self.quoted())
    }
}

/// A name in a statement.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

struct Found {
    table: String,
    column: Column,
}

impl Read for Found {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let declared = column::text(row, "declared")?;
        let kind = match declared.as_str() {
            "uuid" => Kind::Id,
            "TEXT" | "text" => Kind::Text,
            "INTEGER" | "bigint" => Kind::Int,
            "BLOB" | "bytea" => Kind::Bytes,
            other => {
                return Err(StoreError::Corrupt {
                    what: "the type of a column",
                    source: BoxError::from(format!("nothing copies `{other}`")),
                });
            }
        };
        Ok(Self {
            table: column::text(row, "tbl")?,
            column: Column {
                name: column::text(row, "col")?,
                kind,
            },
        })
    }
}

struct Name(String);

impl Read for Name {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::text(row, "tbl").map(Self)
    }
}

/// The names of all tables.
pub(super) async fn names(side: &mut impl Sql) -> Result<Vec<String>, StoreError> {
    let found: Vec<Name> = side
        .all(
            sql("SELECT name AS tbl FROM sqlite_schema
                 WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name")
            .on_postgres(
                "SELECT relname::text AS tbl FROM pg_class
                 WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
                 ORDER BY relname",
            ),
        )
        .await?;
    Ok(found.into_iter().map(|Name(name)| name).collect())
}

/// The tables that are copied, in the order of their names.
pub(super) async fn tables(side: &mut impl Sql) -> Result<Vec<Table>, StoreError> {
    let found: Vec<Found> = side
        .all(
            sql("SELECT t.name AS tbl, c.name AS col, c.type AS declared
                 FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!'
                    AND t.name NOT IN ('_sqlx_migrations', 'feed')")
            .on_postgres(
                "SELECT c.relname::text AS tbl, a.attname::text AS col,
                    format_type(a.atttypid, NULL) AS declared
                 FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                 WHERE c.relnamespace = current_schema()::regnamespace
                    AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
                    AND c.relname NOT IN ('_sqlx_migrations', 'feed')",
            ),
        )
        .await?;
    let mut tables: BTreeMap<String, BTreeMap<String, Column>> = BTreeMap::new();
    for Found { table, column } in found {
        let columns = tables.entry(table).or_default();
        columns.insert(column.name.clone(), column);
    }
    let tables = tables.into_iter().map(|(name, columns)| Table {
        name,
        columns: columns.into_values().collect(),
    });
    Ok(tables.collect())
}

/// The schema version of a database; 0 when it has no tables of ours.
pub(super) async fn version(side: &mut impl Sql) -> Result<i64, StoreError> {
    struct Version(i64);
    impl Read for Version {
        fn read(row: &Row) -> Result<Self, StoreError> {
            column::int(row, "version").map(Self)
        }
    }
    if !names(side).await?.iter().any(|name| name == MIGRATIONS) {
        return Ok(0);
    }
    let newest = "SELECT coalesce(max(version), 0) AS version FROM _sqlx_migrations";
    let found: Option<Version> = side.one(sql(newest)).await?;
    Ok(found.map_or(0, |Version(version)| version))
}

/// The tables of both places side by side.
pub(super) fn paired(source: Vec<Table>, target: Vec<Table>) -> Result<Vec<Pair>, CopyError> {
    let names = |tables: &[Table]| -> Vec<String> {
        let columns = tables.iter().flat_map(|table| {
            let columns = table.columns.iter();
            columns.map(move |column| format!("{}.{}", table.name, column.name))
        });
        columns.collect()
    };
    let (here, there) = (names(&source), names(&target));
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        let only = these.iter().filter(|name| !those.contains(name));
        only.cloned().collect()
    };
    let odd = [only(&here, &there), only(&there, &here)].concat();
    if odd.is_empty() {
        let pairs = source.into_iter().zip(target);
        let pairs = pairs.map(|(source, target)| Pair { source, target });
        Ok(pairs.collect())
    } else {
        Err(CopyError::Schema(odd.join(", ")))
    }
}

/// Whether a connection is one of PostgreSQL.
pub(super) fn is_postgres(side: &mut impl Sql) -> bool {
    matches!(side.conn(), Conn::Postgres(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, columns: &[(&str, Kind)]) -> Table {
        let columns = columns.iter().map(|(name, kind)| Column {
            name: (*name).into(),
            kind: *kind,
        });
        Table {
            name: name.into(),
            columns: columns.collect(),
        }
    }

    #[test]
    fn tables_are_paired_by_their_names_whatever_their_types() {
        let source = vec![table("a", &[("id", Kind::Text)]), table("b", &[])];
        let target = vec![table("a", &[("id", Kind::Id)]), table("b", &[])];
        let pairs = paired(source.clone(), target.clone()).expect("pairs");
        assert_eq!(pairs[0].target, target[0]);
        let more = vec![table("a", &[("id", Kind::Id), ("x", Kind::Int)])];
        let refused = paired(source, more).expect_err("differs");
        assert!(refused.to_string().ends_with("a.x"), "{refused}");
    }
}

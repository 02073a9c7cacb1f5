//! References between tables: not looked at while rows come in any order, and all looked at before
//! the end.

use weald_domain::{BoxError, ports::StoreError};

use super::{
    schema::{self, quoted},
    text::run,
};
use crate::sql::{Read, Row, Sql, column, sql};

/// A reference of PostgreSQL that was taken away, and how to make it again.
#[derive(Debug)]
pub(super) struct Dropped {
    table: String,
    name: String,
    definition: String,
}

impl Read for Dropped {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            table: column::text(row, "tbl")?,
            name: column::text(row, "name")?,
            definition: column::text(row, "definition")?,
        })
    }
}

/// Takes them away inside the transaction: PostgreSQL would look after each batch. SQLite was
/// opened without them.
pub(super) async fn drop_all(side: &mut impl Sql) -> Result<Vec<Dropped>, StoreError> {
    if !schema::is_postgres(side) {
        return Ok(Vec::new());
    }
    let found: Vec<Dropped> = side
        .all(sql(
            "SELECT t.relname::text AS tbl, c.conname::text AS name,
                pg_get_constraintdef(c.oid) AS definition
             FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
             WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
             ORDER BY c.oid",
        ))
        .await?;
    for one in &found {
        let (table, name) = (quoted(&one.table), quoted(&one.name));
        run(side, format!("ALTER TABLE {table} DROP CONSTRAINT {name}")).await?;
    }
    Ok(found)
}

/// Puts them back, which looks at every row.
pub(super) async fn put_back(side: &mut impl Sql, dropped: Vec<Dropped>) -> Result<(), StoreError> {
    if !schema::is_postgres(side) {
        return check(side).await;
    }
    for one in dropped {
        let (table, name) = (quoted(&one.table), quoted(&one.name));
        let definition = one.definition;
        let text = format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}");
        run(side, text).await?;
    }
    Ok(())
}

async fn check(side: &mut impl Sql) -> Result<(), StoreError> {
    struct Broken(String);
    impl Read for Broken {
        fn read(row: &Row) -> Result<Self, StoreError> {
            column::text(row, "tbl").map(Self)
        }
    }
    let looked = "SELECT \"table\" AS tbl FROM pragma_foreign_key_check LIMIT 1";
    let broken: Option<Broken> = side.one(sql(looked)).await?;
    match broken {
        None => Ok(()),
        Some(Broken(table)) => Err(StoreError::Corrupt {
            what: "a reference to another row",
            source: BoxError::from(format!("a row of {table} names one that is not there")),
        }),
    }
}

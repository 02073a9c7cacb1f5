//! Writing rows: some hundred with one statement.

use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};
use uuid::Uuid;
use weald_domain::ports::StoreError;

use super::{
    CopyError,
    rows::Cell,
    schema::{Kind, Table},
};
use crate::sql::{Conn, Sql, storage};

/// Most rows of a statement: a statement of SQLite takes 32,766 values.
const ROWS: usize = 500;
/// Values of a statement.
const VALUES: usize = 16_000;
/// About how many bytes are gathered before they are written.
const BYTES: usize = 1024 * 1024;

/// Rows that are gathered for a table.
pub(super) struct Batch<'t> {
    table: &'t Table,
    rows: Vec<Vec<Cell>>,
    size: usize,
}

impl<'t> Batch<'t> {
    pub(super) const fn new(table: &'t Table) -> Self {
        Self {
            table,
            rows: Vec::new(),
            size: 0,
        }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: Vec<Cell>) {
        self.size += row.iter().map(Cell::size).sum::<usize>();
        self.rows.push(row);
    }

    /// Whether it should be written before more comes.
    pub(super) fn is_full(&self) -> bool {
        let columns = self.table.columns.len().max(1);
        self.size >= BYTES || self.rows.len() >= ROWS.min(VALUES / columns)
    }

    /// Writes what was gathered.
    pub(super) async fn write(&mut self, target: &mut impl Sql) -> Result<(), CopyError> {
        let rows = std::mem::take(&mut self.rows);
        self.size = 0;
        if rows.is_empty() {
            return Ok(());
        }
        match target.conn() {
            Conn::Sqlite(conn) => into_sqlite(conn, self.table, rows).await,
            Conn::Postgres(conn) => {
                no_zero_bytes(self.table, &rows)?;
                into_postgres(conn, self.table, rows).await
            }
        }
        .map_err(CopyError::Writing)
    }
}

async fn into_sqlite(
    conn: &mut SqliteConnection,
    table: &Table,
    rows: Vec<Vec<Cell>>,
) -> Result<(), StoreError> {
    let one = format!("({})", vec!["?"; table.columns.len()].join(", "));
    let text = format!(
        "INSERT INTO {} ({}) VALUES {}",
        table.quoted(),
        table.list(),
        vec![one.as_str(); rows.len()].join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for cell in rows.into_iter().flatten() {
        query = match cell {
            Cell::Null => query.bind(None::<i64>),
            Cell::Int(number) => query.bind(number),
            Cell::Text(text) => query.bind(text),
            Cell::Bytes(bytes) => query.bind(bytes),
        };
    }
    query.execute(conn).await.map_err(storage)?;
    Ok(())
}

async fn into_postgres(
    conn: &mut PgConnection,
    table: &Table,
    rows: Vec<Vec<Cell>>,
) -> Result<(), StoreError> {
    let arrays = table.columns.iter().enumerate().map(|(n, column)| {
        let of = match column.kind {
            Kind::Id => "uuid",
            Kind::Text => "text",
            Kind::Int => "bigint",
            Kind::Bytes => "bytea",
        };
        format!("${}::{of}[]", n + 1)
    });
    let text = format!(
        "INSERT INTO {} ({}) SELECT * FROM unnest({})",
        table.quoted(),
        table.list(),
        arrays.collect::<Vec<_>>().join(", ")
    );
    let mut columns: Vec<Vec<Cell>> = vec![Vec::with_capacity(rows.len()); table.columns.len()];
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let mut query = sqlx::query(AssertSqlSafe(text));
    for (cells, column) in columns.into_iter().zip(&table.columns) {
        query = match column.kind {
            Kind::Id => query.bind(each(cells, id)?),
            Kind::Text => query.bind(each(cells, text_of)?),
            Kind::Int => query.bind(each(cells, number)?),
            Kind::Bytes => query.bind(each(cells, bytes)?),
        };
    }
    query.execute(conn).await.map_err(storage)?;
    Ok(())
}

/// The cells of a column as one array.
fn each<T>(
    cells: Vec<Cell>,
    value: impl Fn(Cell) -> Option<T>,
) -> Result<Vec<Option<T>>, StoreError> {
    let values = cells.into_iter().map(|cell| match cell {
        Cell::Null => Ok(None),
        cell @ (Cell::Int(_) | Cell::Text(_) | Cell::Bytes(_)) => match value(cell) {
            Some(value) => Ok(Some(value)),
            None => Err(StoreError::Corrupt {
                what: "a column",
                source: "it holds something of another type".into(),
            }),
        },
    });
    values.collect()
}

fn id(cell: Cell) -> Option<Uuid> {
    text_of(cell)?.parse().ok()
}

fn text_of(cell: Cell) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text),
        Cell::Null | Cell::Int(_) | Cell::Bytes(_) => None,
    }
}

fn number(cell: Cell) -> Option<i64> {
    match cell {
        Cell::Int(number) => Some(number),
        Cell::Null | Cell::Text(_) | Cell::Bytes(_) => None,
    }
}

fn bytes(cell: Cell) -> Option<Vec<u8>> {
    match cell {
        Cell::Bytes(bytes) => Some(bytes),
        Cell::Null | Cell::Int(_) | Cell::Text(_) => None,
    }
}

/// Finds what PostgreSQL would refuse without saying where it is.
fn no_zero_bytes(table: &Table, rows: &[Vec<Cell>]) -> Result<(), CopyError> {
    for row in rows {
        for (cell, column) in row.iter().zip(&table.columns) {
            if matches!(cell, Cell::Text(text) if text.contains('\0')) {
                return Err(CopyError::ZeroByte {
                    table: table.name.clone(),
                    column: column.name.clone(),
                });
            }
        }
    }
    Ok(())
}

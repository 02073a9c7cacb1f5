//! Fills a database by copying one real conversation as often as it takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use anyhow::{Context, Result, ensure};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// A table of the journal or of talk, and which of its rows belong to a conversation.
struct Copied {
    table: &'static str,
    of_conversation: &'static str,
}

/// In the order in which rows refer to each other.
const TABLES: [Copied; 6] = [
    Copied {
        table: "conversation",
        of_conversation: "id = (SELECT id FROM seed)",
    },
    Copied {
        table: "session",
        of_conversation: "conversation_id = (SELECT id FROM seed)",
    },
    Copied {
        table: "message",
        of_conversation: "conversation_id = (SELECT id FROM seed)",
    },
    Copied {
        table: "stream",
        of_conversation: "conversation_id = (SELECT id FROM seed)",
    },
    Copied {
        table: "event",
        of_conversation: OF_STREAM,
    },
    Copied {
        table: "step",
        of_conversation: OF_STREAM,
    },
];

const OF_STREAM: &str = "stream_id IN (SELECT id FROM session \
                         WHERE conversation_id = (SELECT id FROM seed))";

/// Columns that name something that is copied too, so that each copy needs a name of its own.
const NAMES: [&str; 10] = [
    "id",
    "conversation_id",
    "session_id",
    "stream_id",
    "parent_id",
    "parent_session_id",
    "parent_message_id",
    "input_message_id",
    "final_message_id",
    "selected_leaf_id",
];

/// Copies the only conversation of the deployment below `home` until there are at least so many
/// messages; answers how many there are. Nothing may run on the database meanwhile.
pub(crate) async fn fill(home: &Path, messages: u32) -> Result<u32> {
    let file = database(home).context("there is no weald.sqlite below the data folder")?;
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{}", file.display()))?;
    let mut connection = options.connect().await?;
    let start = "CREATE TEMP TABLE seed AS SELECT id FROM conversation";
    sqlx::query(start).execute(&mut connection).await?;
    let conversations = number(&mut connection, "SELECT count(*) FROM seed").await?;
    ensure!(
        conversations == 1,
        "{conversations} conversations instead of one to copy"
    );
    let each = number(&mut connection, "SELECT count(*) FROM message").await?;
    ensure!(each > 0, "the conversation has no messages");
    let last = number(&mut connection, "SELECT max(pos) FROM event").await?;
    let copies = messages.div_ceil(each).saturating_sub(1);
    sqlx::query("BEGIN").execute(&mut connection).await?;
    for copied in &TABLES {
        copy(&mut connection, copied, copies, last)
            .await
            .with_context(|| copied.table)?;
    }
    sqlx::query("COMMIT").execute(&mut connection).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut connection)
        .await?;
    let total = number(&mut connection, "SELECT count(*) FROM message").await?;
    connection.close().await?;
    Ok(total)
}

async fn copy(
    connection: &mut SqliteConnection,
    copied: &Copied,
    copies: u32,
    last: u32,
) -> Result<()> {
    let table = copied.table;
    let listed = format!("SELECT name FROM pragma_table_info('{table}')");
    let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(listed))
        .fetch_all(&mut *connection)
        .await?;
    let values: Vec<String> = columns.iter().map(|column| value(column, last)).collect();
    let statement = format!(
        "WITH RECURSIVE copy (number) AS \
         (SELECT 1 UNION ALL SELECT number + 1 FROM copy WHERE number < {copies}) \
         INSERT INTO \"{table}\" ({}) SELECT {} FROM \"{table}\", copy WHERE {}",
        columns.join(", "),
        values.join(", "),
        copied.of_conversation
    );
    sqlx::query(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(())
}

/// What a column of a copy holds: a name of its own, a place of its own in the feed, or the same.
fn value(column: &str, last: u32) -> String {
    match column {
        "pos" => format!("pos + {last} * copy.number"),
        name if NAMES.contains(&name) => {
            // The time of an id is replaced, not its end: ids of one moment differ in the end alone.
            let time = "printf('%08x-%04x', copy.number / 65536, copy.number % 65536)";
            format!("{time} || substr({name}, 14)")
        }
        other => other.to_owned(),
    }
}

async fn number(connection: &mut SqliteConnection, statement: &'static str) -> Result<u32> {
    Ok(sqlx::query_scalar(statement).fetch_one(connection).await?)
}

/// The database of the deployment below a folder, if it is a file.
pub(crate) fn database(folder: &Path) -> Option<PathBuf> {
    let entries: Vec<PathBuf> = fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let is_database = |path: &&PathBuf| path.file_name().is_some_and(|name| name == "weald.sqlite");
    entries.iter().find(is_database).cloned().or_else(|| {
        entries
            .iter()
            .filter(|path| path.is_dir())
            .find_map(|path| database(path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPINE: &str = include_str!("../../crates/store/migrations/sqlite/0001_spine.sql");

    /// One conversation with a question and an answer, as a deployment has it.
    const ONE: &str = "
        INSERT INTO user VALUES
            ('u', 'Owner', NULL, 'admin', 'en', 'UTC', 1, 1, '{}', 1, 1);
        INSERT INTO workspace VALUES ('w', 'home', 'u', 'Home', NULL, '[]', NULL, '{}', 1, 1);
        INSERT INTO conversation
            (id, workspace_id, owner_id, status, project_ids, settings, selected_leaf_id,
             metadata, created_at, updated_at)
            VALUES ('0190aaaa-0000-7000-8000-9ab1c2d3e4f5', 'w', 'u', 'active', '[]', '{}',
                    '0190aaaa-0000-7000-8000-9ab1c2d3e4f7', '{}', 1, 1);
        INSERT INTO message
            (id, workspace_id, owner_id, conversation_id, parent_id, role, parts, metadata,
             created_at, updated_at)
            VALUES
            ('0190aaaa-0000-7000-8000-9ab1c2d3e4f6', 'w', 'u',
             '0190aaaa-0000-7000-8000-9ab1c2d3e4f5', NULL, 'user', '[]', '{}', 1, 1),
            ('0190aaaa-0000-7000-8000-9ab1c2d3e4f7', 'w', 'u',
             '0190aaaa-0000-7000-8000-9ab1c2d3e4f5', '0190aaaa-0000-7000-8000-9ab1c2d3e4f6',
             'assistant', '[]', '{}', 1, 1);
        INSERT INTO event (stream_id, seq, pos, epoch, kind, version, hash, at)
            VALUES ('w', 1, 1, 1, 'conversation.created', 1, '', 1);";

    #[tokio::test]
    async fn copies_are_whole_conversations_with_names_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("data");
        fs::create_dir(&home).unwrap();
        let file = home.join("weald.sqlite");
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        sqlx::raw_sql(SPINE).execute(&mut connection).await.unwrap();
        sqlx::raw_sql(ONE).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();

        let total = fill(folder.path(), 101).await.unwrap();

        let mut connection = SqliteConnectOptions::new()
            .filename(&file)
            .connect()
            .await
            .unwrap();
        let answers = "SELECT count(*) FROM message AS answer JOIN message AS question \
                       ON question.id = answer.parent_id \
                       JOIN conversation ON conversation.selected_leaf_id = answer.id \
                       AND conversation.id = answer.conversation_id";
        assert_eq!(total, 102);
        assert_eq!(number(&mut connection, answers).await.unwrap(), 51);
    }
}

//! What a crash between a commit and the removal of files left on the disk: blobs of sessions and
//! folders of workspaces that are no more.

use std::{io, path::Path};

use tracing::{info, warn};
use uuid::Uuid;
use weald_domain::ports::StoreError;

use crate::{
    blobs::blocking,
    sql::{Read, Row, Sql, column, sql},
    store::Store,
};

/// Names that are looked up at once.
const BATCH: usize = 500;

/// The folders that were there before this process made any.
pub(crate) struct Leftovers {
    sessions: Vec<Uuid>,
    workspaces: Vec<Uuid>,
}

struct Gone(Uuid);

impl Read for Gone {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::id(row, "id").map(Self)
    }
}

impl Store {
    /// Lists what may be left over; call it before anything new is written.
    pub(crate) async fn leftovers(&self) -> Result<Leftovers, StoreError> {
        let root = self.0.folder.root().to_owned();
        blocking(move || {
            Ok(Leftovers {
                sessions: names_in(&root.join("blobs"))?,
                workspaces: names_in(&root.join("workspaces"))?,
            })
        })
        .await
    }

    /// Removes those whose rows are gone. A failure costs disk space only, and the next start
    /// tries again.
    pub(crate) async fn sweep(self, leftovers: Leftovers) {
        // A topic stream, that of a workspace or the deployment, has blobs and no session.
        let sessions = "SELECT value AS id FROM json_each(?1)
             WHERE NOT EXISTS (SELECT 1 FROM session WHERE session.id = value)
                AND NOT EXISTS (SELECT 1 FROM stream
                    WHERE stream.id = value AND stream.kind = 'topic')";
        let workspaces = "SELECT value AS id FROM json_each(?1)
             WHERE NOT EXISTS (SELECT 1 FROM workspace WHERE workspace.id = value)";
        for (folder, names, gone) in [
            ("blobs", leftovers.sessions, sessions),
            ("workspaces", leftovers.workspaces, workspaces),
        ] {
            if let Err(error) = self.sweep_folder(folder, names, gone).await {
                let error = &error as &dyn std::error::Error;
                warn!(
                    error,
                    "the folder `{folder}` may hold files of deleted things"
                );
            }
        }
    }

    async fn sweep_folder(
        &self,
        folder: &str,
        names: Vec<Uuid>,
        gone: &'static str,
    ) -> Result<(), StoreError> {
        for batch in names.chunks(BATCH) {
            if self.0.stopping.is_cancelled() {
                return Ok(());
            }
            let statement = sql(gone).bind(batch.to_vec());
            let gone: Vec<Gone> = self.reader().await?.all(statement).await?;
            for Gone(id) in gone {
                self.0.blobs.delete_all(&format!("{folder}/{id}")).await?;
                info!("removed {folder}/{id}, which a deletion had left");
            }
        }
        Ok(())
    }
}

fn names_in(folder: &Path) -> io::Result<Vec<Uuid>> {
    let entries = std::fs::read_dir(folder)?.filter_map(Result::ok);
    Ok(entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect())
}

//! What a crash between a commit and the removal of files left on the disk: blobs of sessions and
//! folders of workspaces that are no more; and assets whose rows were never committed.

use std::{collections::HashSet, io, path::Path};

use tracing::{info, warn};
use uuid::Uuid;
use weald_domain::ports::{Blobs as _, StoreError};

use crate::{
    blobs::blocking,
    restore,
    sql::{Read, Row, Sql, column, sql},
    store::Store,
};

/// Names that are looked up at once.
const BATCH: usize = 500;

/// The folders that were there before this process made any.
#[derive(Default)]
pub(crate) struct Leftovers {
    sessions: Vec<Uuid>,
    workspaces: Vec<Uuid>,
    /// Names of the bytes of assets, with their ids.
    assets: Vec<(Uuid, String)>,
}

struct Gone(Uuid);

impl Read for Gone {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::id(row, "id").map(Self)
    }
}

impl Store {
    /// Lists what may be left over; call it before anything new is written. Nothing is while a
    /// database that was replaced is kept: its sessions may have files.
    pub(crate) async fn leftovers(&self) -> Result<Leftovers, StoreError> {
        let folder = self.0.folder.clone();
        blocking(move || {
            let root = folder.root();
            if !restore::replaced(&folder)?.is_empty() {
                return Ok(Leftovers::default());
            }
            let workspaces = names_in(&root.join("workspaces"))?;
            Ok(Leftovers {
                sessions: names_in(&root.join("blobs"))?,
                assets: assets_in(root, &workspaces)?,
                workspaces,
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
        if let Err(error) = self.sweep_assets(leftovers.assets).await {
            let error = &error as &dyn std::error::Error;
            warn!(
                error,
                "the folders of assets may hold files that no row knows"
            );
        }
    }

    async fn sweep_assets(&self, assets: Vec<(Uuid, String)>) -> Result<(), StoreError> {
        let gone = "SELECT value AS id FROM json_each(?1)
             WHERE NOT EXISTS (SELECT 1 FROM asset WHERE asset.id = value)";
        for batch in assets.chunks(BATCH) {
            if self.0.stopping.is_cancelled() {
                return Ok(());
            }
            let ids: Vec<Uuid> = batch.iter().map(|(id, _)| *id).collect();
            let gone: Vec<Gone> = self.reader().await?.all(sql(gone).bind(ids)).await?;
            let gone: HashSet<Uuid> = gone.into_iter().map(|Gone(id)| id).collect();
            for (_, name) in batch.iter().filter(|(id, _)| gone.contains(id)) {
                self.0.blobs.delete(name).await?;
                info!("removed {name}, which no row knows");
            }
        }
        Ok(())
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

fn assets_in(root: &Path, workspaces: &[Uuid]) -> io::Result<Vec<(Uuid, String)>> {
    let mut found = Vec::new();
    for workspace in workspaces {
        let folder = format!("workspaces/{workspace}/assets");
        let entries = match std::fs::read_dir(root.join(&folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if let Ok(id) = name.split('.').next().unwrap_or(name).parse() {
                found.push((id, format!("{folder}/{name}")));
            }
        }
    }
    Ok(found)
}

//! Everything that keeps or carries data: SQL journal and tables, blobs, bus, secrets.
//!
//! [`Store`] opens a data folder and implements the store ports of the domain on files and SQLite, or
//! PostgreSQL.

mod address;
mod backup;
mod blobs;
mod bus;
mod copy;
mod data_folder;
mod engine;
mod fail_points;
mod leftovers;
mod live;
mod ports;
mod restore;
mod retention;
mod secrets;
mod sql;
mod statements;
mod store;
mod streams;
mod upkeep;

pub use address::{AddressError, DatabaseAddress};
pub use backup::dump::DumpError;
pub use copy::{
    Copied, CopiedFiles, CopiedTable, CopyError, Difference, Place, Progress, Step, Watch,
    copy_deployment,
};
pub use data_folder::{DataFolder, LockError};
pub use fail_points::{FAIL_POINTS, UNANSWERED};
pub use restore::{RESTORE_FAIL_POINTS, RestoreError, Restored, restore};
pub use retention::{Amount, Disused, PruneError, Retention, look, prune};
pub use secrets::VaultError;
pub use sql::audit::{AuditRow, ChainFault};
pub use sql::postgres::ConnectError;
pub use store::{OpenError, SecretsBackend, Store, StoreConfig};
pub use upkeep::{
    BackupFirst, Database, DatabaseStatus, EngineStatus, FileStatus, Migration, ServerStatus,
    UpkeepError,
};

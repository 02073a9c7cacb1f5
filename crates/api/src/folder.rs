//! Folders (MY-29, MY-33).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use weald_domain::{
    id::{FolderId, UserId, WorkspaceId},
    time::UnixMillis,
};

use crate::page::present;

wire! {
    /// A nested group of conversations.
    Folder of weald_domain::conversation::Folder {
        /// Id.
        #[schema(value_type = Uuid)]
        id: FolderId,
        /// Where it belongs.
        #[schema(value_type = Uuid)]
        workspace_id: WorkspaceId,
        /// Who made it.
        #[schema(value_type = Uuid)]
        owner_id: UserId,
        /// The folder it is in.
        #[schema(value_type = Option<Uuid>)]
        parent_id: Option<FolderId>,
        /// For people, 1–128 characters.
        name: String,
        /// Order among its siblings.
        position: i64,
        /// When it was made.
        #[schema(value_type = DateTime<Utc>)]
        created_at: UnixMillis,
        /// When it last changed.
        #[schema(value_type = DateTime<Utc>)]
        updated_at: UnixMillis,
    }
}

/// A new folder.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FolderCreateRequest {
    /// Where it belongs; the user's first workspace when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub workspace_id: Option<WorkspaceId>,
    /// The folder it is in; the top when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub parent_id: Option<FolderId>,
    /// For people, 1–128 characters.
    #[schema(min_length = 1, max_length = 128)]
    pub name: String,
    /// Order among its siblings.
    #[serde(default)]
    #[schema(required = false)]
    pub position: i64,
}

/// A change of a folder; an absent member stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FolderUpdateRequest {
    /// New name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 128)]
    pub name: Option<String>,
    /// New parent; null moves it to the top.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub parent_id: Option<Option<FolderId>>,
    /// New order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
}

//! Conversations and the folders that group them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    id::{ConversationId, FolderId, MessageId, SessionId, UserId, WorkspaceId},
    message::Message,
    plain::plain,
    session::LiveStatus,
    slug::Slug,
    time::UnixMillis,
};

/// A nested group of conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// Id of the row.
    pub id: FolderId,
    /// Where it belongs.
    pub workspace_id: WorkspaceId,
    /// Who made it.
    pub owner_id: UserId,
    /// The folder it is in.
    pub parent_id: Option<FolderId>,
    /// For people, 1–128 characters.
    pub name: String,
    /// Order among its siblings.
    pub position: i64,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

/// A change of a folder; `None` leaves a field as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderPatch {
    /// New name.
    pub name: Option<String>,
    /// New parent, or the top.
    pub parent_id: Option<Option<FolderId>>,
    /// New order.
    pub position: Option<i64>,
}

/// Whether a conversation is in daily use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationStatus {
    /// In daily use.
    #[default]
    Active,
    /// Put away.
    Archived,
}

/// In which form a conversation answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputMode {
    /// Text.
    #[default]
    Text,
    /// JSON by a schema.
    Json,
}

/// Settings of a conversation (NB-47).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ConversationSettings {
    /// Model instead of the preset's (`provider/model`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// System prompt instead of the preset's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// Form of the answers.
    #[serde(default)]
    pub output_mode: OutputMode,
    /// Schema of the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
}

/// A tree of messages plus its sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Id of the row.
    pub id: ConversationId,
    /// Where it belongs.
    pub workspace_id: WorkspaceId,
    /// Who made it.
    pub owner_id: UserId,
    /// The folder it is in.
    pub folder_id: Option<FolderId>,
    /// For people, 1–256 characters.
    pub title: Option<String>,
    /// In daily use or put away.
    pub status: ConversationStatus,
    /// Its preset; the workspace's default when none.
    pub default_preset_id: Option<Slug>,
    /// Projects its agents may work in, the first is the cwd; empty: pure chat.
    pub project_ids: Vec<Slug>,
    /// Its settings.
    pub settings: ConversationSettings,
    /// The leaf people look at.
    pub selected_leaf_id: Option<MessageId>,
    /// Opaque.
    pub metadata: Map<String, Value>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When something was last said or changed in it.
    pub updated_at: UnixMillis,
}

/// A change of the settings of a conversation; `None` leaves a member as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingsPatch {
    /// Another model, or the preset's.
    pub model_id: Option<Option<String>>,
    /// Another system prompt, or the preset's.
    pub system_prompt: Option<Option<String>>,
}

impl ConversationSettings {
    /// The settings with a patch laid over them.
    #[must_use]
    pub fn patched(self, patch: SettingsPatch) -> Self {
        let SettingsPatch {
            model_id,
            system_prompt,
        } = patch;
        Self {
            model_id: model_id.unwrap_or(self.model_id),
            system_prompt: system_prompt.unwrap_or(self.system_prompt),
            ..self
        }
    }
}

/// A change of a conversation; `None` leaves a field as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConversationPatch {
    /// New title, or none.
    pub title: Option<Option<String>>,
    /// New status.
    pub status: Option<ConversationStatus>,
    /// New preset, or the workspace's default.
    pub default_preset_id: Option<Option<Slug>>,
    /// New settings.
    pub settings: Option<SettingsPatch>,
    /// Metadata patch: shallow merge, `None` inside clears.
    pub metadata: Option<Option<Map<String, Value>>>,
    /// New folder, or the top.
    pub folder_id: Option<Option<FolderId>>,
}

/// A conversation in a list, with what runs in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationEntry {
    /// The conversation.
    pub conversation: Conversation,
    /// Its active agent session, running or parked.
    pub active: Option<(SessionId, LiveStatus)>,
}

/// A message of a branch with the siblings one can switch to (MY-37, MY-38).
#[derive(Debug, Clone, PartialEq)]
pub struct BranchItem {
    /// The message.
    pub message: Message,
    /// All children of its parent, itself included, oldest first.
    pub siblings: Vec<MessageId>,
    /// Its place among them.
    pub sibling_index: usize,
}

/// A title made from the first words of what a person wrote: one line, at most 60 characters.
#[must_use]
pub fn title_from(text: &str) -> Option<String> {
    let mut lines = text.lines().map(plain);
    let line = lines.find(|line| !line.trim().is_empty())?;
    let words: String = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= 60 {
        return Some(words);
    }
    let cut: String = words.chars().take(59).collect();
    let cut = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(whole, _)| whole);
    Some(format!("{cut}…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_short_line() {
        assert_eq!(
            title_from("\n  hello   world\nmore"),
            Some("hello world".into())
        );
        assert_eq!(title_from("   "), None);
        assert_eq!(title_from("\u{202e}\n a\u{202e}b\u{1b}"), Some("ab".into()));
        let long = title_from(&"word ".repeat(40)).expect("some");
        assert!(long.chars().count() <= 60 && long.ends_with('…'));
    }
}

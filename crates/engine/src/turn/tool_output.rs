//! What a tool answered: the model is given what fits, the whole of it is kept as an asset.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use weald_domain::{
    asset::{Asset, AssetKind},
    id::AssetId,
    limits::TOOL_OUTPUT_MODEL_MAX,
    message::Outcome,
    ports::{StoreError, ToolAnswer},
    tool::ToolContent,
    turn_state::CallState,
};

use super::Turn;

/// How a call ended, before it is journaled.
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    pub(super) content: Vec<ToolContent>,
    pub(super) truncated: bool,
    pub(super) duration_ms: u64,
    /// The whole output when the model is given a part of it.
    pub(super) whole: Option<Asset>,
}

impl Ended {
    pub(super) fn text(outcome: Outcome, text: impl Into<String>) -> Self {
        let content = vec![ToolContent::Text { text: text.into() }];
        Self {
            outcome,
            content,
            truncated: false,
            duration_ms: 0,
            whole: None,
        }
    }
}

impl Turn {
    /// Makes of an answer what is journaled. An output above the limit is stored whole before the
    /// event that names it; a crash between the two leaves a file that no row knows, and the next
    /// start removes it.
    pub(super) async fn ended_with(
        &mut self,
        call: &CallState,
        answer: ToolAnswer,
        duration_ms: u64,
    ) -> Result<Ended, StoreError> {
        let ToolAnswer {
            content,
            is_error,
            truncated,
        } = answer;
        let outcome = if is_error {
            Outcome::Error
        } else {
            Outcome::Ok
        };
        let mut ended = Ended {
            outcome,
            content,
            truncated,
            duration_ms,
            whole: None,
        };
        if let Some(text) = above_limit(&ended.content) {
            ended.content = vec![ToolContent::Text {
                text: head_and_tail(&text),
            }];
            ended.truncated = true;
            ended.whole = Some(self.keep(call, text).await?);
        }
        Ok(ended)
    }

    async fn keep(&mut self, call: &CallState, text: String) -> Result<Asset, StoreError> {
        let at = self.now();
        let id: AssetId = self.engine.id(at);
        let asset = Asset {
            id,
            workspace_id: self.session.workspace_id,
            owner_id: self.session.owner_id,
            conversation_id: Some(self.session.conversation_id),
            message_id: Some(call.message_id),
            kind: AssetKind::Artifact,
            mime_type: "text/plain; charset=utf-8".into(),
            relative_path: format!("{id}.txt"),
            size_bytes: text.len() as u64,
            sha256: hex::encode(Sha256::digest(text.as_bytes())),
            created_at: at,
        };
        let blobs = self.engine.ports().blobs.clone();
        blobs.put(&asset.blob(), Bytes::from(text)).await?;
        Ok(asset)
    }
}

/// The whole output as text when it is more than a model is given.
fn above_limit(content: &[ToolContent]) -> Option<String> {
    let texts: Vec<_> = content.iter().map(ToolContent::to_text).collect();
    let size: usize = texts.iter().map(|text| text.len()).sum();
    (size > TOOL_OUTPUT_MODEL_MAX).then(|| texts.join("\n"))
}

/// Head and tail of a text above the limit, with a visible mark between them.
fn head_and_tail(whole: &str) -> String {
    let head = whole.floor_char_boundary(TOOL_OUTPUT_MODEL_MAX * 3 / 4);
    let tail = whole.ceil_char_boundary(whole.len() - TOOL_OUTPUT_MODEL_MAX / 4);
    format!(
        "{}\n… [{} bytes left out] …\n{}",
        &whole[..head],
        tail - head,
        &whole[tail..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_output_keeps_head_and_tail_and_says_what_is_missing() {
        let text = format!("begin{}end", "ü".repeat(TOOL_OUTPUT_MODEL_MAX));
        let whole = above_limit(&[ToolContent::Text { text: text.clone() }]);
        assert_eq!(whole.as_deref(), Some(text.as_str()));
        let cut = head_and_tail(&text);
        assert!(cut.starts_with("begin") && cut.ends_with("end"));
        assert!(cut.contains("bytes left out") && cut.len() < TOOL_OUTPUT_MODEL_MAX + 64);
    }

    #[test]
    fn output_that_fits_is_given_as_it_is() {
        let text = "x".repeat(TOOL_OUTPUT_MODEL_MAX);
        assert_eq!(above_limit(&[ToolContent::Text { text }]), None);
    }
}

//! Conversations and their messages.

use weald_domain::{
    cursor::FeedCursor,
    id::{ConversationId, MessageId},
};

use super::{Client, ClientError, accepted, header_of, json};
use crate::{
    Page, PageQuery,
    conversation::{
        Conversation, ConversationListQuery, ConversationResponse, ConversationSettingsRequest,
        ConversationUpdateRequest,
    },
    message::{FEED_CURSOR_HEADER, MessageItem, MessageListQuery},
    page::Window,
    session::{Session, Turn, TurnListQuery},
};

/// The messages of a branch with the place to follow the feed from.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The messages, root first.
    pub items: Vec<MessageItem>,
    /// Everything up to here is in them.
    pub feed_cursor: Option<FeedCursor>,
}

impl Client {
    /// Conversations, last activity first.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn conversations(
        &self,
        query: &ConversationListQuery,
    ) -> Result<Page<ConversationResponse>, ClientError> {
        self.get("/api/conversations/list", query).await
    }

    /// One conversation.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn conversation(
        &self,
        id: ConversationId,
    ) -> Result<ConversationResponse, ClientError> {
        self.get(&format!("/api/conversations/{id}/get"), &()).await
    }

    /// Changes a conversation.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn update_conversation(
        &self,
        id: ConversationId,
        request: &ConversationUpdateRequest,
    ) -> Result<Conversation, ClientError> {
        self.post(&format!("/api/conversations/{id}/update"), request)
            .await
    }

    /// Changes the settings of a conversation.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn change_conversation_settings(
        &self,
        id: ConversationId,
        request: &ConversationSettingsRequest,
    ) -> Result<Conversation, ClientError> {
        self.post(&format!("/api/conversations/{id}/settings"), request)
            .await
    }

    /// Deletes a conversation.
    ///
    /// # Errors
    /// See [`ClientError`]; `conversation_busy` while something runs in it.
    pub async fn delete_conversation(&self, id: ConversationId) -> Result<(), ClientError> {
        self.act(&format!("/api/conversations/{id}/delete"), &())
            .await
    }

    /// The messages of a branch: of the selected leaf when none is named.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn messages(
        &self,
        id: ConversationId,
        leaf: Option<MessageId>,
    ) -> Result<Branch, ClientError> {
        let path = format!("/api/conversations/{id}/messages");
        let request = self
            .request(reqwest::Method::GET, &path)?
            .query(&MessageListQuery { leaf });
        let response = accepted(request.timeout(super::ANSWER_TIMEOUT).send().await?).await?;
        let feed_cursor = header_of(&response, FEED_CURSOR_HEADER);
        let page: Page<MessageItem> = json(response).await?;
        Ok(Branch {
            items: page.items,
            feed_cursor,
        })
    }

    /// What was said, turn by turn.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn turns(
        &self,
        id: ConversationId,
        query: &TurnListQuery,
    ) -> Result<Window<Turn>, ClientError> {
        self.get(&format!("/api/conversations/{id}/turns"), query)
            .await
    }

    /// The sessions of a conversation in time order.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn conversation_sessions(
        &self,
        id: ConversationId,
        page: &PageQuery,
    ) -> Result<Page<Session>, ClientError> {
        self.get(&format!("/api/conversations/{id}/sessions"), page)
            .await
    }
}

//! Chat streams (MY-10): the same run in the chat view of MY-11.

use weald_domain::id::ConversationId;

use super::{Client, ClientError, RunStream};
use crate::{
    chat::{ChatEvent, ChatView},
    run::RunRequest,
};

/// A run as chat events.
pub struct ChatStream {
    run: RunStream,
    view: ChatView,
}

impl ChatStream {
    /// The next chat event; none after the last.
    ///
    /// # Errors
    /// As [`RunStream::next`].
    pub async fn next(&mut self) -> Result<Option<ChatEvent>, ClientError> {
        while let Some(envelope) = self.run.next().await? {
            if let Some(event) = self.view.see(&envelope) {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }
}

impl Client {
    /// `startChatStream`: runs an agent and gives its chat view.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn start_chat_stream(&self, request: RunRequest) -> Result<ChatStream, ClientError> {
        let run = self.run(request, None).await?;
        Ok(ChatStream {
            run,
            view: ChatView::default(),
        })
    }

    /// `cancelChatStream`: stops what runs in a chat.
    ///
    /// # Errors
    /// As [`Client::interrupt`].
    pub async fn cancel_chat_stream(&self, chat_id: ConversationId) -> Result<(), ClientError> {
        self.interrupt(chat_id, None).await.map(drop)
    }
}

//! The ports that a turn does not ask once it runs.

use async_trait::async_trait;
use weald_domain::{
    access::Access,
    approval::{Approval, ApprovalState},
    conversation::{BranchItem, Conversation, ConversationEntry, ConversationPatch},
    id::{ApprovalId, ConversationId, MessageId, SessionId, UserId, WorkspaceId},
    message::Message,
    permission::Grant,
    ports::{
        AnswerError, Approvals, ConversationFilter, Conversations, DeleteError, Identity,
        NewAnswer, NewLogin, Page, PageRequest, PresetWriteError, Presets, ProjectWriteError,
        Projects, ProviderWriteError, Providers, SecretError, SecretStore, SessionFilter, Sessions,
        StoreError, WorkspaceWriteError, Workspaces,
    },
    preset::{Preset, PresetPatch},
    project::{Project, ProjectPatch},
    provider::{Model, Provider, ProviderPatch},
    secret::{Secret, SecretRef},
    session::{ActiveSession, LiveStatus, Session},
    slug::Slug,
    time::UnixMillis,
    workspace::{Workspace, WorkspacePatch},
};

use super::{Fake, provider};

fn never<T>() -> T {
    panic!("a turn that runs does not ask this")
}

#[async_trait]
impl Approvals for Fake {
    async fn list(
        &self,
        _: &Access,
        _: Option<ApprovalState>,
        _: Option<ConversationId>,
        _: PageRequest,
    ) -> Result<Page<Approval>, StoreError> {
        never()
    }
    async fn get(&self, _: &Access, _: ApprovalId) -> Result<Option<Approval>, StoreError> {
        Ok(self.held().answered.clone())
    }
    async fn answer(
        &self,
        _: &Access,
        _: ApprovalId,
        _: NewAnswer,
    ) -> Result<Option<Approval>, AnswerError> {
        let first = self.held().answered.clone();
        first.map_or(Ok(None), |first| {
            Err(AnswerError::Answered(Box::new(first)))
        })
    }
    async fn of_session(&self, _: SessionId) -> Result<Vec<Approval>, StoreError> {
        Ok(Vec::new())
    }
    async fn grants(&self, _: WorkspaceId) -> Result<Vec<Grant>, StoreError> {
        never()
    }
}

#[async_trait]
impl Conversations for Fake {
    async fn list(
        &self,
        _: &Access,
        _: &ConversationFilter,
        _: PageRequest,
    ) -> Result<Page<ConversationEntry>, StoreError> {
        never()
    }
    async fn get(
        &self,
        _: &Access,
        _: ConversationId,
    ) -> Result<Option<ConversationEntry>, StoreError> {
        never()
    }
    async fn update(
        &self,
        _: &Access,
        _: ConversationId,
        _: ConversationPatch,
        _: UnixMillis,
    ) -> Result<Option<Conversation>, StoreError> {
        never()
    }
    async fn delete(
        &self,
        _: &Access,
        _: ConversationId,
        _: UnixMillis,
    ) -> Result<bool, DeleteError> {
        never()
    }
    async fn branch(
        &self,
        _: &Access,
        _: ConversationId,
        _: Option<MessageId>,
    ) -> Result<Option<Vec<BranchItem>>, StoreError> {
        never()
    }
    async fn message(&self, _: &Access, _: MessageId) -> Result<Option<Message>, StoreError> {
        never()
    }
    async fn context(&self, _: MessageId) -> Result<Vec<Message>, StoreError> {
        let branch = self.held().branch.take();
        branch.unwrap_or_else(|| Err(StoreError::Unavailable("the stand-in has no tree".into())))
    }
}

#[async_trait]
impl Identity for Fake {
    async fn owner(&self) -> Result<UserId, StoreError> {
        never()
    }
    async fn access(&self, _: UserId) -> Result<Option<Access>, StoreError> {
        never()
    }
    async fn root_token_hash(&self) -> Result<Option<String>, StoreError> {
        never()
    }
    async fn set_root_token_hash(&self, _: &str, _: UnixMillis) -> Result<(), StoreError> {
        never()
    }
    async fn create_login(&self, _: NewLogin) -> Result<(), StoreError> {
        never()
    }
    async fn login(&self, _: &str, _: UnixMillis) -> Result<Option<UserId>, StoreError> {
        never()
    }
    async fn delete_login(&self, _: &str, _: UnixMillis) -> Result<bool, StoreError> {
        never()
    }
}

#[async_trait]
impl Presets for Fake {
    async fn create(&self, _: &Access, _: Preset) -> Result<(), PresetWriteError> {
        never()
    }
    async fn list(
        &self,
        _: &Access,
        _: WorkspaceId,
        _: PageRequest,
    ) -> Result<Page<Preset>, StoreError> {
        never()
    }
    async fn get(
        &self,
        _: &Access,
        _: WorkspaceId,
        _: &Slug,
    ) -> Result<Option<Preset>, StoreError> {
        never()
    }
    async fn default_of(&self, _: &Access, _: WorkspaceId) -> Result<Option<Preset>, StoreError> {
        never()
    }
    async fn update(
        &self,
        _: &Access,
        _: WorkspaceId,
        _: &Slug,
        _: PresetPatch,
        _: UnixMillis,
    ) -> Result<Option<Preset>, PresetWriteError> {
        never()
    }
    async fn delete(
        &self,
        _: &Access,
        _: WorkspaceId,
        _: &Slug,
        _: UnixMillis,
    ) -> Result<bool, PresetWriteError> {
        never()
    }
}

#[async_trait]
impl Projects for Fake {
    async fn create(&self, _: &Access, _: Project) -> Result<Project, ProjectWriteError> {
        never()
    }
    async fn list(
        &self,
        _: &Access,
        _: WorkspaceId,
        _: PageRequest,
    ) -> Result<Page<Project>, StoreError> {
        never()
    }
    async fn get(
        &self,
        _: &Access,
        _: WorkspaceId,
        _: &Slug,
    ) -> Result<Option<Project>, StoreError> {
        never()
    }
    async fn update(
        &self,
        _: &Access,
        _: WorkspaceId,
        _: &Slug,
        _: ProjectPatch,
        _: UnixMillis,
    ) -> Result<Option<Project>, StoreError> {
        never()
    }
    async fn select(
        &self,
        _: &Access,
        _: WorkspaceId,
        _: &Slug,
        _: UnixMillis,
    ) -> Result<bool, StoreError> {
        never()
    }
    async fn delete(
        &self,
        _: &Access,
        _: WorkspaceId,
        _: &Slug,
        _: UnixMillis,
    ) -> Result<bool, StoreError> {
        never()
    }
}

#[async_trait]
impl Providers for Fake {
    async fn create(&self, _: Provider, _: UserId) -> Result<(), ProviderWriteError> {
        never()
    }
    async fn list(&self, _: PageRequest) -> Result<Page<Provider>, StoreError> {
        never()
    }
    async fn get(&self, _: &Slug) -> Result<Option<Provider>, StoreError> {
        Ok(Some(provider()))
    }
    async fn update(
        &self,
        _: &Slug,
        _: ProviderPatch,
        _: UserId,
        _: UnixMillis,
    ) -> Result<Option<Provider>, ProviderWriteError> {
        never()
    }
    async fn switch_model(
        &self,
        _: &Slug,
        _: &str,
        _: bool,
        _: UserId,
        _: UnixMillis,
    ) -> Result<Option<Model>, StoreError> {
        never()
    }
    async fn delete(&self, _: &Slug, _: UserId, _: UnixMillis) -> Result<bool, ProviderWriteError> {
        never()
    }
    async fn put_models(&self, _: &Slug, _: Vec<Model>, _: UserId) -> Result<(), StoreError> {
        never()
    }
    async fn models(&self, _: Option<&Slug>, _: PageRequest) -> Result<Page<Model>, StoreError> {
        never()
    }
    async fn model(&self, _: &Slug, _: &str) -> Result<Option<Model>, StoreError> {
        Ok(None)
    }
}

#[async_trait]
impl SecretStore for Fake {
    async fn get(&self, _: &SecretRef) -> Result<Option<Secret>, SecretError> {
        never()
    }
    async fn set(&self, _: &SecretRef, _: Secret) -> Result<(), SecretError> {
        never()
    }
    async fn delete(&self, _: &SecretRef) -> Result<bool, SecretError> {
        never()
    }
    async fn list(&self) -> Result<Vec<SecretRef>, SecretError> {
        never()
    }
}

#[async_trait]
impl Sessions for Fake {
    async fn list(
        &self,
        _: &Access,
        _: SessionFilter,
        _: PageRequest,
    ) -> Result<Page<Session>, StoreError> {
        never()
    }
    async fn get(
        &self,
        _: &Access,
        _: SessionId,
    ) -> Result<Option<(Session, Option<LiveStatus>)>, StoreError> {
        never()
    }
    async fn messages(&self, _: &Access, _: SessionId) -> Result<Vec<Message>, StoreError> {
        never()
    }
    async fn active(&self, _: ConversationId) -> Result<Option<ActiveSession>, StoreError> {
        never()
    }
    async fn latest(&self, _: ConversationId) -> Result<Option<SessionId>, StoreError> {
        never()
    }
}

#[async_trait]
impl Workspaces for Fake {
    async fn create(&self, _: &Access, _: Workspace) -> Result<(), WorkspaceWriteError> {
        never()
    }
    async fn list(&self, _: &Access, _: PageRequest) -> Result<Page<Workspace>, StoreError> {
        never()
    }
    async fn get(&self, _: &Access, _: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
        never()
    }
    async fn update(
        &self,
        _: &Access,
        _: WorkspaceId,
        _: WorkspacePatch,
        _: UnixMillis,
    ) -> Result<Option<Workspace>, StoreError> {
        never()
    }
    async fn delete(
        &self,
        _: &Access,
        _: WorkspaceId,
        _: UnixMillis,
    ) -> Result<bool, WorkspaceWriteError> {
        never()
    }
}

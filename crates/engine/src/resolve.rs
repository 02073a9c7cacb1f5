//! The config resolver (NB-26): preset, conversation settings and request override laid over each
//! other, with the workspace's projects and the provider.

use weald_domain::{
    access::Access,
    conversation::Conversation,
    id::WorkspaceId,
    model::ModelRef,
    ports::PageRequest,
    preset::{AgentConfig, ConfigOverride, Preset},
    project::Project,
    provider::{Provider, ProviderKind},
    slug::Slug,
};

use crate::{Engine, RunError};

/// What a session will run with.
pub(crate) struct Resolved {
    pub(crate) preset: Preset,
    pub(crate) agent: AgentConfig,
    pub(crate) provider: Provider,
    pub(crate) projects: Vec<Project>,
}

impl Engine {
    /// The preset of a run: the request's, the conversation's, the workspace's default.
    pub(crate) async fn preset_of(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        asked: Option<&Slug>,
        conversation: Option<&Conversation>,
    ) -> Result<Preset, RunError> {
        let presets = &self.ports().presets;
        if let Some(id) = asked {
            let preset = presets.get(access, workspace, id).await?;
            return preset.ok_or(RunError::NotFound("preset"));
        }
        if let Some(id) = conversation.and_then(|c| c.default_preset_id.as_ref())
            && let Some(preset) = presets.get(access, workspace, id).await?
        {
            return Ok(preset);
        }
        presets.default_of(access, workspace).await?.ok_or_else(|| {
            RunError::invalid(
                "preset_required",
                "no preset was named and the workspace has no default",
            )
        })
    }

    /// The projects of a run: the named ones, else all of the workspace in its order.
    pub(crate) async fn projects_of(
        &self,
        access: &Access,
        workspace: WorkspaceId,
        asked: Option<&[Slug]>,
    ) -> Result<Vec<Project>, RunError> {
        let ports = self.ports();
        let Some(asked) = asked else {
            let page = PageRequest {
                after: None,
                limit: weald_domain::limits::PAGE_MAX,
            };
            return Ok(ports.projects.list(access, workspace, page).await?.items);
        };
        let mut projects = Vec::with_capacity(asked.len());
        for id in asked {
            let project = ports.projects.get(access, workspace, id).await?;
            projects.push(project.ok_or(RunError::NotFound("project"))?);
        }
        Ok(projects)
    }

    /// The provider of a model, which must be there and enabled.
    pub(crate) async fn provider_of(&self, model: &ModelRef) -> Result<Provider, RunError> {
        let Some(provider) = self.ports().providers.get(&model.provider).await? else {
            let detail = format!("there is no provider `{}`", model.provider);
            return Err(RunError::invalid("unknown_provider", detail));
        };
        if !provider.is_enabled {
            let detail = format!("the provider `{}` is switched off", model.provider);
            return Err(RunError::invalid("provider_disabled", detail));
        }
        if provider.kind != ProviderKind::Builtin
            && let Some(row) = self
                .ports()
                .providers
                .model(&model.provider, &model.model)
                .await?
            && !row.is_enabled
        {
            let detail = format!("the model `{model}` is switched off");
            return Err(RunError::invalid("model_disabled", detail));
        }
        Ok(provider)
    }

    /// Lays the settings of a conversation and the override of a request over a preset.
    pub(crate) async fn resolve(
        &self,
        preset: Preset,
        conversation: Option<&Conversation>,
        over: ConfigOverride,
        projects: Vec<Project>,
    ) -> Result<Resolved, RunError> {
        let mut agent = AgentConfig::of(&preset, ConfigOverride::default());
        if let Some(conversation) = conversation {
            let settings = &conversation.settings;
            if let Some(name) = settings.model_id.as_deref().and_then(|id| id.parse().ok()) {
                agent.model = agent.model.replaced_by(name);
            }
            if settings.system_prompt.is_some() {
                agent.system_prompt.clone_from(&settings.system_prompt);
            }
        }
        let ConfigOverride {
            model,
            system_prompt,
            toolsets,
            on_crash,
        } = over;
        agent = AgentConfig {
            model: model.unwrap_or(agent.model),
            system_prompt: system_prompt.or(agent.system_prompt),
            toolsets: toolsets.unwrap_or(agent.toolsets),
            on_crash: on_crash.unwrap_or(agent.on_crash),
        };
        let provider = self.provider_of(&agent.model.name).await?;
        Ok(Resolved {
            preset,
            agent,
            provider,
            projects,
        })
    }
}

//! Names of models as rows.

use serde_json::Map;
use weald_domain::{model::OfferedModel, provider::Model, slug::Slug};

use crate::{Fault, ServerState, fault::Answer};

/// Most models named at once.
const MODELS_MAX: usize = 10_000;

/// Rows of models that somebody named.
pub(super) fn named(state: &ServerState, provider: &Slug, names: &[String]) -> Answer<Vec<Model>> {
    if names
        .iter()
        .any(|name| !(1..=256).contains(&name.trim().len()))
    {
        return Err(Fault::bad(
            "bad_model",
            "models: names of 1 to 256 characters were expected",
        ));
    }
    let offered = names.iter().map(|name| OfferedModel {
        id: name.trim().to_owned(),
        display_name: None,
        context_window: None,
    });
    Ok(rows(state, provider, offered.collect()))
}

/// Rows of models that a provider offers.
pub(in crate::routes) fn rows(
    state: &ServerState,
    provider: &Slug,
    offered: Vec<OfferedModel>,
) -> Vec<Model> {
    let at = state.now();
    let row = |offered: OfferedModel| Model {
        id: state.id(at),
        provider_id: provider.clone(),
        provider_model_id: offered.id,
        display_name: offered.display_name,
        is_enabled: true,
        context_window: offered.context_window,
        metadata: Map::new(),
        created_at: at,
        updated_at: at,
    };
    offered.into_iter().take(MODELS_MAX).map(row).collect()
}

//! Names of models as rows.

use serde_json::Map;
use weald_domain::{
    model::OfferedModel,
    plain::{is_plain, plain},
    provider::Model,
    slug::Slug,
};

use crate::{Fault, ServerState, fault::Answer};

/// Most models named at once.
const MODELS_MAX: usize = 10_000;

/// Rows of models that somebody named.
pub(super) fn named(state: &ServerState, provider: &Slug, names: &[String]) -> Answer<Vec<Model>> {
    if names
        .iter()
        .any(|name| !(1..=256).contains(&name.trim().len()) || !name.trim().chars().all(is_plain))
    {
        return Err(Fault::bad(
            "bad_model",
            "models: names of 1 to 256 characters, without control characters, were expected",
        ));
    }
    let offered = names.iter().map(|name| OfferedModel {
        id: name.trim().to_owned(),
        display_name: None,
        context_window: None,
    });
    Ok(rows(state, provider, offered.collect()))
}

/// Rows of models that a provider offers. One whose name is not plain text is passed over: it
/// could only be shown as another one.
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
        display_name: offered.display_name.map(|name| plain(&name).into_owned()),
        is_enabled: true,
        context_window: offered.context_window,
        metadata: Map::new(),
        created_at: at,
        updated_at: at,
    };
    let plain = |offered: &OfferedModel| offered.id.chars().all(is_plain);
    let offered = offered.into_iter().filter(plain);
    offered.take(MODELS_MAX).map(row).collect()
}

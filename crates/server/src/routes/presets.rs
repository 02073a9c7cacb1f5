//! Presets.

mod create;
mod delete;
mod get;
mod list;
mod update;

use utoipa_axum::{router::OpenApiRouter, routes};
use weald_domain::{
    limits::PART_TEXT_MAX,
    ports::PresetWriteError,
    preset::{PresetModel, Toolset},
};

use crate::{Fault, ServerState, checks, fault::Answer};

/// Longest name of a preset, characters.
const NAME_MAX: usize = 64;
/// Longest description, bytes.
const DESCRIPTION_MAX: usize = 4096;

pub(super) fn routes() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(create::create_preset))
        .routes(routes!(list::list_presets))
        .routes(routes!(get::get_preset))
        .routes(routes!(update::update_preset))
        .routes(routes!(delete::delete_preset))
}

/// Why a preset was not written, on the wire.
fn write_fault(error: PresetWriteError) -> Fault {
    match error {
        PresetWriteError::Taken => Fault::conflict("slug_taken", "A preset of that id exists."),
        PresetWriteError::InUse(conversations) => {
            let ids: Vec<_> = conversations.iter().map(ToString::to_string).collect();
            Fault::conflict("preset_in_use", "Active conversations use it.")
                .with("conversation_ids", ids)
        }
        PresetWriteError::Store(error) => error.into(),
    }
}

fn check_texts(description: Option<&str>, system_prompt: Option<&str>) -> Answer<()> {
    checks::text("description", description.unwrap_or(""), DESCRIPTION_MAX)?;
    checks::text("system_prompt", system_prompt.unwrap_or(""), PART_TEXT_MAX)
}

fn check_model(model: &PresetModel) -> Answer<()> {
    let bad = |detail| Err(Fault::bad("bad_model", detail));
    if model.temperature.is_some_and(|t| !(0.0..=2.0).contains(&t)) {
        return bad("model.temperature: 0 to 2 was expected");
    }
    if model.max_tokens == Some(0) {
        return bad("model.max_tokens: at least 1 was expected");
    }
    Ok(())
}

fn check_toolsets(toolsets: &[Toolset]) -> Answer<()> {
    for (at, toolset) in toolsets.iter().enumerate() {
        let twice = toolsets[..at]
            .iter()
            .any(|other| other.name == toolset.name);
        if twice || toolset.name.is_empty() || toolset.name.len() > 64 {
            let detail =
                format!("toolsets[{at}].name: another name of 1 to 64 characters was expected");
            return Err(Fault::bad("bad_toolset", detail));
        }
    }
    Ok(())
}

//! The built-in models: always there, no key, no network.

pub mod context;
pub mod planner;
pub mod script;

use weald_domain::{
    model::{ModelError, ModelRequest, OfferedModel},
    ports::models::ModelStream,
    provider::BUILTIN_PROVIDER,
};

use crate::failure;

/// Whether a built-in model can take an input at all.
///
/// # Errors
/// `model_not_found` for any other name; `bad_script` when the input is none.
pub fn check(model: &str, input: &str) -> Result<(), ModelError> {
    match model {
        "planner" => Ok(()),
        "script" => script::check(input),
        other => Err(failure::model_not_found(BUILTIN_PROVIDER, other)),
    }
}

/// Calls a built-in model.
///
/// # Errors
/// `model_not_found` for any other name; what the model itself refuses.
pub fn call(request: &ModelRequest) -> Result<ModelStream, ModelError> {
    match request.model.as_str() {
        "planner" => planner::call(request),
        "script" => script::call(request),
        other => Err(failure::model_not_found(BUILTIN_PROVIDER, other)),
    }
}

/// The built-in models.
#[must_use]
pub fn offered() -> Vec<OfferedModel> {
    let model = |id: &str, name: &str| OfferedModel {
        id: id.to_owned(),
        display_name: Some(name.to_owned()),
        context_window: None,
    };
    vec![
        model("planner", "Planner (fixed rules, no language model)"),
        model("script", "Script (plays the acts in the input)"),
    ]
}

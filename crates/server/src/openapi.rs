//! The `OpenAPI` 3.1 document, collected from the routes.

use utoipa::openapi::{
    Content, Info, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
    path::{Operation, ParameterBuilder, ParameterIn, PathItem},
    schema::{ObjectBuilder, Type},
    security::{
        ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
    },
    tag::TagBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};
use weald_api::{
    Problem, problem::PROBLEM_JSON, provider::ModelPullEvent, schema::event::EventEnvelope,
};
use weald_domain::limits::IDEMPOTENCY_KEY_MAX;

use crate::{auth::OPEN_ROUTES, routes};

const ABOUT: &str = "The one API of Weald: web app, command line and every other surface use it. \
    It only gains things: new routes, new optional members, new event types. Unknown members are \
    passed over. Every error is problem+json with a stable `code`; a malformed id in a path is \
    400 `bad_id`, an unknown or foreign one 404 `not_found`.";

/// The one POST whose answer is a stream that no key could answer again.
const KEYLESS: &str = "/api/providers/{id}/models/pull";

const TAGS: [(&str, &str); 14] = [
    ("conversations", "Conversations: run, stop, read, change."),
    ("sessions", "Executions of agents and their streams."),
    ("messages", "Nodes of a conversation's tree."),
    ("events", "The feed: all durable events in one order."),
    ("approvals", "Questions to people."),
    ("assets", "Files that conversations have."),
    ("presets", "Agents: model, prompt, tools."),
    ("providers", "Configured model sources and their models."),
    ("projects", "Directories an agent may work in."),
    ("workspaces", "What people switch between and share."),
    ("folders", "Groups of conversations."),
    ("config", "Settings."),
    ("auth", "Who asks."),
    ("health", "Whether everything works."),
];

/// The document.
#[must_use]
pub fn openapi() -> OpenApi {
    finish(routes::collected().into_openapi())
}

pub(crate) fn finish(mut document: OpenApi) -> OpenApi {
    document.info = info();
    document.tags = Some(TAGS.map(tag).to_vec());
    document.security = Some(vec![
        SecurityRequirement::new("bearer", [""; 0]),
        SecurityRequirement::new("cookie", [""; 0]),
    ]);
    let components = document.components.get_or_insert_default();
    for (name, scheme) in security_schemes() {
        components
            .security_schemes
            .insert(name.to_owned(), scheme.into());
    }
    let mut schemas = vec![
        (Problem::name().into_owned(), Problem::schema()),
        (EventEnvelope::name().into_owned(), EventEnvelope::schema()),
        (
            ModelPullEvent::name().into_owned(),
            ModelPullEvent::schema(),
        ),
    ];
    Problem::schemas(&mut schemas);
    EventEnvelope::schemas(&mut schemas);
    components.schemas.extend(schemas);
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            complete(operation);
            if method == "POST" && path != KEYLESS {
                takes_key(operation);
            }
            if OPEN_ROUTES
                .iter()
                .any(|(open, at)| open.as_str() == method && at == path)
            {
                operation.security = Some(Vec::new());
            }
        }
    }
    document
}

/// A document without paths, to collect them into.
pub(crate) fn empty() -> OpenApi {
    OpenApiBuilder::new().info(info()).build()
}

fn info() -> Info {
    let mut info = Info::new("Weald", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    info.license = Some(
        LicenseBuilder::new()
            .name("Apache-2.0")
            .identifier(Some("Apache-2.0"))
            .build(),
    );
    info
}

fn tag((name, about): (&str, &str)) -> utoipa::openapi::Tag {
    TagBuilder::new()
        .name(name)
        .description(Some(about))
        .build()
}

fn security_schemes() -> [(&'static str, SecurityScheme); 2] {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The root token or a login token."))
        .build();
    let cookie = ApiKeyValue::with_description(
        "weald_7420",
        "The login cookie, `weald_<port>`; a change also needs the header `Weald-Client: 1`.",
    );
    [
        ("bearer", SecurityScheme::Http(bearer)),
        ("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie))),
    ]
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", item.get.as_mut()),
        ("POST", item.post.as_mut()),
        ("PUT", item.put.as_mut()),
        ("PATCH", item.patch.as_mut()),
        ("DELETE", item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.map(|operation| (method, operation)))
}

/// Every error of every route is a problem.
fn complete(operation: &mut Operation) {
    let problem = || Content::new(Some(Ref::from_schema_name("Problem")));
    for (status, response) in &mut operation.responses.responses {
        let is_error = status.starts_with('4') || status.starts_with('5');
        if let (true, RefOr::T(response)) = (is_error, response) {
            response
                .content
                .insert(PROBLEM_JSON.to_owned(), problem().into());
        }
    }
    let other = ResponseBuilder::new()
        .description("Any other error.")
        .content(PROBLEM_JSON, problem())
        .build();
    operation
        .responses
        .responses
        .insert("default".to_owned(), other.into());
}

fn takes_key(operation: &mut Operation) {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(IDEMPOTENCY_KEY_MAX));
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "The same key and body answers the first response again, for 24 hours.",
        ))
        .schema(Some(schema))
        .build();
    operation
        .parameters
        .get_or_insert_default()
        .push(key.into());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_committed_document_is_this_one() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../docs/reference/openapi.json"
        );
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        let now = openapi().to_pretty_json().expect("JSON") + "\n";
        assert!(
            committed == now,
            "stale: cargo run -p weald-server --example openapi > {path}"
        );
    }

    #[test]
    fn operation_ids_are_unique_and_every_reference_has_its_schema() {
        let mut document = openapi();
        let mut ids = BTreeSet::new();
        for item in document.paths.paths.values_mut() {
            for (_, operation) in operations(item) {
                let id = operation.operation_id.clone().expect("an operation id");
                assert!(ids.insert(id.clone()), "{id} twice");
                assert!(operation.summary.is_some(), "{id} has no summary");
            }
        }
        let json = document.to_json().expect("JSON");
        let schemas = document.components.expect("components").schemas;
        for reference in json.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap_or("");
            assert!(schemas.contains_key(name), "no schema {name}");
        }
    }
}

//! Wire types, OpenAPI schemas and the typed client.

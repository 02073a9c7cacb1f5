//! HTTP, SSE, identity and the embedded web app.

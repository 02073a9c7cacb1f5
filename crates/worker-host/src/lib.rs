//! Manifests, worker processes, permission broker and the worker SDK.

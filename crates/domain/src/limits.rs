//! Hard limits, as spec section 6 sets them. Beyond one: 413, 400 or a typed error that names it.

/// Largest JSON request body, bytes.
pub const REQUEST_BODY_MAX: usize = 8 * 1024 * 1024;
/// Largest text of one message part, bytes.
pub const PART_TEXT_MAX: usize = 2 * 1024 * 1024;
/// Largest event payload kept inline, bytes.
pub const EVENT_INLINE_MAX: usize = 16 * 1024;
/// Largest event payload at all, bytes (kept as a blob).
pub const EVENT_PAYLOAD_MAX: usize = 8 * 1024 * 1024;
/// Largest tool output given to a model, bytes; longer output is cut to head and tail.
pub const TOOL_OUTPUT_MODEL_MAX: usize = 64 * 1024;
/// Largest tool output stored, bytes.
pub const TOOL_OUTPUT_STORED_MAX: usize = 16 * 1024 * 1024;
/// Open streams of one user.
pub const STREAMS_PER_USER: usize = 64;
/// Queue of one SSE reader, bytes; beyond it the reader gets a `resync`.
pub const READER_QUEUE_MAX: usize = 256 * 1024;
/// Live log of one session, bytes; beyond it only text that a checkpoint covers is trimmed.
pub const LIVE_LOG_MAX: u64 = 64 * 1024 * 1024;
/// Deepest nesting of JSON taken from outside.
pub const JSON_DEPTH_MAX: usize = 64;
/// Longest slug, characters.
pub const SLUG_MAX: usize = 64;
/// Longest workspace name, characters.
pub const WORKSPACE_NAME_MAX: usize = 64;
/// Longest folder name, characters.
pub const FOLDER_NAME_MAX: usize = 128;
/// Longest conversation title, characters.
pub const TITLE_MAX: usize = 256;
/// Longest tool name, characters.
pub const TOOL_NAME_MAX: usize = 64;
/// Largest metadata of a row, bytes of JSON.
pub const METADATA_MAX: usize = 16 * 1024;
/// Default size of a list page.
pub const PAGE_DEFAULT: u32 = 50;
/// Largest list page.
pub const PAGE_MAX: u32 = 200;
/// Longest `Idempotency-Key`, characters.
pub const IDEMPOTENCY_KEY_MAX: usize = 255;
/// How long an `Idempotency-Key` is remembered, milliseconds.
pub const IDEMPOTENCY_KEY_MS: i64 = 24 * 60 * 60 * 1000;
/// Longest line or event of a provider's stream, bytes.
pub const PROVIDER_EVENT_MAX: usize = 16 * 1024 * 1024;
/// Model calls of one turn; beyond it the session fails with `too_many_calls`.
pub const MODEL_CALLS_PER_TURN: u32 = 100;
/// How long a finished session's live log stays readable, milliseconds (`stream.ttl_s`).
pub const STREAM_TTL_MS: i64 = 300_000;
/// Most bytes of signatures and redacted blocks kept with one answer, as JSON.
pub const PROVIDER_DATA_MAX: usize = 1024 * 1024;

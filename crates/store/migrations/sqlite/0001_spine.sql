-- The spine: people, workspaces, talk, agents, permissions, and the journal.
-- Ids are UUIDv7 as TEXT, times UTC milliseconds, JSON is TEXT. Lists of names stand beside the
-- column that holds them; their meaning is in the domain.

CREATE TABLE "user" (
    id           TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    email        TEXT UNIQUE,
    role         TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    locale       TEXT NOT NULL,
    time_zone    TEXT NOT NULL,
    is_active    INTEGER NOT NULL,
    is_owner     INTEGER NOT NULL,
    settings     TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX user_owner ON "user" (is_owner) WHERE is_owner = 1;

CREATE TABLE login (
    id           TEXT PRIMARY KEY,
    owner_id     TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    token_hash   TEXT NOT NULL UNIQUE,
    expires_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    user_agent   TEXT,
    created_at   INTEGER NOT NULL
) STRICT;

-- Facts of the deployment itself, such as the hash of the root token.
CREATE TABLE deployment (
    name       TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE workspace (
    id                TEXT PRIMARY KEY,
    slug              TEXT NOT NULL UNIQUE,
    owner_id          TEXT NOT NULL REFERENCES "user" (id),
    name              TEXT NOT NULL,
    color             TEXT,
    project_order     TEXT NOT NULL,
    default_preset_id TEXT,
    metadata          TEXT NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL
) STRICT;

CREATE TABLE workspace_member (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    user_id      TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    role         TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX workspace_member_user ON workspace_member (user_id);

CREATE TABLE folder (
    id           TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    owner_id     TEXT NOT NULL REFERENCES "user" (id),
    parent_id    TEXT REFERENCES folder (id),
    name         TEXT NOT NULL,
    position     INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX folder_place ON folder (workspace_id, position, id);
CREATE INDEX folder_parent ON folder (parent_id);

CREATE TABLE project (
    workspace_id   TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    id             TEXT NOT NULL,
    owner_id       TEXT NOT NULL REFERENCES "user" (id),
    name           TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('managed', 'repository')),
    root_directory TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('active', 'paused', 'completed', 'archived')),
    description    TEXT,
    is_active      INTEGER NOT NULL,
    metadata       TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, root_directory)
) STRICT;
CREATE UNIQUE INDEX project_active ON project (workspace_id) WHERE is_active = 1;

CREATE TABLE preset (
    workspace_id  TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    id            TEXT NOT NULL,
    owner_id      TEXT NOT NULL REFERENCES "user" (id),
    name          TEXT NOT NULL,
    description   TEXT,
    model         TEXT NOT NULL,
    system_prompt TEXT,
    toolsets      TEXT NOT NULL,
    on_crash      TEXT NOT NULL CHECK (on_crash IN ('fail', 'resume')),
    is_default    INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX preset_default ON preset (workspace_id) WHERE is_default = 1;

-- References to secrets only, never a value.
CREATE TABLE provider (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    display_name TEXT NOT NULL,
    auth_kind    TEXT NOT NULL,
    base_url     TEXT,
    secret_ref   TEXT,
    config       TEXT NOT NULL,
    is_enabled   INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE model (
    id                TEXT PRIMARY KEY,
    provider_id       TEXT NOT NULL REFERENCES provider (id) ON DELETE CASCADE,
    provider_model_id TEXT NOT NULL,
    display_name      TEXT,
    is_enabled        INTEGER NOT NULL,
    context_window    INTEGER,
    metadata          TEXT NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    UNIQUE (provider_id, provider_model_id)
) STRICT;

CREATE TABLE conversation (
    id                TEXT PRIMARY KEY,
    workspace_id      TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    owner_id          TEXT NOT NULL REFERENCES "user" (id),
    folder_id         TEXT REFERENCES folder (id),
    title             TEXT,
    status            TEXT NOT NULL CHECK (status IN ('active', 'archived')),
    default_preset_id TEXT,
    project_ids       TEXT NOT NULL,
    settings          TEXT NOT NULL,
    selected_leaf_id  TEXT,
    metadata          TEXT NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX conversation_recent ON conversation (workspace_id, updated_at DESC, id DESC);
CREATE INDEX conversation_folder ON conversation (folder_id);

CREATE TABLE session (
    id                TEXT PRIMARY KEY,
    workspace_id      TEXT NOT NULL,
    owner_id          TEXT NOT NULL,
    conversation_id   TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent_session_id TEXT,
    parent_message_id TEXT,
    session_type      TEXT NOT NULL CHECK (session_type IN ('agent', 'async_subagent')),
    preset_id         TEXT NOT NULL,
    model_id          TEXT NOT NULL,
    agent             TEXT NOT NULL,
    project_ids       TEXT NOT NULL,
    transport         TEXT NOT NULL CHECK (transport IN ('sse', 'stream')),
    status            TEXT NOT NULL CHECK (status IN
        ('created', 'committed', 'awaiting_tool_results', 'failed', 'archived')),
    end_reason        TEXT,
    input_message_id  TEXT NOT NULL,
    final_message_id  TEXT,
    run_summary       TEXT,
    error             TEXT,
    created_at        INTEGER NOT NULL,
    ended_at          INTEGER
) STRICT;
CREATE INDEX session_of_conversation ON session (conversation_id, id);
CREATE INDEX session_of_workspace ON session (workspace_id, id);
-- At most one active agent session per conversation (NB-50).
CREATE UNIQUE INDEX session_active ON session (conversation_id)
    WHERE status = 'created' AND session_type = 'agent';

CREATE TABLE message (
    id              TEXT PRIMARY KEY,
    workspace_id    TEXT NOT NULL,
    owner_id        TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent_id       TEXT REFERENCES message (id),
    session_id      TEXT,
    role            TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'tool')),
    parts           TEXT NOT NULL,
    metadata        TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX message_of_conversation ON message (conversation_id, id);
CREATE INDEX message_parent ON message (parent_id);
CREATE INDEX message_of_session ON message (session_id, id);

CREATE TABLE asset (
    id              TEXT PRIMARY KEY,
    workspace_id    TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    owner_id        TEXT NOT NULL REFERENCES "user" (id),
    conversation_id TEXT,
    message_id      TEXT,
    kind            TEXT NOT NULL CHECK (kind IN
        ('image', 'audio', 'video', 'document', 'artifact', 'other')),
    mime_type       TEXT NOT NULL,
    relative_path   TEXT NOT NULL,
    size_bytes      INTEGER NOT NULL,
    width           INTEGER,
    height          INTEGER,
    duration_ms     INTEGER,
    sha256          TEXT NOT NULL,
    created_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE approval (
    id              TEXT PRIMARY KEY,
    workspace_id    TEXT NOT NULL,
    owner_id        TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    session_id      TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('permission', 'budget', 'plan', 'step')),
    subject         TEXT NOT NULL,
    args_hash       TEXT NOT NULL,
    question        TEXT NOT NULL,
    options         TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'expired')),
    expires_at      INTEGER,
    answered_by     TEXT,
    answered_at     INTEGER,
    lifetime        TEXT,
    reason          TEXT,
    created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_of_session ON approval (session_id, id);
CREATE INDEX approval_of_workspace ON approval (workspace_id, id);
CREATE INDEX approval_of_conversation ON approval (conversation_id);

CREATE TABLE "grant" (
    id              TEXT PRIMARY KEY,
    workspace_id    TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    owner_id        TEXT NOT NULL REFERENCES "user" (id),
    worker          TEXT NOT NULL,
    permission      TEXT NOT NULL,
    scope           TEXT NOT NULL,
    decision        TEXT NOT NULL CHECK (decision IN ('allow', 'deny')),
    lifetime        TEXT NOT NULL,
    conversation_id TEXT,
    granted_at      INTEGER NOT NULL,
    revoked_at      INTEGER
) STRICT;
CREATE INDEX grant_of_workspace ON "grant" (workspace_id) WHERE revoked_at IS NULL;
CREATE INDEX grant_always ON "grant" (owner_id) WHERE revoked_at IS NULL AND lifetime = 'always';

-- A hash chain per workspace; the chain of the deployment has an empty workspace_id.
CREATE TABLE audit (
    workspace_id TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    user_id      TEXT,
    session_id   TEXT,
    extension    TEXT,
    action       TEXT NOT NULL,
    resource     TEXT NOT NULL,
    decision     TEXT NOT NULL CHECK (decision IN ('allowed', 'denied', 'asked', 'done')),
    grant_id     TEXT,
    payload_hash TEXT,
    at           INTEGER NOT NULL,
    prev_hash    TEXT NOT NULL,
    hash         TEXT NOT NULL,
    PRIMARY KEY (workspace_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE ui_state (
    owner_id     TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    state        TEXT NOT NULL,
    version      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    PRIMARY KEY (owner_id, workspace_id)
) STRICT, WITHOUT ROWID;

-- The journal.

CREATE TABLE node (
    id           TEXT PRIMARY KEY,
    incarnation  TEXT NOT NULL,
    address      TEXT,
    heartbeat_at INTEGER NOT NULL
) STRICT;

-- A session's stream has the session's id, a topic stream that of its workspace, the
-- deployment's own the nil id. Also the queue: `runnable` waits for an owner.
CREATE TABLE stream (
    id                TEXT PRIMARY KEY,
    workspace_id      TEXT,
    owner_id          TEXT,
    conversation_id   TEXT,
    agent_id          TEXT,
    kind              TEXT NOT NULL CHECK (kind IN ('session', 'topic')),
    status            TEXT NOT NULL CHECK (status IN
        ('idle', 'runnable', 'running', 'waiting', 'terminal')),
    format            INTEGER NOT NULL,
    head_seq          INTEGER NOT NULL,
    epoch             INTEGER NOT NULL,
    owner_node        TEXT,
    owner_incarnation TEXT,
    lease_until       INTEGER,
    next_wake_at      INTEGER,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX stream_waiting ON stream (status, id);
CREATE INDEX stream_of_conversation ON stream (conversation_id) WHERE conversation_id IS NOT NULL;

-- Append only. Erasure sets payload and blob_ref to null; seq, kind and hash stay.
CREATE TABLE event (
    stream_id       TEXT NOT NULL,
    seq             INTEGER NOT NULL,
    pos             INTEGER NOT NULL UNIQUE,
    epoch           INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    version         INTEGER NOT NULL,
    step_key        TEXT,
    user_id         TEXT,
    conversation_id TEXT,
    payload         TEXT,
    blob_ref        TEXT,
    hash            TEXT NOT NULL,
    at              INTEGER NOT NULL,
    PRIMARY KEY (stream_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE step (
    stream_id  TEXT NOT NULL,
    step_key   TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('intent', 'done', 'failed', 'unknown')),
    effect     TEXT NOT NULL CHECK (effect IN ('pure', 'idempotent', 'probe', 'once')),
    input_hash TEXT NOT NULL,
    start_seq  INTEGER NOT NULL,
    end_seq    INTEGER,
    PRIMARY KEY (stream_id, step_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
    stream_id    TEXT NOT NULL,
    msg_id       TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('interrupt', 'approval')),
    payload      TEXT NOT NULL,
    consumed_seq INTEGER,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (stream_id, msg_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshot (
    stream_id TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    state     BLOB NOT NULL,
    PRIMARY KEY (stream_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE request_key (
    owner_id        TEXT NOT NULL,
    key             TEXT NOT NULL,
    request_hash    TEXT NOT NULL,
    session_id      TEXT,
    response_status INTEGER,
    response_body   BLOB,
    expires_at      INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (owner_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_key_expiry ON request_key (expires_at);

-- The spine: people, workspaces, talk, agents, permissions, and the journal.
-- The tables of SQLite's 0001 with PostgreSQL's types. Ids are UUIDv7, times UTC milliseconds,
-- flags 0 or 1, so that one statement serves both engines. JSON is TEXT: it is read back byte for
-- byte, and may hold what jsonb refuses. What lists are sorted by is compared byte by byte.

CREATE TABLE "user" (
    id           UUID PRIMARY KEY,
    display_name TEXT NOT NULL,
    email        TEXT UNIQUE,
    role         TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    locale       TEXT NOT NULL,
    time_zone    TEXT NOT NULL,
    is_active    BIGINT NOT NULL,
    is_owner     BIGINT NOT NULL,
    settings     TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX user_owner ON "user" (is_owner) WHERE is_owner = 1;

CREATE TABLE login (
    id           UUID PRIMARY KEY,
    owner_id     UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    token_hash   TEXT NOT NULL UNIQUE,
    expires_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    user_agent   TEXT,
    created_at   BIGINT NOT NULL
);

-- Facts of the deployment itself, such as the hash of the root token.
CREATE TABLE deployment (
    name       TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE workspace (
    id                UUID PRIMARY KEY,
    slug              TEXT NOT NULL UNIQUE,
    owner_id          UUID NOT NULL REFERENCES "user" (id),
    name              TEXT NOT NULL,
    color             TEXT,
    project_order     TEXT NOT NULL,
    default_preset_id TEXT,
    metadata          TEXT NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL
);

CREATE TABLE workspace_member (
    workspace_id UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    user_id      UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    role         TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX workspace_member_user ON workspace_member (user_id);

CREATE TABLE folder (
    id           UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    owner_id     UUID NOT NULL REFERENCES "user" (id),
    parent_id    UUID REFERENCES folder (id),
    name         TEXT NOT NULL,
    position     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE INDEX folder_place ON folder (workspace_id, position, id);
CREATE INDEX folder_parent ON folder (parent_id);

CREATE TABLE project (
    workspace_id   UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    id             TEXT COLLATE "C" NOT NULL,
    owner_id       UUID NOT NULL REFERENCES "user" (id),
    name           TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('managed', 'repository')),
    root_directory TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('active', 'paused', 'completed', 'archived')),
    description    TEXT,
    is_active      BIGINT NOT NULL,
    metadata       TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, root_directory)
);
CREATE UNIQUE INDEX project_active ON project (workspace_id) WHERE is_active = 1;

CREATE TABLE preset (
    workspace_id  UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    id            TEXT COLLATE "C" NOT NULL,
    owner_id      UUID NOT NULL REFERENCES "user" (id),
    name          TEXT COLLATE "C" NOT NULL,
    description   TEXT,
    model         TEXT NOT NULL,
    system_prompt TEXT,
    toolsets      TEXT NOT NULL,
    on_crash      TEXT NOT NULL CHECK (on_crash IN ('fail', 'resume')),
    is_default    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX preset_default ON preset (workspace_id) WHERE is_default = 1;

-- References to secrets only, never a value.
CREATE TABLE provider (
    id           TEXT COLLATE "C" PRIMARY KEY,
    kind         TEXT NOT NULL,
    display_name TEXT COLLATE "C" NOT NULL,
    auth_kind    TEXT NOT NULL,
    base_url     TEXT,
    secret_ref   TEXT,
    config       TEXT NOT NULL,
    is_enabled   BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);

CREATE TABLE model (
    id                UUID PRIMARY KEY,
    provider_id       TEXT COLLATE "C" NOT NULL REFERENCES provider (id) ON DELETE CASCADE,
    provider_model_id TEXT COLLATE "C" NOT NULL,
    display_name      TEXT,
    is_enabled        BIGINT NOT NULL,
    context_window    BIGINT,
    metadata          TEXT NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    UNIQUE (provider_id, provider_model_id)
);

CREATE TABLE conversation (
    id                UUID PRIMARY KEY,
    workspace_id      UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    owner_id          UUID NOT NULL REFERENCES "user" (id),
    folder_id         UUID REFERENCES folder (id),
    title             TEXT,
    status            TEXT NOT NULL CHECK (status IN ('active', 'archived')),
    default_preset_id TEXT,
    project_ids       TEXT NOT NULL,
    settings          TEXT NOT NULL,
    selected_leaf_id  UUID,
    metadata          TEXT NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL
);
CREATE INDEX conversation_recent ON conversation (workspace_id, updated_at DESC, id DESC);
CREATE INDEX conversation_folder ON conversation (folder_id);

CREATE TABLE session (
    id                UUID PRIMARY KEY,
    workspace_id      UUID NOT NULL,
    owner_id          UUID NOT NULL,
    conversation_id   UUID NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent_session_id UUID,
    parent_message_id UUID,
    session_type      TEXT NOT NULL CHECK (session_type IN ('agent', 'async_subagent')),
    preset_id         TEXT NOT NULL,
    model_id          TEXT NOT NULL,
    agent             TEXT NOT NULL,
    project_ids       TEXT NOT NULL,
    transport         TEXT NOT NULL CHECK (transport IN ('sse', 'stream')),
    status            TEXT NOT NULL CHECK (status IN
        ('created', 'committed', 'awaiting_tool_results', 'failed', 'archived')),
    end_reason        TEXT,
    input_message_id  UUID NOT NULL,
    final_message_id  UUID,
    run_summary       TEXT,
    error             TEXT,
    created_at        BIGINT NOT NULL,
    ended_at          BIGINT
);
CREATE INDEX session_of_conversation ON session (conversation_id, id);
CREATE INDEX session_of_workspace ON session (workspace_id, id);
-- At most one active agent session per conversation (NB-50).
CREATE UNIQUE INDEX session_active ON session (conversation_id)
    WHERE status = 'created' AND session_type = 'agent';

CREATE TABLE message (
    id              UUID PRIMARY KEY,
    workspace_id    UUID NOT NULL,
    owner_id        UUID NOT NULL,
    conversation_id UUID NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent_id       UUID REFERENCES message (id),
    session_id      UUID,
    role            TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'tool')),
    parts           TEXT NOT NULL,
    metadata        TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);
CREATE INDEX message_of_conversation ON message (conversation_id, id);
CREATE INDEX message_parent ON message (parent_id);
CREATE INDEX message_of_session ON message (session_id, id);

CREATE TABLE asset (
    id              UUID PRIMARY KEY,
    workspace_id    UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    owner_id        UUID NOT NULL REFERENCES "user" (id),
    conversation_id UUID,
    message_id      UUID,
    kind            TEXT NOT NULL CHECK (kind IN
        ('image', 'audio', 'video', 'document', 'artifact', 'other')),
    mime_type       TEXT NOT NULL,
    relative_path   TEXT NOT NULL,
    size_bytes      BIGINT NOT NULL,
    width           BIGINT,
    height          BIGINT,
    duration_ms     BIGINT,
    sha256          TEXT NOT NULL,
    created_at      BIGINT NOT NULL
);

CREATE TABLE approval (
    id              UUID PRIMARY KEY,
    workspace_id    UUID NOT NULL,
    owner_id        UUID NOT NULL,
    conversation_id UUID NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    session_id      UUID NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('permission', 'budget', 'plan', 'step')),
    subject         TEXT NOT NULL,
    args_hash       TEXT NOT NULL,
    question        TEXT NOT NULL,
    options         TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'expired')),
    expires_at      BIGINT,
    answered_by     UUID,
    answered_at     BIGINT,
    lifetime        TEXT,
    reason          TEXT,
    created_at      BIGINT NOT NULL
);
CREATE INDEX approval_of_session ON approval (session_id, id);
CREATE INDEX approval_of_workspace ON approval (workspace_id, id);
CREATE INDEX approval_of_conversation ON approval (conversation_id);

CREATE TABLE "grant" (
    id              UUID PRIMARY KEY,
    workspace_id    UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    owner_id        UUID NOT NULL REFERENCES "user" (id),
    worker          TEXT NOT NULL,
    permission      TEXT NOT NULL,
    scope           TEXT NOT NULL,
    decision        TEXT NOT NULL CHECK (decision IN ('allow', 'deny')),
    lifetime        TEXT NOT NULL,
    conversation_id UUID,
    granted_at      BIGINT NOT NULL,
    revoked_at      BIGINT
);
CREATE INDEX grant_of_workspace ON "grant" (workspace_id) WHERE revoked_at IS NULL;
CREATE INDEX grant_always ON "grant" (owner_id) WHERE revoked_at IS NULL AND lifetime = 'always';

-- A hash chain per workspace; the chain of the deployment has an empty workspace_id.
CREATE TABLE audit (
    workspace_id TEXT COLLATE "C" NOT NULL,
    seq          BIGINT NOT NULL,
    user_id      UUID,
    session_id   UUID,
    extension    TEXT,
    action       TEXT NOT NULL,
    resource     TEXT NOT NULL,
    decision     TEXT NOT NULL CHECK (decision IN ('allowed', 'denied', 'asked', 'done')),
    grant_id     UUID,
    payload_hash TEXT,
    at           BIGINT NOT NULL,
    prev_hash    TEXT NOT NULL,
    hash         TEXT NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);

CREATE TABLE ui_state (
    owner_id     UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    state        TEXT NOT NULL,
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (owner_id, workspace_id)
);

-- The journal.

CREATE TABLE node (
    id           TEXT PRIMARY KEY,
    incarnation  TEXT NOT NULL,
    address      TEXT,
    heartbeat_at BIGINT NOT NULL
);

-- A session's stream has the session's id, a topic stream that of its workspace, the
-- deployment's own the nil id. Also the queue: `runnable` waits for an owner.
CREATE TABLE stream (
    id                UUID PRIMARY KEY,
    workspace_id      UUID,
    owner_id          UUID,
    conversation_id   UUID,
    agent_id          TEXT,
    kind              TEXT NOT NULL CHECK (kind IN ('session', 'topic')),
    status            TEXT NOT NULL CHECK (status IN
        ('idle', 'runnable', 'running', 'waiting', 'terminal')),
    format            BIGINT NOT NULL,
    head_seq          BIGINT NOT NULL,
    epoch             BIGINT NOT NULL,
    owner_node        TEXT,
    owner_incarnation TEXT,
    lease_until       BIGINT,
    next_wake_at      BIGINT,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL
);
CREATE INDEX stream_waiting ON stream (status, id);
CREATE INDEX stream_of_conversation ON stream (conversation_id) WHERE conversation_id IS NOT NULL;

-- Append only. Erasure sets payload and blob_ref to null; seq, kind and hash stay.
CREATE TABLE event (
    stream_id       UUID NOT NULL,
    seq             BIGINT NOT NULL,
    pos             BIGINT NOT NULL UNIQUE,
    epoch           BIGINT NOT NULL,
    kind            TEXT NOT NULL,
    version         BIGINT NOT NULL,
    step_key        TEXT,
    user_id         UUID,
    conversation_id UUID,
    payload         TEXT,
    blob_ref        TEXT,
    hash            TEXT NOT NULL,
    at              BIGINT NOT NULL,
    PRIMARY KEY (stream_id, seq)
);

-- One row, locked while events get their place: places are gapless and in the order of commits.
CREATE TABLE feed (
    head_pos BIGINT NOT NULL
);
INSERT INTO feed (head_pos) VALUES (0);

CREATE TABLE step (
    stream_id  UUID NOT NULL,
    step_key   TEXT NOT NULL,
    attempt    BIGINT NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('intent', 'done', 'failed', 'unknown')),
    effect     TEXT NOT NULL CHECK (effect IN ('pure', 'idempotent', 'probe', 'once')),
    input_hash TEXT NOT NULL,
    start_seq  BIGINT NOT NULL,
    end_seq    BIGINT,
    PRIMARY KEY (stream_id, step_key)
);

CREATE TABLE inbox (
    stream_id    UUID NOT NULL,
    msg_id       UUID NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('interrupt', 'approval')),
    payload      TEXT NOT NULL,
    consumed_seq BIGINT,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (stream_id, msg_id)
);

CREATE TABLE snapshot (
    stream_id UUID NOT NULL,
    seq       BIGINT NOT NULL,
    state     BYTEA NOT NULL,
    PRIMARY KEY (stream_id)
);

CREATE TABLE request_key (
    owner_id        UUID NOT NULL,
    key             TEXT NOT NULL,
    request_hash    TEXT NOT NULL,
    session_id      UUID,
    response_status BIGINT,
    response_body   BYTEA,
    expires_at      BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (owner_id, key)
);
CREATE INDEX request_key_expiry ON request_key (expires_at);

-- The inbox of approvals reads what is pending, however many were answered before.
CREATE INDEX approval_pending ON approval (workspace_id, id) WHERE state = 'pending';

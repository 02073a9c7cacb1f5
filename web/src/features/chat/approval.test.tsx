import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Approval } from '@/lib/api/types';
import { renderWith, serve } from '@/test/render';
import { ApprovalCard } from './components/ApprovalCard';

const approval: Partial<Approval> = {
  id: 'a1',
  question: 'May fs-worker read files in this project?',
  subject: {
    worker: 'fs-worker',
    tool: 'fs_read',
    tool_call_id: 't1',
    args: {},
    needs: [{ permission: 'fs.read', resources: ['/p/README.md'], scope: ['/p'] }],
  },
  options: ['once', 'conversation'],
  state: 'pending',
};

describe('an approval card', () => {
  const routes = { 'GET /api/approvals/a1/get': approval, 'POST /api/approvals/a1/answer': approval };
  let server = serve(routes);
  beforeEach(() => {
    server = serve(routes);
    vi.stubGlobal('fetch', server.answer);
  });
  const answers = () => server.sent.filter(({ name }) => name === 'POST /api/approvals/a1/answer');

  it('says what is asked and what an answer would cover', async () => {
    renderWith(<ApprovalCard approvalId="a1" />);
    await screen.findByText('May fs-worker read files in this project?');
    expect(screen.getByText('/p/README.md')).toBeTruthy();
    expect(screen.getByText('Allowing in this conversation covers: /p')).toBeTruthy();
  });

  it('shows what would reorder or hide a part of a path', async () => {
    const needs = [{ permission: 'fs.read', resources: ['/p/\u202Etxt.exe'], scope: ['/p\u200B'] }];
    const hidden = { ...approval, subject: { ...approval.subject, needs } };
    vi.stubGlobal('fetch', serve({ 'GET /api/approvals/a1/get': hidden }).answer);
    renderWith(<ApprovalCard approvalId="a1" />);
    await screen.findByText('/p/\\u{202e}txt.exe');
    expect(screen.getByText('Allowing in this conversation covers: /p\\u{200b}')).toBeTruthy();
  });

  it('allows once with a, and the request carries the header of our pages', async () => {
    renderWith(<ApprovalCard approvalId="a1" />);
    await screen.findByText('Allow once');
    fireEvent.keyDown(screen.getByLabelText('The agent asks for permission'), { key: 'a' });
    await waitFor(() =>
      expect(answers().map(({ body }) => body)).toEqual([{ decision: 'approve', lifetime: 'once' }]),
    );
    expect(answers()[0]?.headers.get('Weald-Client')).toBe('1');
  });

  it('allows in the conversation', async () => {
    renderWith(<ApprovalCard approvalId="a1" />);
    fireEvent.click(await screen.findByText('Allow in this conversation'));
    await waitFor(() =>
      expect(answers().map(({ body }) => body)).toEqual([{ decision: 'approve', lifetime: 'conversation' }]),
    );
  });

  it('denies with d and a reason, and letters in the reason are only letters', async () => {
    renderWith(<ApprovalCard approvalId="a1" />);
    await screen.findByText('Allow once');
    fireEvent.keyDown(screen.getByLabelText('The agent asks for permission'), { key: 'd' });
    const reason = screen.getByLabelText('Why not? (optional, the agent reads it)');
    fireEvent.keyDown(reason, { key: 'a' });
    fireEvent.change(reason, { target: { value: 'a secret is in it' } });
    fireEvent.click(screen.getByText('Deny'));
    await waitFor(() =>
      expect(answers().map(({ body }) => body)).toEqual([{ decision: 'deny', reason: 'a secret is in it' }]),
    );
  });
});

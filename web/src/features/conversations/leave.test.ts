import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useUiSession } from '@/lib/stores/uiSessionStore';
import { serve } from '@/test/render';
import { finishLeaving, leave, stay, undoTime } from './leave';

describe('deleting a conversation', () => {
  let server = serve({ 'POST /api/conversations/c1/delete': {} });
  beforeEach(() => {
    vi.useFakeTimers();
    server = serve({ 'POST /api/conversations/c1/delete': {} });
    vi.stubGlobal('fetch', (path: string, init: RequestInit) =>
      server.answer(new URL(path, 'http://weald.test'), init),
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('hides it at once and asks the server when the time to undo has passed', async () => {
    leave('c1', () => undefined);
    expect(useUiSession.getState().leaving).toEqual(['c1']);
    await vi.advanceTimersByTimeAsync(undoTime - 1);
    expect(server.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    await vi.waitFor(() => expect(useUiSession.getState().leaving).toEqual([]));
    expect(server.sent.map(({ name }) => name)).toEqual(['POST /api/conversations/c1/delete']);
  });

  it('taken back sends nothing', async () => {
    leave('c1', () => undefined);
    stay('c1');
    await vi.advanceTimersByTimeAsync(2 * undoTime);
    expect(server.sent).toEqual([]);
    expect(useUiSession.getState().leaving).toEqual([]);
  });

  it('is asked for when the page closes earlier', async () => {
    leave('c1', () => undefined);
    finishLeaving();
    vi.useRealTimers();
    await vi.waitFor(() => expect(server.sent).toHaveLength(1));
    await vi.waitFor(() => expect(useUiSession.getState().leaving).toEqual([]));
  });
});

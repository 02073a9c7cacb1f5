import { markLeaving, unmarkLeaving } from '@/lib/stores/uiSessionStore';
import { deleteConversation } from './api/deleteConversation';

/** How long a deletion can be taken back. */
export const undoTime = 10_000;

type Leaving = { timer: ReturnType<typeof setTimeout>; finish: () => Promise<void> };

const waiting = new Map<string, Leaving>();

/**
 * Hides a conversation now and deletes it once its time to undo has passed; nothing was sent
 * before that. A page that closes earlier sends the request on its way out.
 */
export function leave(id: string, onEnd: (error?: unknown) => void): void {
  if (waiting.has(id)) return;
  markLeaving(id);
  const finish = async () => {
    waiting.delete(id);
    const error = await deleteConversation(id).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    onEnd(error);
    unmarkLeaving(id);
  };
  waiting.set(id, { finish, timer: setTimeout(() => void finish(), undoTime) });
}

/** Takes a deletion back. */
export function stay(id: string): void {
  const leaving = waiting.get(id);
  if (!leaving) return;
  clearTimeout(leaving.timer);
  waiting.delete(id);
  unmarkLeaving(id);
}

/** Deletes at once what waits, because the page goes away. */
export function finishLeaving(): void {
  for (const leaving of waiting.values()) {
    clearTimeout(leaving.timer);
    void leaving.finish();
  }
}

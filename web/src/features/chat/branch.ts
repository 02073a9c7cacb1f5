import type { Message, MessageError, MessageItem, Part } from '@/lib/api/types';
import type { LiveConversation, LiveMessage } from '@/lib/stream/live';

/** What is drawn of a message, whether it was read or is being told. */
export type Shown = {
  id: string;
  role: Message['role'];
  parts: Part[];
  finishReason: string | undefined;
  error: MessageError | undefined;
  silentMs: number | undefined;
};

const noParts: Part[] = [];

/** The ids of a branch: what was read, then what hangs on its end and only the feed has told. */
export function branchIds(
  items: MessageItem[],
  order: string[],
  messages: LiveConversation['messages'],
): string[] {
  const ids = items.map(({ message }) => message.id);
  const known = new Set(ids);
  for (const id of order) {
    const message = messages[id];
    if (!message || message.isSettled || known.has(id) || message.parentId !== ids.at(-1)) continue;
    ids.push(id);
    known.add(id);
  }
  return ids;
}

/** One message from both sources; what the feed tells is newer. */
export function shown(id: string, read: Message | undefined, live: LiveMessage | undefined): Shown {
  return {
    id,
    role: read?.role ?? 'assistant',
    parts: live?.parts ?? read?.parts ?? noParts,
    finishReason: live?.finishReason ?? read?.metadata.finish_reason ?? undefined,
    error: read?.metadata.error ?? undefined,
    silentMs: live?.silentMs,
  };
}

/** The text of a message as Markdown, without thoughts and calls. */
export function plainText(parts: Part[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

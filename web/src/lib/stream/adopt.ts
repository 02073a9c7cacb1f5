import { cursorPosition } from '@/lib/feed/frame';
import type { MessageItem, Part } from '@/lib/api/types';
import { begunMessage, type LiveConversation, type LiveMessage, silence } from './live';
import { drained, lengthOf } from './parts';

/** A branch as it was read, with the feed cursor that was taken before. */
export type Snapshot = { items: MessageItem[]; cursor: string | undefined };

/**
 * Takes a reading of the messages into what the feed has told. Texts only grow, so the longer one
 * is the newer one; deltas that waited for the text in between find their place. A message that a
 * reading has whole stays until the next reading: the page may draw the older one once more.
 */
export function adoptSnapshot(before: LiveConversation = silence, snapshot: Snapshot): LiveConversation {
  const isNewer = cursorPosition(snapshot.cursor) >= before.position;
  const isOver = before.status === 'ended' && isNewer && !snapshot.items.some(isGrowing);
  const live: LiveConversation = { ...before, messages: {}, order: [], hasGap: false };
  const put = (message: LiveMessage) => {
    live.messages[message.id] = isOver ? { ...message, early: [], isSettled: true } : message;
    live.order.push(message.id);
  };
  const read = new Map(snapshot.items.map((item) => [item.message.id, item]));
  for (const id of before.order) {
    const known = before.messages[id];
    if (!known || (known.isSettled && isNewer)) continue;
    put(merged(known, read.get(id)?.message.parts ?? [], isNewer));
    read.delete(id);
  }
  for (const item of read.values()) {
    const { id, parent_id: parent, parts } = item.message;
    if (isGrowing(item)) put(merged(begunMessage(id, parent ?? undefined), parts, isNewer));
  }
  live.hasGap = Object.values(live.messages).some((message) => message.early.length > 0);
  return live;
}

/** The message may still change: some part of it is not finished. */
function isGrowing({ message }: Pick<MessageItem, 'message'>): boolean {
  if (message.role !== 'assistant') return false;
  return !message.metadata.finish_reason || message.parts.some(isOpen);
}

function isOpen(part: Part): boolean {
  if (part.type !== 'dynamic-tool') return part.state === 'streaming';
  return part.state !== 'output-available' && part.state !== 'output-error';
}

function merged(message: LiveMessage, read: Part[], isNewer: boolean): LiveMessage {
  const count = Math.max(message.parts.length, read.length);
  const parts: Part[] = [];
  for (let index = 0; index < count; index += 1) {
    const part = newer(message.parts[index], read[index], isNewer);
    if (part) parts.push(part);
  }
  return drained({ ...message, parts, lengths: parts.map(lengthOf) });
}

function newer(known: Part | undefined, read: Part | undefined, isNewer: boolean): Part | undefined {
  if (!known || !read) return known ?? read;
  if (known.type === 'dynamic-tool' || read.type === 'dynamic-tool') {
    return isNewer && isFurther(known, read) ? read : known;
  }
  return lengthOf(read) > lengthOf(known) || (isNewer && read.state === 'done') ? read : known;
}

/** A call whose arguments still stream has the longer text; later states follow the journal. */
function isFurther(known: Part, read: Part): boolean {
  const bothStream = [known, read].every(
    (part) => part.type === 'dynamic-tool' && part.state === 'input-streaming',
  );
  return !bothStream || lengthOf(read) > lengthOf(known);
}

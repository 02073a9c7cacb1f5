import type { EventEnvelope, EventOf, EventType, Message, MessageItem } from '@/lib/api/types';

const base = { topic: 'session.s1', version: 1, timestamp: '2026-11-24T12:00:00.000Z', session_id: 's1' };

/** An event of a conversation; one with a position is durable. */
export function event<T extends EventType>(
  event_type: T,
  payload: EventOf<T>['payload'],
  { pos, conversation = 'c1' }: { pos?: number; conversation?: string } = {},
): EventEnvelope {
  const seq = pos ?? 1;
  return {
    ...base,
    event_id: `${seq}-0`,
    seq,
    ...(pos === undefined ? {} : { pos }),
    conversation_id: conversation,
    event_type,
    payload,
  } as EventEnvelope;
}

export function delta(offset: number, text: string, part = 0, message = 'm1'): EventEnvelope {
  return event('content_delta', { message_id: message, part, kind: 'text', offset, delta: text });
}

export function messageStart(id: string, parent: string, pos: number): EventEnvelope {
  return event('message_start', { message_id: id, parent_message_id: parent, role: 'assistant' }, { pos });
}

/** A message of a branch as the server lists it. */
export function item(message: Partial<Message> & Pick<Message, 'id' | 'role'>): MessageItem {
  return {
    siblings: [message.id],
    sibling_index: 0,
    message: {
      conversation_id: 'c1',
      parent_id: null,
      session_id: null,
      parts: [],
      metadata: {},
      created_at: '2026-11-24T12:00:00.000Z',
      updated_at: '2026-11-24T12:00:00.000Z',
      ...message,
    },
  };
}

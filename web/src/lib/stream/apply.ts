import type { EventEnvelope, EventOf } from '@/lib/api/types';
import { asked, callAnswered, callEnded, callStarted, withInput } from './calls';
import { begunMessage, type LiveConversation, type LiveMessage, silence } from './live';
import { appendArguments, appendText, resynced, withPart } from './parts';

/** A conversation after one more event of it. Events that were applied already change nothing. */
export function applyEvent(before: LiveConversation = silence, event: EventEnvelope): LiveConversation {
  const position = event.pos ?? 0;
  if (position > 0 && position <= before.position) return before;
  const live =
    position > 0 ? { ...before, position, sessionId: event.session_id ?? before.sessionId } : before;
  switch (event.event_type) {
    case 'run_started':
      return { ...live, status: 'executing', failure: undefined };
    case 'run_completed':
      return { ...live, status: 'ended' };
    case 'run_failed':
      return { ...live, status: 'ended', failure: event.payload.error };
    case 'message_start':
      return started(live, event.payload);
    case 'content_delta':
      return changed(live, event.payload.message_id, (message) => appendText(message, event.payload));
    case 'content_done':
      return contentDone(live, event.payload);
    case 'resync':
      return changed(live, event.payload.message_id, (message) => resynced(message, event.payload));
    case 'tool_call_start':
      return changed(live, event.payload.message_id, (message) => callStarted(message, event.payload));
    case 'tool_call_args_delta':
      return changed(live, event.payload.message_id, (message) => appendArguments(message, event.payload));
    case 'tool_call_result':
      return changed(live, event.payload.message_id, (message) => callAnswered(message, event.payload));
    case 'tool_call_end':
      return everyMessage(live, (message) => callEnded(message, event.payload));
    case 'message_end':
      return changed(live, event.payload.message_id, (message) => ended(message, event.payload));
    case 'model_silent':
      return changed(live, event.payload.message_id, (message) => ({
        ...message,
        silentMs: event.payload.silent_ms,
      }));
    case 'approval.requested':
      return everyMessage({ ...live, status: 'waiting_approval' }, (message) =>
        asked(message, event.payload),
      );
    case 'approval.answered':
      return { ...live, status: live.status === 'ended' ? 'ended' : 'executing' };
    default:
      return live;
  }
}

/** The same for a conversation nobody looks at: whether it runs is all there is to know. */
export function applyStatus(before: LiveConversation = silence, event: EventEnvelope): LiveConversation {
  const { event_type: type } = event;
  const isStatus = type === 'run_started' || type === 'run_completed' || type === 'run_failed';
  const isApproval = type === 'approval.requested' || type === 'approval.answered';
  return isStatus || isApproval ? applyEvent(before, event) : before;
}

function started(live: LiveConversation, payload: EventOf<'message_start'>['payload']): LiveConversation {
  if (payload.role !== 'assistant' || live.messages[payload.message_id]) return live;
  const message = begunMessage(payload.message_id, payload.parent_message_id ?? undefined);
  return {
    ...live,
    status: live.status === 'ended' ? 'executing' : live.status,
    messages: { ...live.messages, [message.id]: message },
    order: [...live.order, message.id],
  };
}

/** Changes one message; one that is not known yet begins here and waits for what came before. */
function changed(
  live: LiveConversation,
  id: string,
  change: (message: LiveMessage) => LiveMessage,
): LiveConversation {
  const known = live.messages[id];
  const before = known ?? begunMessage(id);
  const after = change(before);
  if (after === known) return live;
  return {
    ...live,
    messages: { ...live.messages, [id]: after },
    order: known ? live.order : [...live.order, id],
    hasGap: live.hasGap || after.early.length > before.early.length,
  };
}

function everyMessage(
  live: LiveConversation,
  change: (message: LiveMessage) => LiveMessage,
): LiveConversation {
  return live.order.reduce((next, id) => changed(next, id, change), live);
}

function contentDone(live: LiveConversation, payload: EventOf<'content_done'>['payload']): LiveConversation {
  const { message_id: id, part: index, length } = payload;
  const part = live.messages[id]?.parts[index];
  if (!part || part.type === 'dynamic-tool' || live.messages[id]?.lengths[index] !== length) {
    return { ...live, hasGap: live.hasGap || length > 0 };
  }
  return changed(live, id, (message) => withPart(message, index, { ...part, state: 'done' }));
}

function ended(message: LiveMessage, payload: EventOf<'message_end'>['payload']): LiveMessage {
  const parts = message.parts.map((part) =>
    part.type === 'dynamic-tool' ? withInput(part) : { ...part, state: 'done' as const },
  );
  return { ...message, parts, finishReason: payload.finish_reason, silentMs: undefined };
}

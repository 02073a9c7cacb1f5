import type { EventOf, ToolPart } from '@/lib/api/types';
import type { LiveMessage } from './live';
import { drained, rawArguments, withPart } from './parts';

/** A call begins. */
export function callStarted(
  message: LiveMessage,
  payload: EventOf<'tool_call_start'>['payload'],
): LiveMessage {
  if (message.parts[payload.part]) return message;
  const part: ToolPart = {
    type: 'dynamic-tool',
    toolName: payload.tool,
    toolCallId: payload.tool_call_id,
    title: payload.title,
    state: 'input-streaming',
    callProviderMetadata: { weald: { worker: payload.worker } },
  };
  return payload.part === message.parts.length
    ? drained(withPart(message, payload.part, part, 0))
    : { ...message, early: [...message.early, { part: payload.part, offset: 0, delta: '' }] };
}

/** Changes the call with this id, if the message made it. */
function withCall(message: LiveMessage, id: string, change: (call: ToolPart) => ToolPart): LiveMessage {
  const index = message.parts.findIndex((part) => part.type === 'dynamic-tool' && part.toolCallId === id);
  const call = message.parts[index];
  return call?.type === 'dynamic-tool' ? withPart(message, index, change(call)) : message;
}

/** A tool answered. */
export function callAnswered(
  message: LiveMessage,
  payload: EventOf<'tool_call_result'>['payload'],
): LiveMessage {
  return withCall(message, payload.tool_call_id, (call) => ({
    ...call,
    ...(payload.outcome === 'ok'
      ? { state: 'output-available' as const, output: payload.content ?? undefined }
      : { state: 'output-error' as const, errorText: textOf(payload.content) }),
    callProviderMetadata: {
      weald: {
        ...call.callProviderMetadata?.weald,
        outcome: payload.outcome,
        truncated: payload.truncated,
        asset_ids: payload.asset_ids,
      },
    },
  }));
}

function textOf(content: unknown[] | null | undefined): string {
  const texts = (content ?? []).map((part) => (isText(part) ? part.text : JSON.stringify(part)));
  return texts.join('\n');
}

function isText(part: unknown): part is { text: string } {
  return typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string';
}

/** A call is closed. */
export function callEnded(message: LiveMessage, payload: EventOf<'tool_call_end'>['payload']): LiveMessage {
  return withCall(message, payload.tool_call_id, (call) => ({
    ...call,
    callProviderMetadata: {
      weald: {
        ...call.callProviderMetadata?.weald,
        outcome: payload.outcome,
        duration_ms: payload.duration_ms,
      },
    },
  }));
}

/** A person is asked whether a call may run. */
export function asked(message: LiveMessage, payload: EventOf<'approval.requested'>['payload']): LiveMessage {
  return withCall(message, payload.subject.tool_call_id, (call) => ({
    ...call,
    state: 'approval-requested',
    input: payload.subject.args,
    approval: { id: payload.approval_id },
  }));
}

/** Reads the arguments once they are complete. */
export function withInput(call: ToolPart): ToolPart {
  if (call.state !== 'input-streaming') return call;
  const raw = rawArguments(call);
  try {
    return { ...call, state: 'input-available', input: raw === '' ? {} : JSON.parse(raw) };
  } catch {
    return { ...call, state: 'input-available', input: raw };
  }
}

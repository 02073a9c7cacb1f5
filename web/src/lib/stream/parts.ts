import type { EventOf, Part, PartKind, TextPart, ToolPart } from '@/lib/api/types';
import { codePointLength, splice } from './codePoints';
import type { EarlyDelta, LiveMessage } from './live';

/** Most deltas that wait for a gap to close; the next reading of the messages covers the rest. */
const earlyLimit = 4096;

/** The message with one part replaced. */
export function withPart(message: LiveMessage, index: number, part: Part, length?: number): LiveMessage {
  const parts = message.parts.slice();
  const lengths = message.lengths.slice();
  parts[index] = part;
  lengths[index] = length ?? lengths[index] ?? 0;
  return { ...message, parts, lengths, silentMs: undefined };
}

/** Begins a part, unless there is one; a part that does not follow the last one waits. */
function begun(message: LiveMessage, index: number, part: () => Part): LiveMessage | undefined {
  if (message.parts[index] !== undefined) return message;
  return index === message.parts.length ? withPart(message, index, part(), 0) : undefined;
}

function emptyText(kind: PartKind): Part {
  return { type: kind, text: '', state: 'streaming' };
}

function held(message: LiveMessage, early: EarlyDelta): LiveMessage {
  if (message.early.length >= earlyLimit) return message;
  return { ...message, early: [...message.early, early] };
}

/** Appends a delta of text; what is known is cut, what does not fit yet is held back. */
export function appendText(
  message: LiveMessage,
  { part: index, kind, offset, delta }: EventOf<'content_delta'>['payload'],
): LiveMessage {
  const ready = begun(message, index, () => emptyText(kind));
  return ready
    ? appended(ready, { part: index, offset, delta })
    : held(message, { part: index, offset, delta });
}

/** Appends a delta of a call's arguments. */
export function appendArguments(
  message: LiveMessage,
  { part, offset, delta }: EventOf<'tool_call_args_delta'>['payload'],
): LiveMessage {
  return message.parts[part]
    ? appended(message, { part, offset, delta })
    : held(message, { part, offset, delta });
}

function appended(message: LiveMessage, early: EarlyDelta): LiveMessage {
  const part = message.parts[early.part];
  const length = message.lengths[early.part] ?? 0;
  const result = splice(length, early.offset, early.delta);
  if (result === 'gap' || !part) return held(message, early);
  if (result === 'known') return message;
  return withPart(message, early.part, grown(part, result.append), length + codePointLength(result.append));
}

function grown(part: Part, text: string): Part {
  return part.type === 'dynamic-tool'
    ? withRawArguments(part, rawArguments(part) + text)
    : { ...part, text: part.text + text };
}

/** The unfinished JSON of a call's arguments. */
export function rawArguments(part: ToolPart): string {
  return part.callProviderMetadata?.weald?.raw ?? '';
}

function withRawArguments(part: ToolPart, raw: string): ToolPart {
  return { ...part, callProviderMetadata: { weald: { ...part.callProviderMetadata?.weald, raw } } };
}

/** Puts deltas that waited where they belong now. */
export function drained(message: LiveMessage): LiveMessage {
  const waiting = message.early.toSorted((a, b) => a.part - b.part || a.offset - b.offset);
  return waiting.reduce((next, early) => appended(next, early), { ...message, early: [] as EarlyDelta[] });
}

/** The scalar values of a part as it was read. */
export function lengthOf(part: Part): number {
  return codePointLength(part.type === 'dynamic-tool' ? rawArguments(part) : part.text);
}

/** Takes a text that begins at the start or continues what is known. */
export function resynced(message: LiveMessage, payload: EventOf<'resync'>['payload']): LiveMessage {
  const { part: index, kind, offset, text } = payload;
  const known = message.parts[index];
  const base: TextPart = known && known.type !== 'dynamic-tool' ? known : (emptyText(kind) as TextPart);
  const length = known ? (message.lengths[index] ?? 0) : 0;
  const result = splice(length, offset, text);
  if (result === 'gap') return held(message, { part: index, offset, delta: text });
  const fresh = result === 'known' ? '' : result.append;
  const next = { ...base, text: base.text + fresh };
  return drained(withPart(message, index, next, length + codePointLength(fresh)));
}

import type { ToolPart } from '@/lib/api/types';
import { rawArguments } from '@/lib/stream/parts';

export type CallState = 'writing' | 'running' | 'asking' | 'ok' | 'error' | 'denied' | 'unknown';

/** One word for where a call stands. */
export function callState(call: ToolPart): CallState {
  const outcome = call.callProviderMetadata?.weald?.outcome;
  if (outcome) return outcome;
  switch (call.state) {
    case 'input-streaming':
      return 'writing';
    case 'input-available':
      return 'running';
    case 'approval-requested':
      return 'asking';
    case 'output-available':
      return 'ok';
    case 'output-error':
      return 'error';
    default:
      return 'unknown';
  }
}

/** The arguments as one line. */
export function argumentLine(call: ToolPart): string {
  const { input } = call;
  if (input === undefined || input === null) return rawArguments(call);
  if (typeof input !== 'object') return String(input);
  return Object.entries(input)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}

/** JSON for people. */
export function pretty(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, undefined, 2) ?? '');
}

function contentOf(output: object): unknown[] | undefined {
  if (Array.isArray(output)) return output;
  return 'content' in output && Array.isArray(output.content) ? output.content : undefined;
}

/** The text of a result: its text parts, or its JSON. */
export function outputText(output: unknown): string {
  if (typeof output !== 'object' || output === null) return output === undefined ? '' : pretty(output);
  const content = contentOf(output);
  if (!content) return pretty(output);
  return content
    .map((part) => {
      const text = (part as { text?: unknown } | null)?.text;
      return typeof text === 'string' ? text : pretty(part);
    })
    .join('\n');
}

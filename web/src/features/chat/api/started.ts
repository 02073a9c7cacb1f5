import type { RunStarted } from '@/lib/api/types';

/** The answer to a run whose events come over the feed: `transport: stream` never answers with a stream. */
export function started(answer: RunStarted | object): RunStarted {
  if ('stream_key' in answer) return answer;
  throw new Error('the server answered a run with a stream nobody asked for');
}

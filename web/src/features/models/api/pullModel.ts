import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { credentialHeaders, refuse } from '@/lib/api/credentials';
import { ApiError, apiError } from '@/lib/api/problem';
import type { ModelPullEvent } from '@/lib/api/types';
import { SseDecoder } from '@/lib/feed/sse';

type Asked = { id: string; model: string; signal: AbortSignal };

/** Downloads a model and tells each event; the last one is `done` or `failed`. */
export async function* pullModel({ id, model, signal }: Asked): AsyncGenerator<ModelPullEvent> {
  const response = await fetch(`/api/providers/${id}/models/pull`, {
    method: 'POST',
    credentials: 'same-origin',
    signal,
    headers: {
      ...credentialHeaders(),
      'Content-Type': 'application/json',
      Accept: 'text/event-stream',
    },
    body: JSON.stringify({ model }),
  }).catch((cause: unknown) => {
    throw new ApiError(0, undefined, { cause });
  });
  if (response.status === 401) refuse();
  if (!response.ok || !response.body) throw apiError(response, await response.json().catch(() => undefined));
  const decoder = new SseDecoder();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new ApiError(0, undefined);
    for (const { data } of decoder.push(value)) yield JSON.parse(data) as ModelPullEvent;
  }
}

export type Pull =
  | { state: 'idle' }
  | { state: 'running'; event: Extract<ModelPullEvent, { type: 'progress' }> | undefined }
  | { state: 'done' }
  | { state: 'failed'; error: Error };

/** One download at a time; leaving the page or `stop` ends it. */
export function usePullModel(id: string) {
  const client = useQueryClient();
  const [pull, setPull] = useState<Pull>({ state: 'idle' });
  const connection = useRef<AbortController>(undefined);
  useEffect(() => () => connection.current?.abort(), []);
  const follow = async (model: string, signal: AbortSignal) => {
    for await (const event of pullModel({ id, model, signal })) {
      if (event.type === 'progress') setPull({ state: 'running', event });
      if (event.type === 'failed') return setPull({ state: 'failed', error: new Error(event.message) });
      if (event.type === 'done') {
        void client.invalidateQueries({ queryKey: ['models'] });
        return setPull({ state: 'done' });
      }
    }
  };
  const start = (model: string) => {
    connection.current?.abort();
    const { signal } = (connection.current = new AbortController());
    setPull({ state: 'running', event: undefined });
    follow(model, signal).catch((error: Error) => {
      if (!signal.aborted) setPull({ state: 'failed', error });
    });
  };
  const stop = () => {
    connection.current?.abort();
    setPull({ state: 'idle' });
  };
  return { pull, start, stop };
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';
import { ApiError } from '@/lib/api/problem';
import { randomId } from '@/lib/randomId';
import { started } from './started';

export type Run = {
  /** The same for every attempt at saying one thing: the server does it once. */
  key?: string;

  conversationId?: string | undefined;
  workspaceId?: string | undefined;
  text: string;
  /** `provider/model` instead of the preset's. */
  model?: string | undefined;
  /** The message to go on from; the selected leaf by default. */
  parentMessageId?: string;
};

/** The key of the next attempt: what the network lost may have arrived, what was refused did not. */
export function keyAfter(error: Error | null, key: string): string {
  return error instanceof ApiError && error.isNetwork ? key : randomId();
}

async function runConversation({ key, conversationId, workspaceId, text, model, parentMessageId }: Run) {
  const answer = await unwrap(
    api.POST('/api/conversations/run', {
      params: { header: { 'Idempotency-Key': key ?? randomId() } },
      body: {
        transport: 'stream',
        input: [{ type: 'text', text }],
        ...(conversationId === undefined
          ? { workspace_id: workspaceId }
          : { conversation_id: conversationId }),
        ...(model === undefined ? {} : { config_override: { model: { name: model } } }),
        ...(parentMessageId === undefined ? {} : { parent_message_id: parentMessageId }),
      },
    }),
  );
  return started(answer);
}

/** Says something. The mutation is pending until what was said is among the messages. */
export function useRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: runConversation,
    onSuccess: async ({ conversation_id: id }, { conversationId }) => {
      void client.invalidateQueries({ queryKey: ['conversations'] });
      if (conversationId === undefined) return;
      await client.invalidateQueries({ queryKey: ['messages', id] });
    },
  });
}

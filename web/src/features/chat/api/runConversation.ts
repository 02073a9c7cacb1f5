import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';
import { started } from './started';

export type Run = {
  conversationId?: string | undefined;
  workspaceId?: string | undefined;
  text: string;
  /** `provider/model` instead of the preset's. */
  model?: string | undefined;
  /** The message to go on from; the selected leaf by default. */
  parentMessageId?: string;
};

async function runConversation({ conversationId, workspaceId, text, model, parentMessageId }: Run) {
  const answer = await unwrap(
    api.POST('/api/conversations/run', {
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

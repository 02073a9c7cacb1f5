import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';
import { started } from './started';

async function regenerate(messageId: string) {
  const answer = await unwrap(
    api.POST('/api/messages/{id}/regenerate', {
      params: { path: { id: messageId } },
      body: { transport: 'stream' },
    }),
  );
  return started(answer);
}

/** Answers the same input again, beside the first answer. */
export function useRegenerate(conversationId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: regenerate,
    onSuccess: () => client.invalidateQueries({ queryKey: ['messages', conversationId] }),
  });
}

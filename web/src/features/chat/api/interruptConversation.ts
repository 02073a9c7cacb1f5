import { useMutation } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

/** Stops what runs in a conversation. */
export function useInterrupt(conversationId: string) {
  return useMutation({
    mutationFn: () =>
      unwrap(
        api.POST('/api/conversations/{id}/interrupt', {
          params: { path: { id: conversationId } },
          body: {},
        }),
      ),
  });
}

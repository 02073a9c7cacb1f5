import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

/** Keeps the choice of a model with its conversation. */
export function useSetConversationModel(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (model: string) =>
      unwrap(
        api.POST('/api/conversations/{id}/settings', { params: { path: { id } }, body: { model_id: model } }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['conversation', id] }),
  });
}

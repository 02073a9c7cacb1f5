import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

type Choice = { id: string; model: string };

/** Keeps the choice of a model with its conversation. */
export function useSetConversationModel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, model }: Choice) =>
      unwrap(
        api.POST('/api/conversations/{id}/settings', { params: { path: { id } }, body: { model_id: model } }),
      ),
    onSuccess: (_data, { id }) => client.invalidateQueries({ queryKey: ['conversation', id] }),
  });
}

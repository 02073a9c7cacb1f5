import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';
import type { Model } from '@/lib/api/types';

/** Offers a model or not. */
export function useSwitchModel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ provider_id: id, provider_model_id: model, is_enabled }: Model) =>
      unwrap(
        api.POST('/api/providers/{id}/models/switch', {
          params: { path: { id } },
          body: { model, is_enabled: !is_enabled },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['models'] }),
  });
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';
import { presetsQuery } from './listPresets';

/** Gives the default preset another model. */
export function useSetDefaultModel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (model: string) => {
      const { items } = await client.fetchQuery(presetsQuery);
      const standard = items.find((preset) => preset.is_default);
      if (!standard) throw new Error('the workspace has no default preset');
      return unwrap(
        api.POST('/api/presets/{id}/update', {
          params: { path: { id: standard.id }, query: { workspace_id: standard.workspace_id } },
          body: { model: { ...standard.model, name: model } },
        }),
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['presets'] }),
  });
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';
import type { Provider } from '@/lib/api/types';

export type ProviderChange = { name: string; baseUrl: string; apiKey: string };

/** The members that differ: others keep what somebody else may change at the same time. */
export function changeOf(provider: Provider, { name, baseUrl, apiKey }: ProviderChange) {
  const old = provider.base_url ?? '';
  return {
    ...(name === provider.display_name ? {} : { display_name: name }),
    ...(baseUrl === old ? {} : { base_url: baseUrl === '' ? null : baseUrl }),
    ...(apiKey === '' ? {} : { api_key: apiKey }),
  };
}

/** Changes what a provider is called, where it is, or its key. */
export function useUpdateProvider(provider: Provider) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: ProviderChange) =>
      unwrap(
        api.POST('/api/providers/{id}/update', {
          params: { path: { id: provider.id } },
          body: changeOf(provider, change),
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['providers'] }),
  });
}

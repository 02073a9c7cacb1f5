import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';
import type { Provider, ProviderTest } from '@/lib/api/types';
import { testProvider } from './testProvider';

export type ProviderDraft = {
  /** The provider of an earlier attempt, which is changed instead of made twice. */
  id: string | undefined;
  kind: Provider['kind'];
  name: string;
  baseUrl: string;
  apiKey: string;
};

export type Connection = { provider: Provider; test: ProviderTest };

function save({ id, kind, name, baseUrl, apiKey }: ProviderDraft): Promise<Provider> {
  const key = apiKey === '' ? {} : { api_key: apiKey };
  const body = { display_name: name, base_url: baseUrl, ...key };
  if (id === undefined) return unwrap(api.POST('/api/providers/create', { body: { kind, ...body } }));
  return unwrap(api.POST('/api/providers/{id}/update', { params: { path: { id } }, body }));
}

/** Saves a provider, asks it for its models and keeps those it names. */
async function connect(draft: ProviderDraft): Promise<Connection> {
  const provider = await save(draft);
  const test = await testProvider(provider.id);
  if (test.ok) {
    await unwrap(api.POST('/api/providers/{id}/models/sync', { params: { path: { id: provider.id } } }));
  }
  return { provider, test };
}

export function useConnectProvider() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: connect,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['providers'] }),
        client.invalidateQueries({ queryKey: ['models'] }),
      ]),
  });
}

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
  /** The variable of the server's environment that holds the key instead. */
  keyVariable?: string | undefined;
};

export type Connection = {
  provider: Provider;
  test: ProviderTest;
  /** Whether its key was removed, because the new base URL leads to another server. */
  keyRemoved: boolean;
};

async function save(draft: ProviderDraft): Promise<Pick<Connection, 'provider' | 'keyRemoved'>> {
  const { id, kind, name, baseUrl, apiKey, keyVariable } = draft;
  const key = apiKey === '' ? {} : { api_key: apiKey };
  const place = baseUrl === '' ? {} : { base_url: baseUrl };
  const body = { display_name: name, ...place, ...key };
  if (id === undefined) {
    const named = keyVariable === undefined ? {} : { key_variable: keyVariable };
    const made = api.POST('/api/providers/create', { body: { kind, ...body, ...named } });
    return { provider: await unwrap(made), keyRemoved: false };
  }
  const changed = await unwrap(api.POST('/api/providers/{id}/update', { params: { path: { id } }, body }));
  return { provider: changed, keyRemoved: changed.key_removed };
}

/** Saves a provider, asks it for its models and keeps those it names. */
async function connect(draft: ProviderDraft): Promise<Connection> {
  const { provider, keyRemoved } = await save(draft);
  const test = await testProvider(provider.id);
  if (test.ok) {
    await unwrap(api.POST('/api/providers/{id}/models/sync', { params: { path: { id: provider.id } } }));
  }
  return { provider, test, keyRemoved };
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

import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: ({ signal }) =>
    unwrap(api.GET('/api/providers/list', { params: { query: { limit: 200 } }, signal })),
});

export const useProviders = () => useQuery(providersQuery);

/** Whether any model but the built-in ones can be called; undefined while that is not known. */
export function useIsConnected(): boolean | undefined {
  const { data } = useProviders();
  return data?.items.some((provider) => provider.kind !== 'builtin' && provider.is_enabled);
}

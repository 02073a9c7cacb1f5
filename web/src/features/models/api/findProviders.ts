import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';
import type { FoundProvider } from '@/lib/api/types';

/** What is there and not connected yet. It is looked for when this is asked, and not by itself. */
export const foundQuery = queryOptions({
  queryKey: ['providers', 'found'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/providers/found', { signal })),
  select: ({ items }): FoundProvider[] => items.filter((item) => item.is_present && !item.provider_id),
  staleTime: 60_000,
});

export const useFoundProviders = () => useQuery(foundQuery);

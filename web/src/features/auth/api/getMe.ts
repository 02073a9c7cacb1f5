import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

/** Who we are, and which workspaces are ours. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/auth/me', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const useMe = () => useQuery(meQuery);

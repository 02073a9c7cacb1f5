import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

/** The presets of the user's first workspace. */
export const presetsQuery = queryOptions({
  queryKey: ['presets'],
  queryFn: ({ signal }) =>
    unwrap(api.GET('/api/presets/list', { params: { query: { limit: 200 } }, signal })),
});

export const usePresets = () => useQuery(presetsQuery);

import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

/** The projects of the user's first workspace. */
export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: ({ signal }) =>
    unwrap(api.GET('/api/projects/list', { params: { query: { limit: 200 } }, signal })),
});

export const useProjects = () => useQuery(projectsQuery);

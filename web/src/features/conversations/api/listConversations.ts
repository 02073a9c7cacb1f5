import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

/** Conversations by last activity, page by page. */
export const conversationsQuery = infiniteQueryOptions({
  queryKey: ['conversations'],
  queryFn: ({ pageParam, signal }) =>
    unwrap(
      api.GET('/api/conversations/list', {
        params: { query: { after: pageParam, limit: 50 } },
        signal,
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
});

export const useConversations = () => useInfiniteQuery(conversationsQuery);

import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ['conversation', id],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/conversations/{id}/get', { params: { path: { id } }, signal })),
  });

export const useConversation = (id: string) => useQuery(conversationQuery(id));

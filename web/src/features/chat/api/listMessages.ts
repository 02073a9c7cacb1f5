import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';
import type { Snapshot } from '@/lib/stream/adopt';
import { adopt } from '@/lib/stores/streamStore';

async function listMessages(conversationId: string, signal: AbortSignal): Promise<Snapshot> {
  const answer = api.GET('/api/conversations/{id}/messages', {
    params: { path: { id: conversationId } },
    signal,
  });
  const { items } = await unwrap(answer);
  const cursor = (await answer).response.headers.get('Weald-Feed-Cursor') ?? undefined;
  const snapshot = { items, cursor };
  // The stream store first, so that no frame is drawn from one without the other.
  adopt(conversationId, snapshot);
  return snapshot;
}

/** The selected branch of a conversation, with the feed cursor it was read at. */
export const messagesQuery = (conversationId: string) =>
  queryOptions({
    queryKey: ['messages', conversationId],
    queryFn: ({ signal }) => listMessages(conversationId, signal),
    // Other readings of the same branch come from events, never from time.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    refetchOnMount: 'always',
    structuralSharing: false,
  });

export const useMessages = (conversationId: string) => useQuery(messagesQuery(conversationId));

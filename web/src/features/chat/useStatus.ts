import type { LiveStatus } from '@/lib/api/types';
import { selectStatus, useStreamStore } from '@/lib/stores/streamStore';
import { useConversation } from './api/getConversation';

/** What runs in a conversation: the feed knows first, the conversation says it after a load. */
export function useStatus(conversationId: string): LiveStatus | undefined {
  const told = useStreamStore(selectStatus(conversationId));
  const { data } = useConversation(conversationId);
  const status = told ?? data?.active?.status;
  return status === 'ended' ? undefined : status;
}

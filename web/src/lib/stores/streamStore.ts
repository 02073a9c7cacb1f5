import { create } from 'zustand';
import type { EventEnvelope, LiveStatus, MessageError } from '@/lib/api/types';
import type { FeedState } from '@/lib/feed/frame';
import { adoptSnapshot, type Snapshot } from '@/lib/stream/adopt';
import { applyEvent, applyStatus } from '@/lib/stream/apply';
import type { LiveConversation, LiveMessage } from '@/lib/stream/live';

type StreamState = {
  feed: FeedState;
  /** What the feed has told, by conversation. */
  live: Record<string, LiveConversation>;
};

export const useStreamStore = create<StreamState>()(() => ({ feed: 'connecting', live: {} }));

/**
 * Applies events in their order, in one change of the store. Of conversations that this tab does
 * not follow it keeps only whether they run.
 */
export function applyEvents(events: EventEnvelope[], followed: ReadonlySet<string>): void {
  useStreamStore.setState((state) => {
    const changed: StreamState['live'] = {};
    for (const event of events) {
      const id = event.conversation_id;
      if (!id || !event.session_id) continue;
      const before = changed[id] ?? state.live[id];
      const after = followed.has(id) ? applyEvent(before, event) : applyStatus(before, event);
      if (after !== before) changed[id] = after;
    }
    return Object.keys(changed).length === 0 ? state : { live: { ...state.live, ...changed } };
  });
}

/** Takes a reading of a conversation's messages. */
export function adopt(conversationId: string, snapshot: Snapshot): void {
  useStreamStore.setState((state) => ({
    live: { ...state.live, [conversationId]: adoptSnapshot(state.live[conversationId], snapshot) },
  }));
}

/** Forgets everything, because the feed cannot say what was missed. */
export function forgetStreams(): void {
  useStreamStore.setState({ live: {} });
}

export function setFeedState(feed: FeedState): void {
  useStreamStore.setState({ feed });
}

/** Whether text of a conversation is missing, so that its messages must be read again. */
export function hasGap(state: StreamState, conversationId: string): boolean {
  return state.live[conversationId]?.hasGap ?? false;
}

export const selectFeed = (state: StreamState): FeedState => state.feed;

export const selectMessage =
  (conversationId: string, messageId: string) =>
  (state: StreamState): LiveMessage | undefined =>
    state.live[conversationId]?.messages[messageId];

/** What runs in a conversation; undefined when the feed has not said. */
export const selectStatus =
  (conversationId: string) =>
  (state: StreamState): LiveStatus | 'ended' | undefined => {
    const live = state.live[conversationId];
    return live && live.position > 0 && live.sessionId !== undefined ? live.status : undefined;
  };

export const selectFailure =
  (conversationId: string) =>
  (state: StreamState): MessageError | undefined =>
    state.live[conversationId]?.failure;

const nothing: string[] = [];

export const selectOrder =
  (conversationId: string) =>
  (state: StreamState): string[] =>
    state.live[conversationId]?.order ?? nothing;

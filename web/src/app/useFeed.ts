import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { credentialHeaders, refuse } from '@/lib/api/credentials';
import { cursorPosition, type FeedFrame, type FeedListener } from '@/lib/feed/frame';
import { SharedFeed, type Sharing } from '@/lib/feed/shared';
import type { Me } from '@/lib/api/types';
import type { Snapshot } from '@/lib/stream/adopt';
import { applyEvents, forgetStreams, hasGap, setFeedState, useStreamStore } from '@/lib/stores/streamStore';
import { staleAfter } from './feedEffects';
import { feedTopics } from './feedTopics';
import { frameBatch } from './frameBatch';

/** What the tabs of a browser share; where it cannot be shared each tab has a feed of its own. */
function sharing(): Sharing | undefined {
  if (!('locks' in navigator) || !('BroadcastChannel' in window)) return undefined;
  return { locks: navigator.locks, channel: new BroadcastChannel('weald-feed') };
}

function listen(client: QueryClient, followed: { current: Set<string> }): FeedListener {
  const readAgain = (conversationId: string) =>
    client.invalidateQueries({ queryKey: ['messages', conversationId] });
  const frames = frameBatch((batch: FeedFrame[]) => {
    const events = batch.map((frame) => frame.envelope);
    applyEvents(events, followed.current);
    const keys = new Map(events.flatMap(staleAfter).map((key) => [JSON.stringify(key), key]));
    for (const queryKey of keys.values()) void client.invalidateQueries({ queryKey });
  });
  return {
    frames,
    state: (state) => {
      setFeedState(state);
      if (state === 'refused') refuse();
    },
    opened: (_topics, cursor) => {
      // Deltas between a reading and a cursor that is beyond it were sent to nobody.
      for (const id of followed.current) {
        const read = client.getQueryData<Snapshot>(['messages', id]);
        if (read && cursorPosition(read.cursor) < cursorPosition(cursor)) void readAgain(id);
      }
      void client.invalidateQueries({ queryKey: ['conversations'] });
    },
    reset: () => {
      forgetStreams();
      void client.invalidateQueries();
    },
  };
}

/** Reads a conversation again while text of it is missing. */
function watchGaps(client: QueryClient, followed: { current: Set<string> }): () => void {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const stop = useStreamStore.subscribe((state) => {
    for (const id of followed.current) {
      if (!hasGap(state, id) || timers.has(id)) continue;
      const again = () => {
        void client.invalidateQueries({ queryKey: ['messages', id] }).finally(() => timers.delete(id));
      };
      timers.set(id, setTimeout(again, 50));
    }
  });
  return () => {
    stop();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}

/** Follows what is ours and the conversation that is open. */
export function useFeed(me: Me | undefined, conversationId: string | undefined): void {
  const client = useQueryClient();
  const feed = useRef<SharedFeed>(undefined);
  const followed = useRef(new Set<string>());
  useEffect(() => {
    const shared = new SharedFeed({
      listener: listen(client, followed),
      headers: credentialHeaders,
      sharing: sharing(),
    });
    feed.current = shared;
    const retry = () => shared.retry();
    const leave = () => shared.close();
    window.addEventListener('online', retry);
    // A page that comes back from the browser's cache has slept through everything.
    const wake = (event: PageTransitionEvent) => event.persisted && window.location.reload();
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', wake);
    const stopGaps = watchGaps(client, followed);
    return () => {
      window.removeEventListener('online', retry);
      window.removeEventListener('pagehide', leave);
      window.removeEventListener('pageshow', wake);
      stopGaps();
      shared.close();
    };
  }, [client]);
  useEffect(() => {
    const topics = feedTopics(me, conversationId);
    if (topics.length === 0) return;
    followed.current = new Set(conversationId === undefined ? [] : [conversationId]);
    feed.current?.follow(topics);
  }, [me, conversationId]);
}

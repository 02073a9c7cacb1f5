import type { EventEnvelope } from '@/lib/api/types';

/** An event of the feed with the cursor that stands after it. */
export type FeedFrame = { cursor: string | undefined; envelope: EventEnvelope };

/** How the feed is doing. */
export type FeedState = 'connecting' | 'live' | 'reconnecting' | 'refused';

/** What somebody who reads the feed is told. */
export type FeedListener = {
  frames: (frames: FeedFrame[]) => void;
  state: (state: FeedState) => void;
  /** A connection carries these topics from now on, from this cursor. */
  opened: (topics: readonly string[], cursor: string | undefined) => void;
  /** The cursor was refused: what was missed can only be read again as a whole. */
  reset: () => void;
};

/** The durable position inside a feed cursor. */
export function cursorPosition(cursor: string | undefined): number {
  const position = Number.parseInt(cursor ?? '', 10);
  return Number.isNaN(position) ? 0 : position;
}

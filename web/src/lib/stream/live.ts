import type { FinishReason, LiveStatus, MessageError, Part } from '@/lib/api/types';

/** A delta that came before what it hangs on; it waits for the text in between. */
export type EarlyDelta = { part: number; offset: number; delta: string };

/** A message as the feed has told it so far. */
export type LiveMessage = {
  id: string;
  parentId: string | undefined;
  parts: Part[];
  /** Scalar values of each part's text, or of a call's raw arguments. */
  lengths: number[];
  early: EarlyDelta[];
  finishReason: FinishReason | undefined;
  /** How long the model has sent no byte, while it is silent. */
  silentMs: number | undefined;
  /** A reading has it whole; the next one lets it go. */
  isSettled: boolean;
};

/** What the feed has told about a conversation since its messages were last read. */
export type LiveConversation = {
  sessionId: string | undefined;
  status: LiveStatus | 'ended';
  messages: Record<string, LiveMessage>;
  /** Ids in the order in which they began. */
  order: string[];
  /** Position of the newest durable event that was applied. */
  position: number;
  /** Some text is missing: the messages must be read again. */
  hasGap: boolean;
  /** Why the last session failed, if it did. */
  failure: MessageError | undefined;
};

export const silence: LiveConversation = {
  sessionId: undefined,
  status: 'ended',
  messages: {},
  order: [],
  position: 0,
  hasGap: false,
  failure: undefined,
};

/** A message of which nothing is known yet. */
export function begunMessage(id: string, parentId?: string): LiveMessage {
  return {
    id,
    parentId,
    parts: [],
    lengths: [],
    early: [],
    finishReason: undefined,
    silentMs: undefined,
    isSettled: false,
  };
}

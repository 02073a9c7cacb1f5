import type { EventEnvelope } from '@/lib/api/types';
import type { FeedFrame, FeedListener, FeedState } from './frame';
import { SseDecoder } from './sse';

type Options = {
  listener: FeedListener;
  headers: () => Record<string, string>;
  fetch?: typeof fetch;
  /** Milliseconds to wait before attempt `n`. */
  backoff?: (attempt: number) => number;
};

/** Silence after which a connection counts as dead; the server sends a comment every 15 s. */
const silenceLimit = 45_000;

/** Reads the feed over one connection at a time and resumes it by cursor for ever. */
export class FeedReader {
  private readonly options: Required<Options>;
  private topics: readonly string[] = [];
  private connection: AbortController | undefined;
  private wake: (() => void) | undefined;
  private isClosed = false;
  private isRunning = false;
  private attempt = 0;
  cursor: string | undefined;

  constructor(options: Options) {
    this.options = {
      fetch: (...request) => fetch(...request),
      backoff: (attempt) => Math.min(10_000, 300 * 2 ** attempt) * (0.7 + Math.random() * 0.3),
      ...options,
    };
  }

  /** Reads these topics from now on; what was missed meanwhile follows from the last cursor. */
  follow(topics: readonly string[]): void {
    this.topics = topics;
    this.connection?.abort();
    if (!this.isRunning) void this.run();
  }

  /** Tries again at once, such as when the network is back. */
  retry(): void {
    this.attempt = 0;
    this.wake?.();
  }

  close(): void {
    this.isClosed = true;
    this.connection?.abort();
    this.wake?.();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    this.say('connecting');
    while (!this.isClosed) {
      const connection = new AbortController();
      this.connection = connection;
      const verdict = await this.connect(connection).catch(() => 'lost' as const);
      if (this.isClosed || verdict === 'refused') break;
      // An aborted connection was replaced by one with other topics: no pause.
      if (verdict === 'again' || (connection.signal.aborted && connection.signal.reason !== 'silence'))
        continue;
      this.say('reconnecting');
      await this.pause(this.options.backoff(this.attempt));
      this.attempt += 1;
    }
    this.isRunning = false;
  }

  private async connect(connection: AbortController): Promise<'lost' | 'again' | 'refused'> {
    const { topics, cursor } = this;
    const query = new URLSearchParams({ topics: topics.join(',') });
    const response = await this.options.fetch(`/api/events?${query}`, {
      credentials: 'same-origin',
      cache: 'no-store',
      signal: connection.signal,
      headers: {
        ...this.options.headers(),
        Accept: 'text/event-stream',
        ...(cursor === undefined ? {} : { 'Last-Event-ID': cursor }),
      },
    });
    if (response.status === 401) return this.refused();
    if (response.status === 400 || response.status === 410) return this.startOver();
    if (!response.ok || !response.body) return 'lost';
    this.attempt = 0;
    this.cursor = response.headers.get('Weald-Feed-Cursor') ?? cursor;
    this.say('live');
    this.options.listener.opened(topics, this.cursor);
    await this.read(response.body, connection);
    return 'lost';
  }

  private async read(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    connection: AbortController,
  ): Promise<void> {
    const decoder = new SseDecoder();
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let silence: ReturnType<typeof setTimeout> | undefined;
    try {
      for (;;) {
        silence = setTimeout(() => connection.abort('silence'), silenceLimit);
        const { done, value } = await reader.read();
        clearTimeout(silence);
        if (done || connection.signal.aborted) return;
        this.deliver(decoder.push(value).map(toFrame));
      }
    } finally {
      clearTimeout(silence);
    }
  }

  private deliver(frames: (FeedFrame | undefined)[]): void {
    const known = frames.filter((frame) => frame !== undefined);
    if (known.length === 0) return;
    this.cursor = known.at(-1)?.cursor ?? this.cursor;
    this.options.listener.frames(known);
  }

  private refused(): 'refused' {
    this.say('refused');
    return 'refused';
  }

  private startOver(): 'again' | 'lost' {
    if (this.cursor === undefined) return 'lost';
    this.cursor = undefined;
    this.options.listener.reset();
    return 'again';
  }

  private say(state: FeedState): void {
    this.options.listener.state(state);
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function toFrame({ id, data }: { id: string | undefined; data: string }): FeedFrame | undefined {
  try {
    return { cursor: id, envelope: JSON.parse(data) as EventEnvelope };
  } catch {
    return undefined;
  }
}

import type { FeedFrame, FeedListener, FeedState } from './frame';
import { randomId } from '@/lib/randomId';
import { FeedReader } from './reader';

type Message =
  | { kind: 'want'; tab: string; topics: readonly string[] }
  | { kind: 'bye'; tab: string }
  | { kind: 'roll-call' }
  | { kind: 'frames'; frames: FeedFrame[] }
  | { kind: 'state'; state: FeedState }
  | { kind: 'opened'; topics: readonly string[]; cursor: string | undefined }
  | { kind: 'reset' };

/** The two things of a browser that tabs share; absent where it does not offer them. */
export type Sharing = { locks: Pick<LockManager, 'request'>; channel: BroadcastChannel };

type Options = {
  listener: FeedListener;
  headers: () => Record<string, string>;
  sharing: Sharing | undefined;
  fetch?: typeof fetch;
};

/**
 * The one feed of a browser. A lock elects the tab that holds the connection; it hands every frame
 * to the others. When it goes, the next one resumes from the last cursor that all have seen.
 */
export class SharedFeed {
  private readonly tab = randomId();
  private readonly options: Options;
  private readonly wants = new Map<string, readonly string[]>();
  private readonly stop = new AbortController();
  private topics: readonly string[] = [];
  private followed = '';
  private reader: FeedReader | undefined;
  private release: (() => void) | undefined;
  private cursor: string | undefined;

  constructor(options: Options) {
    this.options = options;
    options.sharing?.channel.addEventListener('message', this.hear);
    void this.takeTurn();
  }

  /** The topics this tab reads from now on. */
  follow(topics: readonly string[]): void {
    this.topics = topics;
    this.announce();
    this.refollow();
  }

  /** Tries again at once. */
  retry(): void {
    this.reader?.retry();
  }

  close(): void {
    this.send({ kind: 'bye', tab: this.tab });
    this.options.sharing?.channel.removeEventListener('message', this.hear);
    this.reader?.close();
    this.stop.abort();
    this.release?.();
  }

  private async takeTurn(): Promise<void> {
    const { sharing } = this.options;
    if (!sharing) return this.hold();
    const turn = sharing.locks.request('weald-feed', { signal: this.stop.signal }, () =>
      this.holdUntilClosed(),
    );
    await turn.catch(() => undefined);
  }

  private holdUntilClosed(): Promise<void> {
    this.hold();
    return new Promise((resolve) => {
      this.release = resolve;
    });
  }

  private hold(): void {
    const { headers, fetch } = this.options;
    const listener: FeedListener = {
      frames: (frames) => this.both({ kind: 'frames', frames }),
      state: (state) => this.both({ kind: 'state', state }),
      opened: (topics, cursor) => this.both({ kind: 'opened', topics, cursor }),
      reset: () => this.both({ kind: 'reset' }),
    };
    this.reader = new FeedReader({ listener, headers, ...(fetch ? { fetch } : {}) });
    this.reader.cursor = this.cursor;
    this.send({ kind: 'roll-call' });
    this.refollow();
  }

  /** Reconnects when somebody needs a topic more; one topic less can wait for that. */
  private refollow(): void {
    if (!this.reader) return;
    const all = new Set([...this.topics, ...[...this.wants.values()].flat()]);
    const wanted = [...all].toSorted();
    const current = new Set(this.followed === '' ? [] : this.followed.split(','));
    if (wanted.every((topic) => current.has(topic))) return;
    this.followed = wanted.join(',');
    this.reader.follow(wanted);
  }

  private announce(): void {
    this.send({ kind: 'want', tab: this.tab, topics: this.topics });
  }

  private readonly hear = ({ data }: MessageEvent<Message>): void => {
    if (data.kind === 'want') {
      this.wants.set(data.tab, data.topics);
      this.refollow();
    } else if (data.kind === 'bye') this.wants.delete(data.tab);
    else if (data.kind === 'roll-call') this.announce();
    else this.tell(data);
  };

  private both(message: Message): void {
    this.send(message);
    this.tell(message);
  }

  private tell(message: Message): void {
    const { listener } = this.options;
    if (message.kind === 'frames') {
      this.cursor = message.frames.at(-1)?.cursor ?? this.cursor;
      listener.frames(message.frames);
    } else if (message.kind === 'state') listener.state(message.state);
    else if (message.kind === 'opened') listener.opened(message.topics, message.cursor);
    else if (message.kind === 'reset') {
      this.cursor = undefined;
      listener.reset();
    }
  }

  private send(message: Message): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel, not a window
    this.options.sharing?.channel.postMessage(message);
  }
}

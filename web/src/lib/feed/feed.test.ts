import { describe, expect, it, vi } from 'vitest';
import { delta, event } from '@/test/events';
import type { FeedListener } from './frame';
import { FeedReader } from './reader';
import { type Sharing, SharedFeed } from './shared';
import { SseDecoder } from './sse';

const wire = (id: string, envelope: object) => `id: ${id}\nevent: x\ndata: ${JSON.stringify(envelope)}\n\n`;

describe('the decoder', () => {
  it('gives the same events wherever the text is cut', () => {
    const text = ': hello\r\n\r\nid: 7\nevent: a\ndata: {"x":\ndata: 1}\n\nid: 8\r\ndata:y\r\n\r\nid: 9\n\n';
    const whole = new SseDecoder().push(text);
    expect(whole).toEqual([
      { id: '7', event: 'a', data: '{"x":\n1}' },
      { id: '8', event: 'message', data: 'y' },
    ]);
    for (let size = 1; size < text.length; size += 1) {
      const decoder = new SseDecoder();
      const events = [];
      for (let at = 0; at < text.length; at += size) events.push(...decoder.push(text.slice(at, at + size)));
      expect(events).toEqual(whole);
    }
  });
});

/** A server whose connections are answered by hand. */
class Wire {
  readonly requests: { url: string; cursor: string | null }[] = [];
  private streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  answer: (index: number) => Response | undefined = () => undefined;

  readonly fetch = (async (url: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    this.requests.push({ url, cursor: headers.get('Last-Event-ID') });
    const special = this.answer(this.requests.length - 1);
    if (special) return special;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.streams.push(controller);
        init.signal?.addEventListener('abort', () => controller.error(new Error('aborted')));
      },
    });
    return new Response(body, { headers: { 'Weald-Feed-Cursor': headers.get('Last-Event-ID') ?? '10' } });
  }) as typeof fetch;

  send(text: string) {
    this.streams.at(-1)?.enqueue(new TextEncoder().encode(text));
  }

  cut() {
    this.streams.at(-1)?.close();
  }
}

function listener() {
  const seen: string[] = [];
  const heard: FeedListener = {
    frames: (frames) => seen.push(...frames.map(({ cursor }) => `frame ${cursor}`)),
    state: (state) => seen.push(state),
    opened: (topics, cursor) => seen.push(`opened ${topics.join(',')} at ${cursor}`),
    reset: () => seen.push('reset'),
  };
  return { seen, heard };
}

describe('the reader', () => {
  const start = (server: Wire) => {
    const { seen, heard } = listener();
    const reader = new FeedReader({
      listener: heard,
      headers: () => ({}),
      fetch: server.fetch,
      backoff: () => 0,
    });
    return { seen, reader };
  };

  it('resumes a connection that was cut from the last frame it had', async () => {
    const server = new Wire();
    const { seen, reader } = start(server);
    reader.follow(['workspace.w']);
    await vi.waitFor(() => expect(seen).toContain('live'));
    server.send(wire('11', event('run_started', {} as never, { pos: 11 })));
    server.send(wire('11;s1:1-1', delta(0, 'a')).slice(0, 20));
    await vi.waitFor(() => expect(seen).toContain('frame 11'));
    server.cut();
    await vi.waitFor(() => expect(server.requests).toHaveLength(2));
    expect(server.requests.map(({ cursor }) => cursor)).toEqual([null, '11']);
    await vi.waitFor(() => expect(seen.filter((word) => word === 'live')).toHaveLength(2));
    server.send(wire('11;s1:1-1', delta(0, 'a')));
    await vi.waitFor(() => expect(seen.at(-1)).toBe('frame 11;s1:1-1'));
    reader.close();
  });

  it('starts over and says so when its cursor is refused', async () => {
    const server = new Wire();
    server.answer = (index) => (index === 1 ? new Response('{}', { status: 410 }) : undefined);
    const { seen, reader } = start(server);
    reader.follow(['workspace.w']);
    await vi.waitFor(() => expect(seen).toContain('live'));
    server.cut();
    await vi.waitFor(() => expect(seen).toContain('reset'));
    await vi.waitFor(() => expect(server.requests).toHaveLength(3));
    expect(server.requests[2]?.cursor).toBeNull();
    reader.close();
  });

  it('stops when the server does not know us', async () => {
    const server = new Wire();
    server.answer = () => new Response('{}', { status: 401 });
    const { seen, reader } = start(server);
    reader.follow(['workspace.w']);
    await vi.waitFor(() => expect(seen).toEqual(['connecting', 'refused']));
    expect(server.requests).toHaveLength(1);
  });
});

/** A lock and a channel as tabs of one browser share them. */
class Browser {
  private readonly waiting: (() => void)[] = [];
  private isHeld = false;
  private readonly channels = new Set<EventTarget>();

  tab(): Sharing {
    const target = new EventTarget();
    this.channels.add(target);
    const postMessage = (data: unknown) => {
      const copy = structuredClone(data);
      for (const other of this.channels) {
        if (other !== target)
          queueMicrotask(() => other.dispatchEvent(new MessageEvent('message', { data: copy })));
      }
    };
    const channel = Object.assign(target, { postMessage }) as unknown as BroadcastChannel;
    const request = async (_name: string, _options: unknown, hold: () => Promise<void>) => {
      if (this.isHeld) await new Promise<void>((go) => this.waiting.push(go));
      this.isHeld = true;
      await hold();
      this.isHeld = false;
      this.waiting.shift()?.();
    };
    return { channel, locks: { request } as unknown as LockManager };
  }
}

describe('the tabs of a browser', () => {
  it('share one connection, and the next one resumes it when its holder goes', async () => {
    const server = new Wire();
    const browser = new Browser();
    const open = (topic: string) => {
      const { seen, heard } = listener();
      const feed = new SharedFeed({
        listener: heard,
        headers: () => ({}),
        fetch: server.fetch,
        sharing: browser.tab(),
      });
      feed.follow(['workspace.w', topic]);
      return { seen, feed };
    };
    const first = open('conversation.a');
    await vi.waitFor(() => expect(first.seen).toContain('live'));
    const second = open('conversation.b');
    await vi.waitFor(() => expect(server.requests).toHaveLength(2));
    const topics = new URLSearchParams(server.requests[1]?.url.split('?')[1]).get('topics');
    expect(topics).toBe('conversation.a,conversation.b,workspace.w');

    await vi.waitFor(() => expect(second.seen).toContain('live'));
    server.send(wire('12', event('run_started', {} as never, { pos: 12 })));
    await vi.waitFor(() => expect(first.seen).toContain('frame 12'));
    await vi.waitFor(() => expect(second.seen).toContain('frame 12'));

    first.feed.close();
    await vi.waitFor(() => expect(server.requests).toHaveLength(3));
    expect(server.requests[2]?.cursor).toBe('12');
    second.feed.close();
  });
});

import { describe, expect, it } from 'vitest';
import { delta, event, item, messageStart } from '@/test/events';
import type { EventEnvelope } from '@/lib/api/types';
import { adoptSnapshot } from './adopt';
import { applyEvent } from './apply';
import { codePointLength, dropCodePoints, splice } from './codePoints';
import { type LiveConversation, silence } from './live';

function play(events: EventEnvelope[], from: LiveConversation = silence): LiveConversation {
  return events.reduce(applyEvent, from);
}

function textOf(live: LiveConversation, message = 'm1', part = 0): string {
  const found = live.messages[message]?.parts[part];
  return found && found.type !== 'dynamic-tool' ? found.text : '';
}

/** Numbers that look random and are the same every time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('offsets', () => {
  it('count scalar values, not UTF-16 units', () => {
    expect(codePointLength('a🌲é')).toBe(3);
    expect(dropCodePoints('🌲🌳b', 1)).toBe('🌳b');
  });

  it('cut what is known and find what is missing', () => {
    expect(splice(3, 3, 'x')).toEqual({ append: 'x' });
    expect(splice(3, 1, '🌲b🌳c')).toEqual({ append: '🌳c' });
    expect(splice(3, 1, 'bc')).toBe('known');
    expect(splice(3, 4, 'x')).toBe('gap');
  });
});

describe('deltas', () => {
  it('append to the text of their part', () => {
    const live = play([messageStart('m1', 'u1', 1), delta(0, 'Hel'), delta(3, 'lo 🌲'), delta(7, '!')]);
    expect(textOf(live)).toBe('Hello 🌲!');
    expect(live.hasGap).toBe(false);
  });

  it('sent twice after a reconnect change nothing', () => {
    const events = [messageStart('m1', 'u1', 1), delta(0, '🌲🌳'), delta(2, 'ab')];
    const once = play(events);
    expect(play([...events, delta(1, '🌳ab')], once)).toEqual(once);
  });

  it('beyond the end wait until a reading of the messages brings what is missing', () => {
    const torn = play([messageStart('m1', 'u1', 1), delta(0, 'one '), delta(8, 'three ')]);
    expect(textOf(torn)).toBe('one ');
    expect(torn.hasGap).toBe(true);

    const part = { type: 'text' as const, text: 'one two ', state: 'streaming' as const };
    const whole = adoptSnapshot(torn, {
      cursor: '1',
      items: [item({ id: 'm1', role: 'assistant', parts: [part] })],
    });

    expect(textOf(whole)).toBe('one two three ');
    expect(whole.hasGap).toBe(false);
  });

  it('of an unknown message wait for its beginning', () => {
    const joined = play([delta(4, 'cd')]);
    expect(joined.hasGap).toBe(true);
    const part = { type: 'text' as const, text: 'abxy', state: 'streaming' as const };
    const live = adoptSnapshot(joined, {
      cursor: '1',
      items: [item({ id: 'm1', role: 'assistant', parts: [part] })],
    });
    expect(textOf(live)).toBe('abxycd');
  });

  it('reach the exact text through any cuts, repeats and readings in between', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const next = random(seed);
      const points = [...'Ein Wald 🌲🌳 voller é́ Zeichen, 1 2 3, und 🏳️‍🌈 am Ende.'.repeat(3)];
      const whole = points.join('');
      let live = play([messageStart('m1', 'u1', 1)]);
      let sent = 0;
      while (sent < points.length) {
        // A connection that was cut repeats some of what was sent, or a reading skips ahead.
        const from = next() < 0.3 ? Math.floor(next() * (sent + 1)) : sent;
        const to = Math.min(points.length, sent + 1 + Math.floor(next() * 9));
        if (next() < 0.2) {
          const text = points.slice(0, to).join('');
          const part = { type: 'text' as const, text, state: 'streaming' as const };
          live = adoptSnapshot(live, {
            cursor: '1',
            items: [item({ id: 'm1', role: 'assistant', parts: [part] })],
          });
        } else {
          live = applyEvent(live, delta(from, points.slice(from, to).join('')));
        }
        sent = to;
        expect(textOf(live)).toBe(points.slice(0, sent).join(''));
      }
      expect(textOf(live)).toBe(whole);
      expect(live.hasGap).toBe(false);
    }
  });

  it('lost on the way are noticed when the part is done', () => {
    const live = play([
      messageStart('m1', 'u1', 1),
      delta(0, 'ab'),
      event('content_done', { message_id: 'm1', part: 0, kind: 'text', length: 3, hash: '' }, { pos: 2 }),
    ]);
    expect(live.hasGap).toBe(true);
  });
});

describe('a reading of the messages', () => {
  it('older than the feed never takes text away', () => {
    const live = play([messageStart('m1', 'u1', 5), delta(0, 'one two')]);
    const part = { type: 'text' as const, text: 'one', state: 'streaming' as const };
    const after = adoptSnapshot(live, {
      cursor: '4',
      items: [item({ id: 'm1', role: 'assistant', parts: [part] })],
    });
    expect(textOf(after)).toBe('one two');
  });

  it('after the end of the session settles what the feed told, and the next one lets it go', () => {
    const summary = { duration_ms: 1, usage: {} };
    const live = play([
      messageStart('m1', 'u1', 1),
      delta(0, 'ab'),
      event('message_end', { message_id: 'm1', finish_reason: 'stop' }, { pos: 2 }),
      event(
        'run_completed',
        { status: 'committed', end_reason: 'completed', run_summary: summary, finished_at: '' },
        { pos: 3 },
      ),
    ]);
    const part = { type: 'text' as const, text: 'ab', state: 'done' as const };
    const read = [item({ id: 'm1', role: 'assistant', parts: [part], metadata: { finish_reason: 'stop' } })];
    expect(adoptSnapshot(live, { cursor: '2', items: read }).order).toEqual(['m1']);
    const settled = adoptSnapshot(live, { cursor: '3', items: read });
    expect(settled.messages.m1).toMatchObject({ parts: [part], isSettled: true });
    expect(adoptSnapshot(settled, { cursor: '3', items: read }).order).toEqual([]);
  });
});

describe('a tool call', () => {
  const start = event(
    'tool_call_start',
    {
      message_id: 'm1',
      part: 0,
      tool_call_id: 't1',
      tool: 'fs_list',
      worker: 'fs-worker',
      title: 'List .',
      effect: 'pure',
    },
    { pos: 2 },
  );
  const args = event('tool_call_args_delta', {
    message_id: 'm1',
    part: 0,
    tool_call_id: 't1',
    offset: 0,
    delta: '{"path":"."}',
  });
  const end = event('message_end', { message_id: 'm1', finish_reason: 'tool_calls' }, { pos: 3 });

  it('goes from its arguments over the question to its result', () => {
    const asked = event(
      'approval.requested',
      {
        approval_id: 'a1',
        kind: 'permission',
        subject: { worker: 'fs-worker', tool: 'fs_list', tool_call_id: 't1', args: { path: '.' }, needs: [] },
        question: 'May it?',
        options: ['once'],
      },
      { pos: 4 },
    );
    const parked = play([messageStart('m1', 'u1', 1), start, args, end, asked]);
    expect(parked.status).toBe('waiting_approval');
    expect(parked.messages.m1?.parts[0]).toMatchObject({
      state: 'approval-requested',
      input: { path: '.' },
      approval: { id: 'a1' },
    });

    const done = play(
      [
        event('approval.answered', { approval_id: 'a1', state: 'approved' }, { pos: 5 }),
        event(
          'tool_call_result',
          {
            message_id: 'm1',
            part: 0,
            tool_call_id: 't1',
            outcome: 'ok',
            content: [{ type: 'text', text: 'a' }],
            truncated: false,
            asset_ids: [],
          },
          { pos: 6 },
        ),
        event('tool_call_end', { tool_call_id: 't1', outcome: 'ok', duration_ms: 7 }, { pos: 7 }),
      ],
      parked,
    );
    expect(done.status).toBe('executing');
    expect(done.messages.m1?.parts[0]).toMatchObject({
      state: 'output-available',
      callProviderMetadata: { weald: { worker: 'fs-worker', outcome: 'ok', duration_ms: 7 } },
    });
  });

  it('has its arguments once the message ended', () => {
    const live = play([messageStart('m1', 'u1', 1), start, args, end]);
    expect(live.messages.m1?.parts[0]).toMatchObject({ state: 'input-available', input: { path: '.' } });
  });

  it('is the same when its durable events come again', () => {
    const events = [messageStart('m1', 'u1', 1), start, args, end];
    const once = play(events);
    expect(play(events, once)).toEqual(once);
  });
});

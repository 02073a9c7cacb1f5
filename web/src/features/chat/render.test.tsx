import { act } from '@testing-library/react';
import { Profiler } from 'react';
import { beforeEach, expect, it } from 'vitest';
import { adopt, applyEvents, forgetStreams } from '@/lib/stores/streamStore';
import { delta, event, item, messageStart } from '@/test/events';
import { renderWith } from '@/test/render';
import { MessageList } from './components/MessageList';

const text = (words: string) => [{ type: 'text' as const, text: words, state: 'done' as const }];
const stop = { finish_reason: 'stop' as const };

function chat(conversation: string) {
  return [
    item({ id: `${conversation}-u1`, role: 'user', parts: text('hello') }),
    item({
      id: `${conversation}-a1`,
      role: 'assistant',
      parent_id: `${conversation}-u1`,
      parts: text('hi'),
      metadata: stop,
    }),
    item({ id: `${conversation}-u2`, role: 'user', parent_id: `${conversation}-a1`, parts: text('count') }),
  ];
}

beforeEach(forgetStreams);

it('a delta in one chat draws only that chat, and there only its message', async () => {
  const commits: Record<string, number> = { c1: 0, c2: 0 };
  const chats = { c1: chat('c1'), c2: chat('c2') };
  const view = renderWith(
    <>
      {(['c1', 'c2'] as const).map((id) => (
        <Profiler key={id} id={id} onRender={() => (commits[id] = (commits[id] ?? 0) + 1)}>
          <MessageList conversationId={id} items={chats[id]} isBusy pending={undefined} />
        </Profiler>
      ))}
    </>,
  );
  const followed = new Set(['c1', 'c2']);
  act(() => {
    for (const id of ['c1', 'c2']) {
      adopt(id, { items: id === 'c1' ? chats.c1 : chats.c2, cursor: '0' });
      const start = { ...messageStart(`${id}-a2`, `${id}-u2`, 1), conversation_id: id };
      applyEvents([start], followed);
    }
  });
  const settled = { ...commits };
  const old = view.container.querySelector('[data-message="c1-a1"]')?.innerHTML;

  for (const [offset, word] of [
    ['0', 'one '],
    ['4', 'two '],
    ['8', 'three'],
  ] as const) {
    act(() => applyEvents([delta(Number(offset), word, 0, 'c1-a2')], followed));
  }

  expect(commits.c2).toBe(settled.c2);
  expect((commits.c1 ?? 0) - (settled.c1 ?? 0)).toBe(3);
  expect(view.container.querySelector('[data-message="c1-a2"]')?.textContent).toContain('one two three');
  expect(view.container.querySelector('[data-message="c1-a1"]')?.innerHTML).toBe(old);
});

it('an answer that only the feed has told stands under its question', () => {
  const items = chat('c1');
  const view = renderWith(<MessageList conversationId="c1" items={items} isBusy pending={undefined} />);
  act(() => {
    adopt('c1', { items, cursor: '0' });
    applyEvents(
      [
        messageStart('c1-a2', 'c1-u2', 1),
        delta(0, 'Hello', 0, 'c1-a2'),
        event('message_end', { message_id: 'c1-a2', finish_reason: 'interrupted' }, { pos: 2 }),
      ],
      new Set(['c1']),
    );
  });
  const roles = [...view.container.querySelectorAll('[data-message]')].map((entry) =>
    entry.getAttribute('data-message'),
  );
  expect(roles).toEqual(['c1-u1', 'c1-a1', 'c1-u2', 'c1-a2']);
  expect(view.getByText('Interrupted. What was said is kept.')).toBeTruthy();
});

it('a reading that is newer than the one on the page takes no text away', () => {
  const early = [
    ...chat('c1'),
    item({
      id: 'c1-a2',
      role: 'assistant',
      parent_id: 'c1-u2',
      parts: [{ type: 'text', text: '1 2 ', state: 'streaming' }],
    }),
  ];
  const late = [
    ...chat('c1'),
    item({ id: 'c1-a2', role: 'assistant', parent_id: 'c1-u2', parts: text('1 2 3 4'), metadata: stop }),
  ];
  const summary = { duration_ms: 1, usage: {} };
  const end = {
    status: 'committed',
    end_reason: 'completed',
    run_summary: summary,
    finished_at: '',
  } as const;
  const view = renderWith(
    <MessageList conversationId="c1" items={early} isBusy={false} pending={undefined} />,
  );
  const said = () => view.container.querySelector('[data-message="c1-a2"]')?.textContent;
  act(() => {
    adopt('c1', { items: early, cursor: '0' });
    applyEvents([delta(4, '3 4', 0, 'c1-a2'), event('run_completed', end, { pos: 3 })], new Set(['c1']));
  });
  expect(said()).toContain('1 2 3 4');
  act(() => adopt('c1', { items: late, cursor: '3' }));
  expect(said()).toContain('1 2 3 4');
});

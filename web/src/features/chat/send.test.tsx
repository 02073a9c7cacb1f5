import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { adoptNewChat, takeDraft, useChatStore } from '@/lib/stores/chatStore';
import { forgetStreams } from '@/lib/stores/streamStore';
import { renderWith, serve } from '@/test/render';
import { ChatView } from './components/ChatView';

const busy = {
  title: 'Conversation busy',
  detail: 'A session is active in this conversation.',
  code: 'conversation_busy',
};
const path = '/api/conversations/run';

/** Shows a chat whose first attempt at a run ends as told; gives what was sent. */
function chatWhoseRun(first: () => Response | Promise<Response>) {
  const server = serve({
    'GET /api/conversations/c1/messages': { items: [], next: null },
    'GET /api/conversations/c1/get': { id: 'c1', title: 'A chat', settings: {}, active: null },
    [`POST ${path}`]: { session_id: 's1', conversation_id: 'c1', stream_key: 'k' },
  });
  const sent: { key: string | null; body: unknown }[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    if (new URL(request.url).pathname !== path) return server.answer(request);
    sent.push({ key: request.headers.get('Idempotency-Key'), body: await request.clone().json() });
    return sent.length === 1 ? first() : server.answer(request);
  });
  renderWith(<ChatView conversationId="c1" tools={null} menu={null} />);
  return sent;
}

function say(text: string) {
  const composer = screen.getByLabelText('Your message');
  fireEvent.change(composer, { target: { value: text } });
  fireEvent.keyDown(composer, { key: 'Enter' });
}

beforeEach(() => {
  forgetStreams();
  useChatStore.setState({ drafts: {}, models: {} });
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
});

it('Enter sends, Shift+Enter does not', async () => {
  const sent = chatWhoseRun(() => new Response('{"stream_key":"k"}', { status: 202 }));
  const composer = screen.getByLabelText('Your message');
  fireEvent.change(composer, { target: { value: 'hello' } });
  fireEvent.keyDown(composer, { key: 'Enter', shiftKey: true });
  expect(sent).toEqual([]);
  fireEvent.keyDown(composer, { key: 'Enter' });
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toEqual({
    conversation_id: 'c1',
    input: [{ type: 'text', text: 'hello' }],
    transport: 'stream',
  });
});

it('what the network lost is said again under the same key, so that it is said once', async () => {
  const sent = chatWhoseRun(() => {
    throw new TypeError('network');
  });
  say('hello');
  await screen.findByText('No answer');
  expect((screen.getByLabelText('Your message') as HTMLTextAreaElement).value).toBe('hello');
  fireEvent.click(screen.getByText('Retry'));
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent[1]?.key).toBe(sent[0]?.key);
  expect(sent[0]?.key).not.toBeNull();
});

it('what is typed while a message fails is not thrown away, neither then nor by the retry', async () => {
  let fail: (response: Response) => void = () => undefined;
  const sent = chatWhoseRun(() => new Promise<Response>((resolve) => (fail = resolve)));
  const composer = screen.getByLabelText('Your message') as HTMLTextAreaElement;
  say('hello');
  await waitFor(() => expect(sent).toHaveLength(1));
  fireEvent.change(composer, { target: { value: 'the next thing' } });
  fail(new Response(JSON.stringify({ ...busy, status: 409, type: '', trace_id: 't' }), { status: 409 }));
  fireEvent.click(await screen.findByText('Retry'));
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(composer.value).toBe('the next thing');
});

it('what was typed on the first screen moves to the conversation that an example made', () => {
  useChatStore.setState({ drafts: { new: 'half a thought' }, models: {} });
  expect(takeDraft('new', 'an example')).toBe(false);
  adoptNewChat('c2');
  expect(useChatStore.getState().drafts).toEqual({ c2: 'half a thought' });
});

it('what the server refused is shown in its words and is a new attempt', async () => {
  const body = JSON.stringify({ ...busy, status: 409, type: '', trace_id: '0000beef' });
  const sent = chatWhoseRun(() => new Response(body, { status: 409 }));
  say('hello');
  await screen.findByText('Conversation busy');
  screen.getByText('A session is active in this conversation.');
  screen.getByText('trace 0000beef');
  fireEvent.click(screen.getByText('Retry'));
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent[1]?.key).not.toBe(sent[0]?.key);
});

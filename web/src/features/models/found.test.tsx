import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { renderWith, serve } from '@/test/render';
import FoundList from './components/FoundList';

const openai = {
  source: 'environment',
  kind: 'openai',
  display_name: 'OpenAI',
  key_variable: 'OPENAI_API_KEY',
  is_present: true,
};
const ollama = {
  source: 'local',
  kind: 'ollama',
  display_name: 'Ollama',
  base_url: 'http://127.0.0.1:11434',
  is_present: true,
  models: 2,
};
const absent = { ...ollama, display_name: 'LM Studio', is_present: false };
const connected = { ...ollama, display_name: 'llama.cpp', provider_id: 'llama-cpp' };
const provider = { id: 'openai', kind: 'openai', display_name: 'OpenAI' };

function show(items: object[]) {
  const server = serve({
    'GET /api/providers/found': { items },
    'POST /api/providers/create': provider,
    'POST /api/providers/openai/test': { ok: true, models: [{ id: 'm' }] },
    'POST /api/providers/openai/models/sync': { offered: 1, added: ['m'] },
  });
  vi.stubGlobal('fetch', server.answer);
  const onConnected = vi.fn<(connection: unknown) => void>();
  const view = renderWith(<FoundList onConnected={onConnected} />);
  return { ...view, onConnected, sent: server.sent };
}

it('offers what is there and not connected yet', async () => {
  show([openai, ollama, absent, connected]);
  expect(screen.getByRole('status').textContent).toContain('Looking');
  await screen.findByRole('button', { name: 'Use OpenAI' });
  expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
    'Use OpenAI',
    'Use Ollama',
  ]);
  expect(screen.getByText('OPENAI_API_KEY').tagName).toBe('CODE');
});

it('connects by reference to the environment, and sends no key', async () => {
  const { onConnected, sent } = show([openai]);
  fireEvent.click(await screen.findByRole('button', { name: 'Use OpenAI' }));
  await waitFor(() => expect(onConnected).toHaveBeenCalledOnce());
  expect(sent.find(({ name }) => name.endsWith('/create'))?.body).toEqual({
    kind: 'openai',
    display_name: 'OpenAI',
    key_variable: 'OPENAI_API_KEY',
  });
  expect(onConnected.mock.calls[0]?.[0]).toMatchObject({ provider: { id: 'openai' }, test: { ok: true } });
});

it('shows nothing when nothing is there', async () => {
  const { container } = show([absent]);
  await waitFor(() => expect(container.textContent).toBe(''));
});

it('says when looking failed, and looks again', async () => {
  vi.stubGlobal('fetch', serve({}).answer);
  renderWith(<FoundList onConnected={() => undefined} />);
  await screen.findByRole('alert');
  vi.stubGlobal('fetch', serve({ 'GET /api/providers/found': { items: [openai] } }).answer);
  fireEvent.click(screen.getByRole('button'));
  await screen.findByRole('button', { name: 'Use OpenAI' });
});

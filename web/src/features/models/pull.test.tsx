import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import type { Provider } from '@/lib/api/types';
import { renderWith } from '@/test/render';
import { PullForm } from './components/PullForm';

const provider = { id: 'ollama', kind: 'ollama', display_name: 'Ollama' } as Provider;

/** A download whose frames come when they are pushed. */
function download() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const asked: { url: string; init: RequestInit }[] = [];
  const body = new ReadableStream<Uint8Array>({ start: (made) => void (controller = made) });
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  });
  const push = (text: string) => controller.enqueue(new TextEncoder().encode(text));
  const tell = (event: object) => push(`data: ${JSON.stringify(event)}\n\n`);
  return { asked, push, tell, end: () => controller.close() };
}

function begin() {
  renderWith(<PullForm provider={provider} />);
  fireEvent.change(screen.getByLabelText('Download a model'), { target: { value: ' llama3.2 ' } });
  fireEvent.click(screen.getByRole('button', { name: 'Download' }));
}

const bar = () => screen.findByRole<HTMLProgressElement>('progressbar');

it('shows how far a download is, and that it is there', async () => {
  const { asked, push, tell } = download();
  begin();
  await bar();
  expect(asked[0]?.url).toBe('/api/providers/ollama/models/pull');
  expect(asked[0]?.init.body).toBe('{"model":"llama3.2"}');
  push('data: {"type":"progress","status":"pulling 6a07",');
  push('"completed":25,"total":100}\n\n');
  await screen.findByText('pulling 6a07');
  expect([(await bar()).value, (await bar()).max]).toEqual([25, 100]);
  tell({ type: 'done', added: ['llama3.2:latest'] });
  await waitFor(() => expect(screen.getByRole('status').textContent).toContain('there'));
});

it('says why a download failed, and when its connection broke', async () => {
  const first = download();
  begin();
  first.tell({ type: 'failed', code: 'provider_disk_full', message: 'the disk is full', retryable: false });
  await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('the disk is full'));
  const second = download();
  fireEvent.click(screen.getByRole('button', { name: 'Download' }));
  await bar();
  second.end();
  await screen.findByRole('alert');
});

it('stops a download by hanging up', async () => {
  const { asked, tell } = download();
  begin();
  tell({ type: 'progress', status: 'pulling manifest' });
  await screen.findByText('pulling manifest');
  fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
  expect(asked[0]?.init.signal?.aborted).toBe(true);
  expect(screen.queryByRole('progressbar')).toBeNull();
});

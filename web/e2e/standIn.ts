import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One document of Ollama's own wire. */
function line(document: object): string {
  return `${JSON.stringify({ model: 'forest-1', created_at: '2026-01-01T00:00:00Z', ...document })}\n`;
}

/** A server of models that speaks Chat Completions and Ollama's wire and says always the same; without
 * a key to all. */
export async function standIn(key: string | undefined, words: string[]) {
  const server = createServer((request, response) => {
    if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) {
      response.writeHead(401, { 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify({ error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } }),
      );
      return;
    }
    if (request.url?.endsWith('/models')) {
      const data = ['forest-1', 'forest-2'].map((id) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: 'test',
      }));
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data }));
      return;
    }
    if (request.url === '/api/tags') {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify({ models: ['forest-1', 'forest-2'].map((model) => ({ name: model, model })) }),
      );
      return;
    }
    if (request.url === '/api/chat') {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      for (const content of words) {
        response.write(line({ message: { role: 'assistant', content }, done: false }));
      }
      const counts = { prompt_eval_count: 1, eval_count: words.length };
      const last = {
        message: { role: 'assistant', content: '' },
        done: true,
        done_reason: 'stop',
        ...counts,
      };
      response.end(line(last));
      return;
    }
    if (request.url === '/api/pull') {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      const piece = { status: 'pulling 6a0746a1ec1a', digest: 'sha256:6a0746a1ec1a', total: 4 };
      for (const step of [
        { status: 'pulling manifest' },
        { ...piece, completed: 2 },
        { status: 'success' },
      ]) {
        response.write(`${JSON.stringify(step)}\n`);
      }
      response.end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const chunk = (delta: object, finish: string | null = null) => {
      const choices = [{ index: 0, delta, finish_reason: finish }];
      const body = { id: 'c', object: 'chat.completion.chunk', created: 0, model: 'forest-1', choices };
      response.write(`data: ${JSON.stringify(body)}\n\n`);
    };
    chunk({ role: 'assistant', content: '' });
    for (const content of words) chunk({ content });
    chunk({}, 'stop');
    response.end('data: [DONE]\n\n');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () => server.close(),
  };
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of models that speaks Chat Completions and says always the same; without a key to all. */
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

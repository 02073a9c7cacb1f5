import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactElement } from 'react';

/** Renders with a query client of its own that never asks twice. */
export function renderWith(element: ReactElement) {
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  const view = render(<QueryClientProvider client={client}>{element}</QueryClientProvider>);
  return { client, ...view };
}

/** Answers requests by `METHOD path`; an unknown one fails the test by a 404. */
export function serve(answers: Record<string, unknown>) {
  const sent: { name: string; body: unknown; headers: Headers }[] = [];
  const answer = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    const name = `${request.method} ${new URL(request.url).pathname}`;
    const text = await request.text();
    sent.push({ name, body: text === '' ? undefined : JSON.parse(text), headers: request.headers });
    const found = answers[name];
    const body = found ?? {
      title: 'Not found',
      detail: name,
      code: 'not_found',
      trace_id: 't',
      status: 404,
      type: '',
    };
    return new Response(JSON.stringify(body), { status: found ? 200 : 404 });
  };
  return { sent, answer };
}

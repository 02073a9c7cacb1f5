import createClient, { type Middleware } from 'openapi-fetch';
import { credentialHeaders, refuse } from './credentials';
import { ApiError, apiError } from './problem';
import type { paths } from './schema';

const credentials: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(credentialHeaders())) request.headers.set(name, value);
    return request;
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && schemaPath !== '/api/auth/link') refuse();
  },
  onError({ error }) {
    return new ApiError(0, undefined, { cause: error });
  },
};

/** The typed client of the HTTP interface. */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  fetch: (request) => fetch(request),
});
api.use(credentials);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of an answer; an error becomes an `ApiError`. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw apiError(response, error);
  return data as T;
}

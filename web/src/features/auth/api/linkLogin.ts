import { api, unwrap } from '@/lib/api/client';

/** Turns the code of a login link into a login; the server sets the cookie. */
export function linkLogin(code: string) {
  return unwrap(api.POST('/api/auth/link', { body: { code } }));
}

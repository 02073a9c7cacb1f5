import { apiError } from '@/lib/api/problem';

/** Tries a token; the answer says whether the server takes it. */
export async function tokenLogin(token: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch('/api/auth/me', { headers, credentials: 'omit' });
  if (!response.ok) throw apiError(response, await response.json().catch(() => undefined));
}

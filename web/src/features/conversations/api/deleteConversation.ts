import { credentialHeaders } from '@/lib/api/credentials';
import { apiError } from '@/lib/api/problem';

/** Deletes a conversation for good; outlives the page, because it is asked for when a page closes. */
export async function deleteConversation(id: string): Promise<void> {
  const response = await fetch(`/api/conversations/${id}/delete`, {
    method: 'POST',
    headers: { ...credentialHeaders(), 'Content-Type': 'application/json' },
    body: '{}',
    credentials: 'same-origin',
    keepalive: true,
  });
  if (!response.ok) throw apiError(response, await response.json().catch(() => undefined));
}

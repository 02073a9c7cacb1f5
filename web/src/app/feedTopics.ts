import type { Me } from '@/lib/api/types';

/** What a tab reads: the deployment, our settings, our workspace, and the conversation that is open. */
export function feedTopics(me: Me | undefined, conversationId: string | undefined): string[] {
  if (!me?.default_workspace_id) return [];
  const topics = ['system', `user.${me.user_id}`, `workspace.${me.default_workspace_id}`];
  return conversationId === undefined ? topics : [...topics, `conversation.${conversationId}`];
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';
import { ApiError } from '@/lib/api/problem';
import type { Lifetime } from '@/lib/api/types';

export type Answer = { decision: 'approve'; lifetime: Lifetime } | { decision: 'deny'; reason?: string };

/** Answers an approval. Somebody else's earlier answer stands and is shown. */
export function useAnswerApproval(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (answer: Answer) =>
      unwrap(api.POST('/api/approvals/{id}/answer', { params: { path: { id } }, body: answer })),
    onSettled: (_data, error) => {
      if (!error || (error instanceof ApiError && error.status === 409)) {
        return client.invalidateQueries({ queryKey: ['approvals', id] });
      }
      return undefined;
    },
  });
}

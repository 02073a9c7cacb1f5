import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

type Rename = { id: string; title: string | null };

function rename({ id, title }: Rename) {
  return unwrap(api.POST('/api/conversations/{id}/update', { params: { path: { id } }, body: { title } }));
}

export function useRenameConversation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: rename,
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['conversations'] }),
        client.invalidateQueries({ queryKey: ['conversation'] }),
      ]),
  });
}

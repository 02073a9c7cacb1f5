import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

/** Forgets a project; its directory stays as it is. */
export function useDeleteProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST('/api/projects/{id}/delete', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['projects'] }),
  });
}

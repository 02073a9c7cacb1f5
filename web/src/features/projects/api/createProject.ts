import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

/** Registers a git repository on the server's computer. */
export function useCreateProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (rootDirectory: string) =>
      unwrap(
        api.POST('/api/projects/create', { body: { kind: 'repository', root_directory: rootDirectory } }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['projects'] }),
  });
}

import { useMutation } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

/** Changes settings by dotted key. */
export function useUpdateConfig() {
  return useMutation({
    mutationFn: (patch: Record<string, unknown>) =>
      unwrap(api.POST('/api/config/update', { body: { patch } })),
  });
}

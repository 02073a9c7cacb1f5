import { useMutation } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

/** Asks a provider for its models. */
export function testProvider(id: string) {
  return unwrap(api.POST('/api/providers/{id}/test', { params: { path: { id } } }));
}

export const useTestProvider = () => useMutation({ mutationFn: testProvider });

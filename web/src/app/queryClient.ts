import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/lib/api/problem';

/** What the network lost is asked again; what the server refused is not. */
function retry(failures: number, error: Error): boolean {
  return failures < 2 && error instanceof ApiError && (error.isNetwork || error.status >= 500);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    // Events say what has changed; without them a minute is old.
    queries: { retry, staleTime: 60_000, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});

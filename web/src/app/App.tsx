import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { LoginPage } from '@/features/auth/components/LoginPage';
import { useCredentials } from '@/lib/api/credentials';
import { queryClient } from './queryClient';
import { router } from './router';

/** The app, or its login page when the server does not know us. */
export function App({ loginError }: { loginError?: unknown }) {
  const isRefused = useCredentials((state) => state.isRefused);
  useEffect(() => {
    if (!isRefused) void queryClient.invalidateQueries();
  }, [isRefused]);
  return (
    <QueryClientProvider client={queryClient}>
      {isRefused ? <LoginPage error={loginError} /> : <RouterProvider router={router} />}
    </QueryClientProvider>
  );
}

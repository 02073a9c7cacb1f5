import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { linkLogin } from '@/features/auth/api/linkLogin';
import { LoginPage } from '@/features/auth/components/LoginPage';
import { onLoginLink } from '@/features/auth/loginCode';
import { accept, useCredentials } from '@/lib/api/credentials';
import { queryClient } from './queryClient';
import { router } from './router';

/** The app, or its login page when the server does not know us. */
export function App({ loginError }: { loginError?: unknown }) {
  const isRefused = useCredentials((state) => state.isRefused);
  const [linkError, setLinkError] = useState<unknown>(loginError);
  useEffect(() => onLoginLink((code) => void linkLogin(code).then(() => accept(), setLinkError)), []);
  useEffect(() => {
    if (!isRefused) void queryClient.invalidateQueries();
  }, [isRefused]);
  return (
    <QueryClientProvider client={queryClient}>
      {isRefused ? <LoginPage error={linkError} /> : <RouterProvider router={router} />}
    </QueryClientProvider>
  );
}

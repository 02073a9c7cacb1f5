import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { linkLogin } from './features/auth/api/linkLogin';
import { takeLoginCode } from './features/auth/loginCode';
import './styles/main.css';

/** Uses the code of a login link, if the page was opened with one. */
async function logIn(): Promise<unknown> {
  const code = takeLoginCode();
  if (code === undefined) return undefined;
  return linkLogin(code).then(
    () => undefined,
    (error: unknown) => error,
  );
}

const loginError = await logIn();
const element = document.getElementById('root');
if (element) {
  createRoot(element).render(
    <StrictMode>
      <App loginError={loginError} />
    </StrictMode>,
  );
}

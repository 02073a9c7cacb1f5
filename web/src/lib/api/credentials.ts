import { create } from 'zustand';

const storageKey = 'weald.token';

type Credentials = {
  /** The server asked who we are. */
  isRefused: boolean;
  /** A pasted token, kept for this tab only: used where the server offers no cookie. */
  token: string | undefined;
};

export const useCredentials = create<Credentials>()(() => ({
  isRefused: false,
  token: sessionStorage.getItem(storageKey) ?? undefined,
}));

/** Remembers that the server refused us; the app shows its login page. */
export function refuse(): void {
  useCredentials.setState({ isRefused: true });
}

/** Goes on after a login, with a token or with the cookie the server has set. */
export function accept(token?: string): void {
  if (token === undefined) sessionStorage.removeItem(storageKey);
  else sessionStorage.setItem(storageKey, token);
  useCredentials.setState({ isRefused: false, token });
}

/** Headers that say who we are and that no form of a foreign page has sent this. */
export function credentialHeaders(): Record<string, string> {
  const { token } = useCredentials.getState();
  return { 'Weald-Client': '1', ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) };
}

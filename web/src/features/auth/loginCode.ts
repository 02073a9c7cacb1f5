/** Takes the code of a login link out of the address, so that it stays in no history. */
export function takeLoginCode(): string | undefined {
  const code = new URLSearchParams(window.location.hash.slice(1)).get('code');
  if (code === null) return undefined;
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  return code;
}

/** Uses a login link that is pasted into an open tab: only the hash changes then, the page stays. */
export function onLoginLink(redeem: (code: string) => void): () => void {
  const look = () => {
    const code = takeLoginCode();
    if (code !== undefined) redeem(code);
  };
  window.addEventListener('hashchange', look);
  return () => window.removeEventListener('hashchange', look);
}

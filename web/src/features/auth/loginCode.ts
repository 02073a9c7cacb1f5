/** Takes the code of a login link out of the address, so that it stays in no history. */
export function takeLoginCode(): string | undefined {
  const code = new URLSearchParams(window.location.hash.slice(1)).get('code');
  if (code === null) return undefined;
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  return code;
}

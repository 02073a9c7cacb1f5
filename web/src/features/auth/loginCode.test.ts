import { expect, it, vi } from 'vitest';
import { onLoginLink } from './loginCode';

it('a login link pasted into an open tab is used, and its code leaves the address', () => {
  const use = vi.fn();
  const stop = onLoginLink(use);
  window.location.hash = '#code=abc';
  window.dispatchEvent(new HashChangeEvent('hashchange'));
  expect(use.mock.calls).toEqual([['abc']]);
  expect(window.location.hash).toBe('');
  window.dispatchEvent(new HashChangeEvent('hashchange'));
  stop();
  window.history.replaceState(null, '', '#code=late');
  window.dispatchEvent(new HashChangeEvent('hashchange'));
  expect(use).toHaveBeenCalledTimes(1);
});

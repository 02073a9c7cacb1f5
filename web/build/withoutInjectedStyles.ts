import type { Plugin } from 'vite';

const injection = /^__insertCSS\(.*\);?$/m;

/**
 * Removes the style element that sonner adds when it loads: a strict content security policy
 * refuses it. The same rules come from its stylesheet, which `Toasts.tsx` imports.
 */
export function withoutInjectedStyles(): Plugin {
  return {
    name: 'weald:without-injected-styles',
    transform(code, id) {
      if (!/\/sonner\/dist\/index\.m?js/.test(id)) return null;
      if (!injection.test(code)) throw new Error('sonner no longer injects its styles: drop this plugin');
      return { code: code.replace(injection, ''), map: null };
    },
  };
}

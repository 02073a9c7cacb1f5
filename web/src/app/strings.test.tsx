import { screen } from '@testing-library/react';
import type { ReactElement } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppearancePage } from '@/features/appearance/components/AppearancePage';
import { LoginPage } from '@/features/auth/components/LoginPage';
import { MessageList } from '@/features/chat/components/MessageList';
import { ConnectForm } from '@/features/models/components/ConnectForm';
import { places } from '@/features/models/places';
import { ProjectsPage } from '@/features/projects/components/ProjectsPage';
import { setPseudoLocale } from '@/lib/i18n/t';
import { openHelp } from '@/lib/stores/uiSessionStore';
import { item } from '@/test/events';
import { renderWith, serve } from '@/test/render';
import { HelpSheet } from './HelpSheet';

/** Names and keys that are the same in every language, and what a test says itself. */
const names = new Set(['Weald', 'Enter', 'Shift', 'Esc', 'hello', ...places.map(({ name }) => name)]);

/** Texts a person reads that did not come from the catalogue. */
function untranslated(root: Element): string[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent?.trim() ?? '';
    const isCode = walker.currentNode.parentElement?.closest('kbd, code, time') !== null;
    if (/\p{L}/u.test(text) && !/[⟦⟧]/.test(text) && !isCode && !names.has(text)) found.push(text);
  }
  const labels = [...root.querySelectorAll('[aria-label], [title]')].flatMap((element) => [
    element.getAttribute('aria-label'),
    element.getAttribute('title'),
  ]);
  return [...found, ...labels.filter((label) => label !== null && !label.includes('⟦')).map(String)];
}

const answered = item({
  id: 'a1',
  role: 'assistant',
  parent_id: 'u1',
  metadata: { finish_reason: 'interrupted' },
  parts: [
    { type: 'reasoning', text: 'hello', state: 'done' },
    {
      type: 'dynamic-tool',
      toolName: 'fs_list',
      title: 'hello',
      toolCallId: 't',
      state: 'input-available',
      input: {},
    },
  ],
});
const pages: Record<string, ReactElement> = {
  login: <LoginPage />,
  appearance: <AppearancePage />,
  'connecting a model': <ConnectForm onDone={() => undefined} />,
  projects: <ProjectsPage />,
  help: <HelpSheet />,
  chat: <MessageList conversationId="c1" items={[answered]} isBusy={false} pending="hello" />,
};

describe('every text is a key of the catalogue', () => {
  beforeEach(() => {
    vi.stubGlobal('fetch', serve({ 'GET /api/projects/list': { items: [], next: null } }).answer);
    HTMLDialogElement.prototype.showModal ??= () => undefined;
    HTMLDialogElement.prototype.close ??= () => undefined;
    setPseudoLocale(true);
    openHelp();
  });
  afterEach(() => setPseudoLocale(false));

  for (const [name, page] of Object.entries(pages)) {
    it(name, async () => {
      renderWith(page);
      if (name === 'projects') await screen.findByText('⟦No repository yet.⟧');
      expect(document.body.textContent).toContain('⟦');
      // `fs_list` and its title are data of the call.
      expect(untranslated(document.body).filter((text) => text !== 'fs_list')).toEqual([]);
    });
  }
});

import { useEffect } from 'react';
import { setFontSize, setTheme, type Theme, useUiSession } from '@/lib/stores/uiSessionStore';
import { useConfig } from './api/getConfig';

const themes: Theme[] = ['system', 'light', 'dark'];

type Entry = { key: string; value?: unknown };

function valueOf(entries: Entry[], key: string): unknown {
  return entries.find((entry) => entry.key === key)?.value;
}

/** Puts the chosen look on the page, and takes over what the server keeps for this user. */
export function useAppearance(): void {
  const { data } = useConfig();
  const theme = useUiSession((state) => state.theme);
  const fontSize = useUiSession((state) => state.fontSize);
  useEffect(() => {
    if (!data) return;
    const kept = themes.find((known) => known === valueOf(data.entries, 'app.theme'));
    const size = valueOf(data.entries, 'chat.message.font_size');
    if (kept) setTheme(kept);
    if (typeof size === 'number') setFontSize(size);
  }, [data]);
  useEffect(() => {
    const root = document.documentElement;
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
    root.style.setProperty('--chat-size', `${fontSize}px`);
  }, [theme, fontSize]);
}

import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type Theme = 'system' | 'light' | 'dark';

type UiSession = {
  theme: Theme;
  /** Size of the text in a conversation, in CSS pixels. */
  fontSize: number;
  /** Single letters act as commands outside inputs. */
  hasLetterKeys: boolean;
  isSidebarOpen: boolean;
  isHelpOpen: boolean;
  /** Conversations that go away when their time to undo has passed. */
  leaving: string[];
};

export const useUiSession = create<UiSession>()(
  persist(
    (): UiSession => ({
      theme: 'system',
      fontSize: 14,
      hasLetterKeys: true,
      isSidebarOpen: false,
      isHelpOpen: false,
      leaving: [],
    }),
    {
      name: 'weald.ui',
      partialize: ({ theme, fontSize, hasLetterKeys }) => ({ theme, fontSize, hasLetterKeys }),
    },
  ),
);

function change(part: Partial<UiSession>): void {
  useUiSession.setState(part);
}

export const setTheme = (theme: Theme): void => change({ theme });
export const setFontSize = (fontSize: number): void => change({ fontSize });
export const setLetterKeys = (hasLetterKeys: boolean): void => change({ hasLetterKeys });
export const openSidebar = (): void => change({ isSidebarOpen: true });
export const closeSidebar = (): void => change({ isSidebarOpen: false });
export const openHelp = (): void => change({ isHelpOpen: true });
export const closeHelp = (): void => change({ isHelpOpen: false });

export function markLeaving(id: string): void {
  useUiSession.setState((state) => ({ leaving: [...state.leaving, id] }));
}

export function unmarkLeaving(id: string): void {
  useUiSession.setState((state) => ({ leaving: state.leaving.filter((other) => other !== id) }));
}

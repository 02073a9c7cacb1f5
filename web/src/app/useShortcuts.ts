import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { openHelp, useUiSession } from '@/lib/stores/uiSessionStore';

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Puts the cursor where one writes. */
function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>('textarea')?.focus();
}

/** The keys that work everywhere: ? help, c a new chat, / the composer, Ctrl+/ help also in inputs. */
export function useShortcuts(): void {
  const navigate = useNavigate();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === '/' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        openHelp();
        return;
      }
      const { hasLetterKeys, isHelpOpen } = useUiSession.getState();
      if (event.ctrlKey || event.metaKey || event.altKey || isHelpOpen) return;
      if (!hasLetterKeys || isTyping(event.target)) return;
      if (event.key === '?') openHelp();
      else if (event.key === 'c') void navigate({ to: '/' }).then(focusComposer);
      else if (event.key === '/') focusComposer();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [navigate]);
}

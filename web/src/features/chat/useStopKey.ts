import { useEffect } from 'react';

/** Escape stops what runs, wherever the focus is; a menu or a dialog takes it first. */
export function useStopKey(isBusy: boolean, onStop: () => void): void {
  useEffect(() => {
    if (!isBusy) return undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) onStop();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [isBusy, onStop]);
}

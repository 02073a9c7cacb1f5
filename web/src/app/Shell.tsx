import { Outlet, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { useAppearance } from '@/features/appearance/useAppearance';
import { useMe } from '@/features/auth/api/getMe';
import { finishLeaving } from '@/features/conversations/leave';
import { useUiSession } from '@/lib/stores/uiSessionStore';
import { ConnectionBanner } from './ConnectionBanner';
import { HelpSheet } from './HelpSheet';
import { Sidebar } from './Sidebar';
import { useFeed } from './useFeed';
import { useShortcuts } from './useShortcuts';

const Toaster = lazy(() => import('./Toasts'));

/** What stands around every page. */
export function Shell() {
  const { conversationId } = useParams({ strict: false });
  const { data: me } = useMe();
  const theme = useUiSession((state) => state.theme);
  useAppearance();
  useShortcuts();
  useFeed(me, conversationId);
  useEffect(() => {
    window.addEventListener('pagehide', finishLeaving);
    return () => window.removeEventListener('pagehide', finishLeaving);
  }, []);
  return (
    <div className="flex h-full">
      <Sidebar currentId={conversationId} />
      <div className="flex min-w-0 flex-1 flex-col">
        <ConnectionBanner />
        <main className="min-h-0 flex-1">
          <Outlet />
        </main>
      </div>
      <HelpSheet />
      <Suspense>
        <Toaster theme={theme} />
      </Suspense>
    </div>
  );
}

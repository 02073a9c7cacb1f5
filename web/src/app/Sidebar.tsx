import { Link } from '@tanstack/react-router';
import { CircleHelp, PenLine, Settings } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { classes } from '@/components/classes';
import { IconButton } from '@/components/IconButton';
import { Skeleton } from '@/components/Skeleton';
import { Wordmark } from '@/components/Wordmark';
import { t } from '@/lib/i18n/t';
import { closeSidebar, openHelp, useUiSession } from '@/lib/stores/uiSessionStore';
import { ThemeSwitch } from './ThemeSwitch';

// Its menus are heavy, and the composer should not wait for them.
const ConversationList = lazy(() => import('@/features/conversations/components/ConversationList'));

/** Conversations and the way to everything else; a drawer on a phone. */
export function Sidebar({ currentId }: { currentId: string | undefined }) {
  const isOpen = useUiSession((state) => state.isSidebarOpen);
  return (
    <>
      {isOpen && (
        <button
          type="button"
          aria-label={t('sidebar.close')}
          onClick={closeSidebar}
          className="fixed inset-0 z-30 bg-ink/30 md:hidden"
        />
      )}
      <nav
        aria-label={t('sidebar.label')}
        className={classes(
          'z-40 flex h-full w-64 shrink-0 flex-col border-e border-line bg-sunken',
          'max-md:fixed max-md:inset-y-0 max-md:start-0 max-md:w-[min(18rem,85vw)] max-md:shadow-float',
          !isOpen && 'max-md:hidden',
        )}
      >
        <div className="flex h-11 shrink-0 items-center justify-between ps-4 pe-2">
          <Link to="/" onClick={closeSidebar} className="rounded" aria-label={t('app.home')}>
            <Wordmark />
          </Link>
        </div>
        <div className="px-2 pt-1 pb-2">
          <Link
            to="/"
            onClick={closeSidebar}
            className="flex min-h-9 items-center gap-2 rounded-md border border-line-strong bg-surface px-2.5 text-sm font-medium hover:bg-hover"
          >
            <PenLine size={14} className="text-moss" aria-hidden />
            {t('sidebar.new')}
            <kbd className="ms-auto font-mono text-2xs text-muted max-md:hidden">c</kbd>
          </Link>
        </div>
        <h2 className="px-4 pt-1 pb-1.5 text-2xs font-medium text-muted">{t('sidebar.conversations')}</h2>
        <div className="min-h-0 flex-1 overflow-y-auto pb-2">
          <Suspense fallback={<Skeleton lines={5} className="p-3" />}>
            <ConversationList currentId={currentId} />
          </Suspense>
        </div>
        <div className="flex items-center gap-0.5 border-t border-line p-1.5">
          <Link
            to="/settings/providers"
            onClick={closeSidebar}
            className="me-auto inline-flex min-h-8 items-center gap-2 rounded-md px-2 text-sm text-ink-soft hover:bg-hover"
          >
            <Settings size={15} aria-hidden />
            {t('sidebar.settings')}
          </Link>
          <ThemeSwitch />
          <IconButton label={t('help.title')} onClick={openHelp}>
            <CircleHelp size={16} aria-hidden />
          </IconButton>
        </div>
      </nav>
    </>
  );
}

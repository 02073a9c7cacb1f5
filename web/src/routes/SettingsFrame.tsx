import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { MenuButton } from '@/app/MenuButton';
import { t } from '@/lib/i18n/t';

const pages = [
  { to: '/settings/providers', label: 'settings.providers' },
  { to: '/settings/projects', label: 'settings.projects' },
  { to: '/settings/appearance', label: 'settings.appearance' },
] as const;

/** A page of settings with the way to the others. */
export function SettingsFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="h-full overflow-y-auto">
      <title>{t('app.title', { page: title })}</title>
      <header className="flex h-11 items-center gap-2 border-b border-line px-3">
        <MenuButton />
        <nav aria-label={t('settings.label')} className="flex gap-1">
          {pages.map(({ to, label }) => (
            <Link
              key={to}
              to={to}
              className="inline-flex min-h-8 items-center rounded-md px-2.5 text-sm text-muted hover:bg-hover aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink"
            >
              {t(label)}
            </Link>
          ))}
        </nav>
      </header>
      <div className="mx-auto grid max-w-3xl gap-4 p-4 pt-6">
        <h1 className="font-serif text-xl font-semibold">{title}</h1>
        {children}
      </div>
    </div>
  );
}

import { Link } from '@tanstack/react-router';
import { t } from '@/lib/i18n/t';

export function NotFound() {
  return (
    <div className="grid h-full place-content-center gap-3 p-6 text-center">
      <h1 className="font-serif text-xl font-semibold">{t('notFound.title')}</h1>
      <Link to="/" className="text-sm text-moss underline">
        {t('notFound.home')}
      </Link>
    </div>
  );
}

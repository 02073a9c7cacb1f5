import { t } from '@/lib/i18n/t';

/** What was just said, or the place of an answer that has not begun. */
export function PendingEntry({ text }: { text?: string }) {
  if (text === undefined) {
    return (
      <li className="entry" data-role="assistant" data-running="true">
        <span className="entry-mark" aria-hidden />
        <p className="text-sm text-muted">{t('chat.thinking')}</p>
      </li>
    );
  }
  return (
    <li className="entry opacity-70" data-role="user">
      <span className="entry-mark" aria-hidden />
      <p className="spoken">{text}</p>
    </li>
  );
}

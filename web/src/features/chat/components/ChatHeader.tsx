import type { ReactNode } from 'react';
import type { LiveStatus } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { useConversation } from '../api/getConversation';

type Props = { conversationId: string; status: LiveStatus | undefined; menu: ReactNode };

/** The title of a conversation and whether something runs in it. */
export function ChatHeader({ conversationId, status, menu }: Props) {
  const { data } = useConversation(conversationId);
  const title = data?.title ?? (data ? t('conversation.untitled') : '');
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 border-b border-line px-3">
      {menu}
      <title>{title === '' ? 'Weald' : t('app.title', { page: title })}</title>
      <h1 className="truncate text-sm font-semibold">{title || ' '}</h1>
      {status && (
        <span className="ms-auto inline-flex shrink-0 items-center gap-1.5 text-xs text-muted">
          <span className="live-dot" data-status={status} aria-hidden />
          {t(`status.${status}`)}
        </span>
      )}
    </header>
  );
}

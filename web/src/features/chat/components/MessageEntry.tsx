import { memo } from 'react';
import type { Message } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { selectMessage, useStreamStore } from '@/lib/stores/streamStore';
import { plainText, shown } from '../branch';
import { MessageFooter } from './MessageFooter';
import { PartView } from './PartView';

type Props = {
  conversationId: string;
  id: string;
  message: Message | undefined;
  isLast: boolean;
  isBusy: boolean;
};

/** One message: what a person said, or what the agent answered. */
export const MessageEntry = memo(function MessageEntry({
  conversationId,
  id,
  message,
  isLast,
  isBusy,
}: Props) {
  const live = useStreamStore(selectMessage(conversationId, id));
  const entry = shown(id, message, live);
  if (entry.role === 'user') {
    return (
      <li className="entry" data-role="user" data-message={id}>
        <span className="entry-mark" aria-hidden />
        <span className="sr-only">{t('chat.you')}</span>
        <p className="spoken">{plainText(entry.parts)}</p>
      </li>
    );
  }
  const isRunning = isBusy && entry.finishReason === undefined;
  return (
    <li className="entry group" data-role="assistant" data-message={id} data-running={isRunning}>
      <span className="entry-mark" aria-hidden />
      <span className="sr-only">{t('chat.assistant')}</span>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
        {entry.parts.map((part, index) => (
          <PartView key={index} part={part} isGrowing={isRunning && index === entry.parts.length - 1} />
        ))}
        {isRunning && entry.parts.length === 0 && <p className="text-sm text-muted">{t('chat.thinking')}</p>}
        {isRunning && entry.silentMs !== undefined && (
          <p className="text-xs text-amber">
            {t('chat.silent', { seconds: Math.round(entry.silentMs / 1000) })}
          </p>
        )}
      </div>
      <MessageFooter
        conversationId={conversationId}
        entry={entry}
        message={message}
        isLast={isLast}
        isBusy={isBusy}
      />
    </li>
  );
});

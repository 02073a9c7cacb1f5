import { memo, useState } from 'react';
import { Button } from '@/components/Button';
import { t } from '@/lib/i18n/t';
import type { MessageItem } from '@/lib/api/types';
import { branchIds } from '../branch';
import { selectOrder, useStreamStore } from '@/lib/stores/streamStore';
import { MessageEntry } from './MessageEntry';
import { NoAnswer } from './NoAnswer';
import { PendingEntry } from './PendingEntry';

/** Messages drawn at first; a long conversation shows its end and more on request. */
const page = 60;

type Props = {
  conversationId: string;
  items: MessageItem[];
  isBusy: boolean;
  /** What was just said and is not among the messages yet. */
  pending: string | undefined;
};

/** The entries of a branch. A delta draws only the entry it belongs to. */
export const MessageList = memo(function MessageList({ conversationId, items, isBusy, pending }: Props) {
  const [limit, setLimit] = useState(page);
  const order = useStreamStore(selectOrder(conversationId));
  const live = useStreamStore.getState().live[conversationId];
  const ids = branchIds(items, order, live?.messages ?? {});
  const first = Math.max(0, ids.length - limit);
  const byId = new Map(items.map((item) => [item.message.id, item.message]));
  const last = ids.at(-1) ?? '';
  const isUnanswered = pending === undefined && byId.get(last)?.role === 'user';
  return (
    <div className="journal">
      {first > 0 && (
        <div className="flex justify-center py-2">
          <Button kind="quiet" onClick={() => setLimit(limit + page)}>
            {t('chat.earlier', { count: first })}
          </Button>
        </div>
      )}
      <ol>
        {ids.slice(first).map((id, at, all) => (
          <MessageEntry
            key={id}
            conversationId={conversationId}
            id={id}
            message={byId.get(id)}
            isLast={at === all.length - 1 && pending === undefined}
            isBusy={isBusy && at === all.length - 1}
          />
        ))}
        {pending !== undefined && <PendingEntry text={pending} />}
        {isUnanswered &&
          (isBusy ? <PendingEntry /> : <NoAnswer conversationId={conversationId} questionId={last} />)}
      </ol>
    </div>
  );
});

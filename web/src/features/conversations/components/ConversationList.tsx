import { useEffect, useState } from 'react';
import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { Skeleton } from '@/components/Skeleton';
import { t } from '@/lib/i18n/t';
import { useUiSession } from '@/lib/stores/uiSessionStore';
import { useConversations } from '../api/listConversations';
import { ConversationRow } from './ConversationRow';

/** A clock for "3 min ago" that ticks once a minute. */
function useMinute(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export default function ConversationList({ currentId }: { currentId: string | undefined }) {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useConversations();
  const leaving = useUiSession((state) => state.leaving);
  const now = useMinute();
  if (isPending) return <Skeleton lines={5} className="p-3" />;
  if (error && !data) {
    return (
      <div className="p-2">
        <ErrorCard error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  const conversations = data.pages.flatMap((page) => page.items).filter(({ id }) => !leaving.includes(id));
  if (conversations.length === 0) return <p className="px-3 py-2 text-xs text-muted">{t('sidebar.empty')}</p>;
  return (
    <>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-px px-2">
        {conversations.map((conversation) => (
          <ConversationRow
            key={conversation.id}
            conversation={conversation}
            isCurrent={conversation.id === currentId}
            now={Math.max(now, Date.parse(conversation.updated_at))}
          />
        ))}
      </ul>
      {hasNextPage && (
        <Button
          kind="quiet"
          className="mx-2 my-1"
          onClick={() => void fetchNextPage()}
          disabled={isFetchingNextPage}
        >
          {t('sidebar.more')}
        </Button>
      )}
    </>
  );
}

import { ArrowDown } from 'lucide-react';
import { type ReactNode, useCallback, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { Skeleton } from '@/components/Skeleton';
import { t } from '@/lib/i18n/t';
import { randomId } from '@/lib/randomId';
import { giveBackDraft, selectModel, takeDraft, useChatStore } from '@/lib/stores/chatStore';
import { useInterrupt } from '../api/interruptConversation';
import { useMessages } from '../api/listMessages';
import { keyAfter, useRun } from '../api/runConversation';
import { useStatus } from '../useStatus';
import { useStopKey } from '../useStopKey';
import { useStickToEnd } from '../useStickToEnd';
import { Announcer } from './Announcer';
import { ChatHeader } from './ChatHeader';
import { Composer } from './Composer';
import { MessageList } from './MessageList';

type Props = { conversationId: string; tools: ReactNode; menu: ReactNode };

/** A conversation: its branch, what is being said now, and the composer. */
export function ChatView({ conversationId, tools, menu }: Props) {
  const { data, error, isPending, refetch } = useMessages(conversationId);
  const status = useStatus(conversationId);
  const run = useRun();
  const stop = useInterrupt(conversationId);
  const model = useChatStore(selectModel(conversationId));
  const [failure, setFailure] = useState<{ error: Error; text: string; key: string }>();
  const { area, content, isAway, toEnd, onScroll } = useStickToEnd();
  const isBusy = status !== undefined;
  const send = (text: string, key = randomId()) => {
    setFailure(undefined);
    const wasDraft = takeDraft(conversationId, text);
    toEnd();
    run.mutate(
      { key, conversationId, text, model },
      {
        onError: (error) => {
          if (wasDraft) giveBackDraft(conversationId, text);
          setFailure({ error, text, key });
        },
      },
    );
  };
  const { mutate } = stop;
  const onStop = useCallback(
    () => mutate(undefined, { onError: (error) => void toast.error(error.message) }),
    [mutate],
  );
  useStopKey(isBusy, onStop);
  return (
    <section className="flex h-full min-h-0 flex-col" aria-label={t('chat.label')}>
      <ChatHeader conversationId={conversationId} status={status} menu={menu} />
      <div className="relative min-h-0 flex-1">
        <div
          ref={area}
          onScroll={onScroll}
          className="h-full overflow-y-auto"
          tabIndex={0}
          aria-label={t('chat.log')}
          role="region"
        >
          <div ref={content} className="mx-auto w-full max-w-(--column) px-4 pt-3 pb-6">
            {isPending && <Skeleton lines={4} className="pt-4" />}
            {error && !data && <ErrorCard error={error} onRetry={() => void refetch()} />}
            {data && (
              <MessageList
                conversationId={conversationId}
                items={data.items}
                isBusy={isBusy}
                pending={run.isPending ? run.variables.text : undefined}
              />
            )}
            {failure && (
              <ErrorCard
                error={failure.error}
                onRetry={() => send(failure.text, keyAfter(failure.error, failure.key))}
              />
            )}
          </div>
        </div>
        {isAway && (
          <Button
            onClick={() => toEnd('smooth')}
            className="rise absolute bottom-2 left-1/2 -translate-x-1/2 rounded-full shadow-float"
          >
            <ArrowDown size={14} aria-hidden />
            {t('chat.latest')}
          </Button>
        )}
      </div>
      <div className="mx-auto w-full max-w-(--column) px-4 pb-3">
        <Composer
          key={conversationId}
          draftKey={conversationId}
          isBusy={isBusy}
          placeholder={t(status === undefined ? 'composer.placeholder' : `composer.${status}`)}
          isSending={run.isPending}
          onSend={send}
          onStop={onStop}
          tools={tools}
        />
      </div>
      <Announcer conversationId={conversationId} />
    </section>
  );
}

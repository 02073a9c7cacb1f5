import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useRef, useState } from 'react';
import { ErrorCard } from '@/components/ErrorCard';
import { t } from '@/lib/i18n/t';
import { randomId } from '@/lib/randomId';
import {
  adoptNewChat,
  giveBackDraft,
  newChat,
  selectModel,
  takeDraft,
  useChatStore,
} from '@/lib/stores/chatStore';
import { keyAfter, useRun } from '../api/runConversation';
import { useSetConversationModel } from '../api/setConversationModel';
import { Composer } from './Composer';
import { Examples } from './Examples';

type Props = {
  workspaceId: string | undefined;
  tools: ReactNode;
  menu: ReactNode;
  /** What stands under the composer, such as the way to connect a model. */
  notice: ReactNode;
};

/** A chat that does not exist yet: the first message makes it. */
export function FirstScreen({ workspaceId, tools, menu, notice }: Props) {
  const run = useRun();
  const keep = useSetConversationModel();
  const navigate = useNavigate();
  const model = useChatStore(selectModel(newChat));
  const input = useRef<HTMLTextAreaElement>(null);
  const [failed, setFailed] = useState({ text: '', key: '' });
  const send = (text: string, key = randomId()) => {
    const wasDraft = takeDraft(newChat, text);
    run.mutate(
      { key, workspaceId, text, model },
      {
        onSuccess: ({ conversation_id: conversationId }) => {
          adoptNewChat(conversationId);
          if (model !== undefined) keep.mutate({ id: conversationId, model });
          void navigate({ to: '/c/$conversationId', params: { conversationId } });
        },
        onError: () => {
          if (wasDraft) giveBackDraft(newChat, text);
          setFailed({ text, key });
        },
      },
    );
  };
  const take = (text: string) => {
    input.current?.focus();
    send(text);
  };
  return (
    <section className="flex h-full min-h-0 flex-col" aria-label={t('chat.label')}>
      <title>Weald</title>
      <header className="flex h-11 shrink-0 items-center px-3">{menu}</header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex min-h-full w-full max-w-(--column) flex-col justify-center gap-5 px-4 pb-16">
          <h1 className="font-serif text-2xl leading-tight font-semibold tracking-tight text-balance">
            {t('first.title')}
          </h1>
          <Composer
            draftKey={newChat}
            isBusy={false}
            placeholder={t('composer.placeholder')}
            isSending={run.isPending}
            onSend={send}
            onStop={() => undefined}
            tools={tools}
            inputRef={input}
          />
          {run.error && (
            <ErrorCard error={run.error} onRetry={() => send(failed.text, keyAfter(run.error, failed.key))} />
          )}
          <Examples onTake={take} isDisabled={run.isPending} />
          {notice}
        </div>
      </div>
    </section>
  );
}

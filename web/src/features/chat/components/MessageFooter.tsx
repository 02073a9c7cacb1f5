import { CirclePause, CornerDownRight, RotateCcw } from 'lucide-react';
import { toast } from 'sonner';
import { Button } from '@/components/Button';
import { CopyButton } from '@/components/CopyButton';
import type { Message } from '@/lib/api/types';
import { duration, fullWhen } from '@/lib/i18n/time';
import { t } from '@/lib/i18n/t';
import { useRegenerate } from '../api/regenerateMessage';
import { useRun } from '../api/runConversation';
import { plainText, type Shown } from '../branch';

type Props = {
  conversationId: string;
  entry: Shown;
  message: Message | undefined;
  isLast: boolean;
  isBusy: boolean;
};

const say = (error: Error) => void toast.error(error.message);

/** How an answer ended, what one can do about it, and what it cost. */
export function MessageFooter({ conversationId, entry, message, isLast, isBusy }: Props) {
  const run = useRun();
  const regenerate = useRegenerate(conversationId);
  // A message that only called tools is a step of the answer, not its end.
  if (entry.finishReason === undefined || entry.finishReason === 'tool_calls') return null;
  const isBroken = entry.finishReason === 'interrupted' || entry.finishReason === 'error';
  const canAct = isLast && !isBusy && !run.isPending && !regenerate.isPending;
  const goOn = () =>
    run.mutate({ conversationId, text: 'Continue.', parentMessageId: entry.id }, { onError: say });
  const retry = () => regenerate.mutate(entry.id, { onError: say });
  return (
    <footer className="mt-1 grid gap-1.5">
      {isBroken && (
        <div
          role="status"
          className="flex flex-wrap items-center gap-2 rounded-lg border border-amber-line bg-amber-wash px-3 py-1.5 text-sm"
        >
          <CirclePause size={15} className="shrink-0 text-amber" aria-hidden />
          <span className="me-auto [overflow-wrap:anywhere]">
            {entry.error ? entry.error.message : t(`finish.${entry.finishReason as 'interrupted' | 'error'}`)}
          </span>
          {isLast && (
            <>
              <Button onClick={goOn} disabled={!canAct}>
                <CornerDownRight size={14} aria-hidden />
                {t('action.continue')}
              </Button>
              <Button onClick={retry} disabled={!canAct}>
                <RotateCcw size={14} aria-hidden />
                {t('action.retry')}
              </Button>
            </>
          )}
        </div>
      )}
      <div className="flex min-h-6 items-center gap-1 text-2xs text-muted opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
        <CopyButton text={plainText(entry.parts)} label={t('chat.copyMarkdown')} />
        {message && <Facts message={message} />}
      </div>
    </footer>
  );
}

function Facts({ message }: { message: Message }) {
  const { model_id: model, tokens_total: tokens, latency_ms: latency } = message.metadata;
  const facts = [
    model,
    tokens ? t('chat.tokens', { tokens }) : undefined,
    latency ? duration(latency) : undefined,
  ].filter(Boolean);
  return (
    <span>
      {facts.map((fact) => `${fact} · `)}
      <time dateTime={message.created_at}>{fullWhen(message.created_at)}</time>
    </span>
  );
}

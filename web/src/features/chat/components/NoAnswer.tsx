import { CircleAlert, RotateCcw } from 'lucide-react';
import { toast } from 'sonner';
import { Button } from '@/components/Button';
import { t } from '@/lib/i18n/t';
import { selectFailure, useStreamStore } from '@/lib/stores/streamStore';
import { useRegenerate } from '../api/regenerateMessage';

type Props = { conversationId: string; questionId: string };

/** Stands where an answer should be and none came: the session failed before its first word. */
export function NoAnswer({ conversationId, questionId }: Props) {
  const failure = useStreamStore(selectFailure(conversationId));
  const regenerate = useRegenerate(conversationId);
  const retry = () => regenerate.mutate(questionId, { onError: (error) => void toast.error(error.message) });
  return (
    <li className="entry" data-role="assistant">
      <span className="entry-mark" aria-hidden />
      <div
        role="status"
        className="flex flex-wrap items-center gap-2 rounded-lg border border-rust-line bg-rust-wash px-3 py-1.5 text-sm"
      >
        <CircleAlert size={15} className="shrink-0 text-rust" aria-hidden />
        <span className="me-auto [overflow-wrap:anywhere]">{failure?.message ?? t('chat.noAnswer')}</span>
        <Button onClick={retry} disabled={regenerate.isPending}>
          <RotateCcw size={14} aria-hidden />
          {t('action.retry')}
        </Button>
      </div>
    </li>
  );
}

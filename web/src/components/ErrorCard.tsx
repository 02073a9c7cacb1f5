import { RotateCcw, TriangleAlert } from 'lucide-react';
import { ApiError } from '@/lib/api/problem';
import { t } from '@/lib/i18n/t';
import { Button } from './Button';

type Props = { error: unknown; onRetry?: () => void };

function titleOf(error: unknown): string {
  if (error instanceof ApiError && error.isNetwork) return t('error.network');
  return error instanceof ApiError && error.problem ? error.problem.title : t('error.title');
}

function detailOf(error: unknown): string {
  if (error instanceof ApiError && error.isNetwork) return t('error.networkDetail');
  return error instanceof Error ? error.message : String(error);
}

/** What went wrong, in the server's words, with what finds it in the log. */
export function ErrorCard({ error, onRetry }: Props) {
  const trace = error instanceof ApiError ? error.problem?.trace_id : undefined;
  return (
    <div role="alert" className="rounded-lg border border-rust-line bg-rust-wash p-3 text-sm">
      <p className="flex items-center gap-2 font-semibold text-rust">
        <TriangleAlert size={15} aria-hidden />
        {titleOf(error)}
      </p>
      <p className="mt-1 [overflow-wrap:anywhere]">{detailOf(error)}</p>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        {onRetry && (
          <Button onClick={onRetry}>
            <RotateCcw size={14} aria-hidden />
            {t('action.retry')}
          </Button>
        )}
        {trace && <code className="font-mono text-2xs text-muted">{t('error.trace', { trace })}</code>}
      </div>
    </div>
  );
}

import { type KeyboardEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { inputClasses } from '@/components/Field';
import { WithCode } from '@/components/WithCode';
import { Skeleton } from '@/components/Skeleton';
import { t } from '@/lib/i18n/t';
import { visibleText } from '@/lib/visibleText';
import { useUiSession } from '@/lib/stores/uiSessionStore';
import { useAnswerApproval } from '../api/answerApproval';
import { useApproval } from '../api/getApproval';
import { ApprovalNeeds } from './ApprovalNeeds';

/** A question to a person: allow once, in this conversation, or deny. Nothing runs before. */
export function ApprovalCard({ approvalId }: { approvalId: string }) {
  const { data: approval, error, refetch } = useApproval(approvalId);
  const answer = useAnswerApproval(approvalId);
  const hasLetterKeys = useUiSession((state) => state.hasLetterKeys);
  const [isDenying, setDenying] = useState(false);
  const [reason, setReason] = useState('');
  if (error) return <ErrorCard error={error} onRetry={() => void refetch()} />;
  if (!approval) return <Skeleton lines={2} className="p-3" />;
  if (approval.state !== 'pending') {
    return (
      <p className="border-t border-line px-2.5 py-1.5 text-xs text-muted">
        {t(`approval.${approval.state}`)}
      </p>
    );
  }
  const allow = (lifetime: 'once' | 'conversation') => answer.mutate({ decision: 'approve', lifetime });
  const deny = () =>
    answer.mutate({ decision: 'deny', ...(reason.trim() === '' ? {} : { reason: reason.trim() }) });
  const onKeyDown = (event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (isTyping && event.key === 'Escape') {
      event.stopPropagation();
      setDenying(false);
    }
    if (!hasLetterKeys || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'a') allow('once');
    else if (event.key === 'd') setDenying(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section
      aria-label={t('approval.label')}
      tabIndex={0}
      data-approval={approvalId}
      onKeyDown={onKeyDown}
      className="rise grid gap-2.5 border-t border-amber-line bg-amber-wash p-3"
    >
      <p className="text-sm font-semibold">
        <WithCode text={visibleText(approval.question)} />
      </p>
      <ApprovalNeeds needs={approval.subject.needs} />
      {isDenying ? (
        <form
          className="flex flex-wrap items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            deny();
          }}
        >
          <input
            className={`${inputClasses} min-w-40 flex-1`}
            aria-label={t('approval.reason')}
            placeholder={t('approval.reason')}
            autoFocus
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button kind="danger" type="submit" disabled={answer.isPending}>
            {t('approval.deny')}
          </Button>
          <Button kind="quiet" onClick={() => setDenying(false)}>
            {t('action.back')}
          </Button>
        </form>
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          <Button
            kind="primary"
            disabled={answer.isPending}
            onClick={() => allow('once')}
            aria-keyshortcuts="a"
          >
            {t('approval.once')}
          </Button>
          {approval.options.includes('conversation') && (
            <Button disabled={answer.isPending} onClick={() => allow('conversation')}>
              {t('approval.conversation')}
            </Button>
          )}
          <Button
            kind="danger"
            disabled={answer.isPending}
            onClick={() => setDenying(true)}
            aria-keyshortcuts="d"
          >
            {t('approval.denyOpen')}
          </Button>
          {hasLetterKeys && <span className="text-2xs text-muted max-sm:hidden">{t('approval.keys')}</span>}
        </div>
      )}
      {answer.error ? <ErrorCard error={answer.error} /> : null}
    </section>
  );
}

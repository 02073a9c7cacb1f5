import type { Approval } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { visibleText } from '@/lib/visibleText';

/** What the call would touch, and what an answer beyond "once" would allow. */
export function ApprovalNeeds({ needs }: { needs: Approval['subject']['needs'] }) {
  if (needs.length === 0) return null;
  return (
    <dl className="grid gap-1 text-xs">
      {needs.map((need) => (
        <div key={need.permission} className="grid gap-0.5">
          <dt className="font-medium">{t(`permission.${need.permission}`)}</dt>
          <dd className="font-mono text-2xs text-ink-soft [overflow-wrap:anywhere]">
            {need.resources.map((resource) => (
              <div key={resource}>{visibleText(resource)}</div>
            ))}
            {need.scope.length > 0 && (
              <div className="font-sans text-muted">
                {t('approval.scope', { scope: need.scope.map(visibleText).join(', ') })}
              </div>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

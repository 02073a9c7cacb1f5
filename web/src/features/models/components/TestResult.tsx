import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { ProviderTest } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';

/** Whether a provider answered, and what to do when it did not. */
export function TestResult({ test }: { test: ProviderTest }) {
  if (test.ok) {
    return (
      <p role="status" className="flex items-center gap-2 text-sm text-moss">
        <CircleCheck size={15} aria-hidden />
        {t('connect.ok', { count: test.models?.length ?? 0, ms: test.latency_ms ?? 0 })}
      </p>
    );
  }
  return (
    <div role="alert" className="rounded-lg border border-rust-line bg-rust-wash p-3 text-sm">
      <p className="flex items-center gap-2 font-semibold text-rust">
        <TriangleAlert size={15} aria-hidden />
        {t('connect.failed')}
      </p>
      <p className="mt-1 [overflow-wrap:anywhere]">{test.error?.message}</p>
      <p className="mt-1 text-ink-soft">{test.error?.hint}</p>
    </div>
  );
}

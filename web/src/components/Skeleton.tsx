import { t } from '@/lib/i18n/t';
import { classes } from './classes';

/** Grey lines where text will be. */
export function Skeleton({ lines = 3, className }: { lines?: number; className?: string }) {
  const widths = ['w-11/12', 'w-4/5', 'w-3/5'];
  return (
    <div role="status" aria-label={t('state.loading')} className={classes('grid gap-3', className)}>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className={classes('skeleton h-3.5', widths[line % widths.length])} />
      ))}
    </div>
  );
}

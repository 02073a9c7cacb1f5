import { CornerDownLeft } from 'lucide-react';
import { t } from '@/lib/i18n/t';

const keys = [
  'first.example.list',
  'first.example.search',
  'first.example.log',
  'first.example.help',
] as const;

/** Four things that work without a model; one click asks them. */
export function Examples({ onTake, isDisabled }: { onTake: (text: string) => void; isDisabled: boolean }) {
  return (
    <ul
      className="grid gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-2"
      aria-label={t('first.examples')}
    >
      {keys.map((key) => (
        <li key={key} className="bg-paper">
          <button
            type="button"
            disabled={isDisabled}
            onClick={() => onTake(t(key))}
            className="group flex min-h-10 w-full items-center gap-2 px-3 py-2 text-start text-sm text-ink-soft hover:bg-hover hover:text-ink"
          >
            <span className="me-auto">{t(key)}</span>
            <CornerDownLeft
              size={13}
              className="shrink-0 text-muted opacity-0 group-hover:opacity-100"
              aria-hidden
            />
          </button>
        </li>
      ))}
    </ul>
  );
}

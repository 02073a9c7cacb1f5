import { Brain, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Markdown } from '@/components/markdown/Markdown';
import { t } from '@/lib/i18n/t';

/** What the model thought, folded away until it is asked for. */
export function Reasoning({ text, isGrowing }: { text: string; isGrowing: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      className="group/think text-sm text-ink-soft"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="inline-flex min-h-6 list-none items-center gap-1.5 rounded text-xs text-muted hover:text-ink">
        <Brain size={13} aria-hidden />
        {isGrowing ? t('reasoning.now') : t('reasoning.done')}
        <ChevronRight size={13} className="transition-transform group-open/think:rotate-90" aria-hidden />
      </summary>
      {isOpen && (
        <div className="mt-1 border-s-2 border-line ps-3 opacity-90">
          <Markdown text={text} isGrowing={isGrowing} />
        </div>
      )}
    </details>
  );
}

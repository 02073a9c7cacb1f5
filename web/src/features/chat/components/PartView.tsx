import { memo } from 'react';
import { Markdown } from '@/components/markdown/Markdown';
import { SafeLink } from '@/components/markdown/SafeLink';
import type { Part } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { Reasoning } from './Reasoning';
import { ToolCard } from './ToolCard';

type Props = { part: Part; isGrowing: boolean };

/** Parts that other surfaces may have written and that this one shows only by name. */
function OtherPart({ part }: { part: object }) {
  const { type, url, title, filename } = part as Record<string, unknown>;
  const href = typeof url === 'string' ? url : undefined;
  const label = [title, filename, href, type].find((name) => typeof name === 'string') as string | undefined;
  return (
    <p className="text-sm text-muted">
      <SafeLink href={href}>{t('part.other', { label: label ?? '?' })}</SafeLink>
    </p>
  );
}

/** A typed piece of a message. */
export const PartView = memo(function PartView({ part, isGrowing }: Props) {
  switch (part.type) {
    case 'text':
      return (
        <div className={isGrowing && part.state === 'streaming' ? 'caret' : undefined}>
          <Markdown text={part.text} isGrowing={isGrowing} />
        </div>
      );
    case 'reasoning':
      // Some models want a thought kept that says nothing.
      if (part.text === '') return null;
      return <Reasoning text={part.text} isGrowing={isGrowing && part.state === 'streaming'} />;
    case 'dynamic-tool':
      return <ToolCard call={part} />;
    default:
      return <OtherPart part={part} />;
  }
});

import type { ReactNode } from 'react';
import { CopyButton } from '@/components/CopyButton';
import type { ToolPart } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { rawArguments } from '@/lib/stream/parts';
import { outputText, pretty } from '../toolState';

/** A piece of text of a call; long ones scroll. */
function Block({ label, text, note }: { label: string; text: string; note?: ReactNode }) {
  return (
    <section className="grid gap-1">
      <div className="flex items-center justify-between">
        <h4 className="text-2xs font-medium text-muted">{label}</h4>
        <CopyButton text={text} />
      </div>
      <pre
        tabIndex={0}
        aria-label={label}
        className="max-h-72 overflow-auto rounded-md bg-sunken p-2 font-mono text-xs whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        {text}
      </pre>
      {note}
    </section>
  );
}

/** Says that the result was cut, and offers the whole of it when that was kept. */
function Truncated({ assets }: { assets: string[] }) {
  return (
    <p className="flex flex-wrap gap-x-2 text-2xs text-amber">
      {assets.length === 0 ? t('tool.truncated') : t('tool.truncatedForModel')}
      {assets.map((id) => (
        <a key={id} className="underline" href={`/api/assets/${id}`} download>
          {t('tool.whole')}
        </a>
      ))}
    </p>
  );
}

/** The arguments and the result of a call. */
export function ToolDetails({ call }: { call: ToolPart }) {
  const weald = call.callProviderMetadata?.weald;
  const input = call.input === undefined || call.input === null ? rawArguments(call) : pretty(call.input);
  const output = call.errorText ?? outputText(call.output ?? undefined);
  return (
    <div className="grid gap-2 border-t border-line p-2.5">
      <p className="font-mono text-2xs text-muted">
        {weald?.worker ? t('tool.by', { tool: call.toolName, worker: weald.worker }) : call.toolName}
      </p>
      <Block label={t('tool.arguments')} text={input} />
      {output !== '' && (
        <Block
          label={call.errorText ? t('tool.failure') : t('tool.result')}
          text={output}
          note={weald?.truncated ? <Truncated assets={weald.asset_ids ?? []} /> : undefined}
        />
      )}
    </div>
  );
}

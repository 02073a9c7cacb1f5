import { Ban, Check, ChevronRight, CircleHelp, Hourglass, LoaderCircle, PenLine, X } from 'lucide-react';
import { classes } from '@/components/classes';
import type { ToolPart } from '@/lib/api/types';
import { duration } from '@/lib/i18n/time';
import { t } from '@/lib/i18n/t';
import { argumentLine, type CallState, callState } from '../toolState';
import { ApprovalCard } from './ApprovalCard';
import { ToolDetails } from './ToolDetails';

const icons = {
  writing: PenLine,
  running: LoaderCircle,
  asking: Hourglass,
  ok: Check,
  error: X,
  denied: Ban,
  unknown: CircleHelp,
};

const tones: Record<CallState, string> = {
  writing: 'text-muted',
  running: 'text-moss',
  asking: 'text-amber',
  ok: 'text-moss',
  error: 'text-rust',
  denied: 'text-rust',
  unknown: 'text-amber',
};

/** A call in one line, with its arguments and its result behind it. */
export function ToolCard({ call }: { call: ToolPart }) {
  const state = callState(call);
  const Icon = icons[state];
  const milliseconds = call.callProviderMetadata?.weald?.duration_ms;
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface" data-tool={call.toolName}>
      <details className="group/tool">
        <summary className="flex min-h-8 list-none items-center gap-2 px-2.5 py-1 text-sm hover:bg-hover">
          <Icon
            size={14}
            aria-hidden
            className={classes('shrink-0', tones[state], state === 'running' && 'animate-spin')}
          />
          <span className="shrink-0 font-medium">{call.title ?? call.toolName}</span>
          <span className="truncate font-mono text-2xs text-muted">{argumentLine(call)}</span>
          <span className="ms-auto flex shrink-0 items-center gap-2 text-2xs text-muted">
            <span className={tones[state]}>{t(`tool.${state}`)}</span>
            {milliseconds !== undefined && milliseconds !== null && <span>{duration(milliseconds)}</span>}
            <ChevronRight size={13} className="transition-transform group-open/tool:rotate-90" aria-hidden />
          </span>
        </summary>
        <ToolDetails call={call} />
      </details>
      {state === 'asking' && call.approval && <ApprovalCard approvalId={call.approval.id} />}
    </div>
  );
}

import { PlugZap } from 'lucide-react';
import { Button } from '@/components/Button';
import { t } from '@/lib/i18n/t';
import { useIsConnected } from '../api/listProviders';

/** Says that no model is connected, and how to change that; nothing once one is. */
export function ConnectNotice({ onConnect }: { onConnect: () => void }) {
  if (useIsConnected() !== false) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line pt-4 text-sm text-muted">
      <p className="min-w-52 flex-1">{t('first.noModel')}</p>
      <Button onClick={onConnect}>
        <PlugZap size={14} aria-hidden />
        {t('first.connect')}
      </Button>
    </div>
  );
}

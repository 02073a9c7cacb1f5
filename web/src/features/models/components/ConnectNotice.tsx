import { PlugZap } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button } from '@/components/Button';
import { t } from '@/lib/i18n/t';
import { useIsConnected } from '../api/listProviders';

const ConnectModal = lazy(() => import('./ConnectModal'));

/** Says that no model is connected, and how to change that; nothing once one is. */
export function ConnectNotice() {
  const isConnected = useIsConnected();
  const [isConnecting, setConnecting] = useState(false);
  return (
    <>
      {isConnected === false && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-muted">
          <p className="min-w-52 flex-1">{t('first.noModel')}</p>
          <Button onClick={() => setConnecting(true)}>
            <PlugZap size={14} aria-hidden />
            {t('first.connect')}
          </Button>
        </div>
      )}
      {isConnecting && (
        <Suspense>
          <ConnectModal onClose={() => setConnecting(false)} />
        </Suspense>
      )}
    </>
  );
}

import { PlugZap } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button } from '@/components/Button';
import { t } from '@/lib/i18n/t';
import type { Connection } from '../api/connectProvider';
import { useIsConnected } from '../api/listProviders';

const ConnectModal = lazy(() => import('./ConnectModal'));
const FoundList = lazy(() => import('./FoundList'));

/** Says that no model is connected, and how to change that; nothing once one is. */
export function ConnectNotice() {
  const isConnected = useIsConnected();
  const [open, setOpen] = useState<{ made?: Connection }>();
  return (
    <>
      {isConnected === false && (
        <div className="grid gap-3">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-muted">
            <p className="min-w-52 flex-1">{t('first.noModel')}</p>
            <Button onClick={() => setOpen({})}>
              <PlugZap size={14} aria-hidden />
              {t('first.connect')}
            </Button>
          </div>
          <Suspense>
            <FoundList onConnected={(made) => setOpen({ made })} />
          </Suspense>
        </div>
      )}
      {open && (
        <Suspense>
          <ConnectModal made={open.made} onClose={() => setOpen(undefined)} />
        </Suspense>
      )}
    </>
  );
}

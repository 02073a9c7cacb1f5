import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '@/lib/i18n/t';
import { selectFeed, useStreamStore } from '@/lib/stores/streamStore';

/** Whether something has lasted; a connection that is back within a blink is not worth a word. */
function useIsLate(isOn: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setTimeout(() => setLate(true), 600);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [isOn]);
  return isLate;
}

/** Says that the network or the server is away; what was missed follows by itself. */
export function ConnectionBanner() {
  const feed = useStreamStore(selectFeed);
  const [isOffline, setOffline] = useState(!navigator.onLine);
  const isLate = useIsLate(feed === 'reconnecting');
  useEffect(() => {
    const update = () => setOffline(!navigator.onLine);
    window.addEventListener('online', update);
    window.addEventListener('offline', update);
    return () => {
      window.removeEventListener('online', update);
      window.removeEventListener('offline', update);
    };
  }, []);
  if (!isOffline && !isLate) return null;
  return (
    <div
      role="status"
      className="flex items-center justify-center gap-2 border-b border-amber-line bg-amber-wash px-3 py-1.5 text-xs"
    >
      <WifiOff size={13} className="text-amber" aria-hidden />
      {isOffline ? t('connection.offline') : t('connection.reconnecting')}
    </div>
  );
}

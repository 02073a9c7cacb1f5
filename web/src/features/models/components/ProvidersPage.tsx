import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { Skeleton } from '@/components/Skeleton';
import { t } from '@/lib/i18n/t';
import { useProviders } from '../api/listProviders';
import { usePresets } from '../api/listPresets';
import ConnectModal from './ConnectModal';
import { ProviderRow } from './ProviderRow';

/** Where models come from. */
export function ProvidersPage() {
  const { data, error, isPending, refetch } = useProviders();
  const { data: presets } = usePresets();
  const [isConnecting, setConnecting] = useState(false);
  const standard = presets?.items.find((preset) => preset.is_default)?.model.name;
  return (
    <div className="grid gap-4">
      <div className="flex items-start gap-3">
        <p className="me-auto max-w-prose text-sm text-muted">{t('providers.explain')}</p>
        <Button kind="primary" onClick={() => setConnecting(true)}>
          <Plus size={14} aria-hidden />
          {t('first.connect')}
        </Button>
      </div>
      {standard && (
        <p className="text-sm">
          {t('providers.standard')} <code className="font-mono text-xs">{standard}</code>
        </p>
      )}
      {isPending && <Skeleton lines={3} />}
      {error && <ErrorCard error={error} onRetry={() => void refetch()} />}
      {data && (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
          {data.items.map((provider) => (
            <ProviderRow key={provider.id} provider={provider} />
          ))}
        </ul>
      )}
      {isConnecting && <ConnectModal onClose={() => setConnecting(false)} />}
    </div>
  );
}

import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { IconButton } from '@/components/IconButton';
import { Modal } from '@/components/Modal';
import type { Provider } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { useDeleteProvider } from '../api/deleteProvider';
import { useTestProvider } from '../api/testProvider';
import { ModelChoice } from './ModelChoice';
import { TestResult } from './TestResult';

/** A provider with what can be done to it. */
export function ProviderRow({ provider }: { provider: Provider }) {
  const test = useTestProvider();
  const remove = useDeleteProvider();
  const [isChoosing, setChoosing] = useState(false);
  const models = test.data?.ok ? (test.data.models ?? []) : [];
  return (
    <li className="grid gap-2 p-3">
      <div className="flex flex-wrap items-center gap-2">
        <div className="me-auto min-w-0">
          <p className="text-sm font-medium">{provider.display_name}</p>
          <p className="truncate font-mono text-2xs text-muted">{provider.base_url ?? provider.id}</p>
        </div>
        {models.length > 0 && <Button onClick={() => setChoosing(true)}>{t('providers.choose')}</Button>}
        <Button onClick={() => test.mutate(provider.id)} disabled={test.isPending}>
          {test.isPending ? t('connect.testing') : t('providers.test')}
        </Button>
        {provider.kind !== 'builtin' && (
          <IconButton
            label={t('providers.delete', { name: provider.display_name })}
            onClick={() => remove.mutate(provider.id)}
            disabled={remove.isPending}
          >
            <Trash2 size={15} aria-hidden />
          </IconButton>
        )}
      </div>
      {test.data && <TestResult test={test.data} />}
      {(test.error ?? remove.error) && <ErrorCard error={test.error ?? remove.error} />}
      {isChoosing && (
        <Modal title={t('providers.choose')} onClose={() => setChoosing(false)}>
          <ModelChoice provider={provider} models={models} onDone={() => setChoosing(false)} />
        </Modal>
      )}
    </li>
  );
}

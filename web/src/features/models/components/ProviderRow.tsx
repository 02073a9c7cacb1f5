import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { IconButton } from '@/components/IconButton';
import { Modal } from '@/components/Modal';
import type { Provider } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { useTestProvider } from '../api/testProvider';
import { ModelChoice } from './ModelChoice';
import { ProviderDelete } from './ProviderDelete';
import { ProviderEdit } from './ProviderEdit';
import { PullForm } from './PullForm';
import { TestResult } from './TestResult';

/** A provider with what can be done to it. */
export function ProviderRow({ provider }: { provider: Provider }) {
  const test = useTestProvider();
  const [open, setOpen] = useState<'choice' | 'edit' | 'delete'>();
  const close = () => setOpen(undefined);
  const models = test.data?.ok ? (test.data.models ?? []) : [];
  return (
    <li className="grid gap-2 p-3">
      <div className="flex flex-wrap items-center gap-2">
        <div className="me-auto min-w-0">
          <p className="text-sm font-medium">{provider.display_name}</p>
          <p className="truncate font-mono text-2xs text-muted">{provider.base_url ?? provider.id}</p>
        </div>
        {models.length > 0 && <Button onClick={() => setOpen('choice')}>{t('providers.choose')}</Button>}
        <Button onClick={() => test.mutate(provider.id)} disabled={test.isPending}>
          {test.isPending ? t('connect.testing') : t('providers.test')}
        </Button>
        {provider.kind !== 'builtin' && (
          <>
            <IconButton
              label={t('providers.edit', { name: provider.display_name })}
              onClick={() => setOpen('edit')}
            >
              <Pencil size={15} aria-hidden />
            </IconButton>
            <IconButton
              label={t('providers.delete', { name: provider.display_name })}
              onClick={() => setOpen('delete')}
            >
              <Trash2 size={15} aria-hidden />
            </IconButton>
          </>
        )}
      </div>
      {test.data && <TestResult test={test.data} />}
      {test.error && <ErrorCard error={test.error} />}
      {provider.kind === 'ollama' && <PullForm provider={provider} />}
      {open === 'choice' && (
        <Modal title={t('providers.choose')} onClose={close}>
          <ModelChoice provider={provider} models={models} onDone={close} />
        </Modal>
      )}
      {open === 'edit' && (
        <Modal title={t('providers.edit', { name: provider.display_name })} onClose={close}>
          <ProviderEdit provider={provider} onDone={close} />
        </Modal>
      )}
      {open === 'delete' && <ProviderDelete provider={provider} onClose={close} />}
    </li>
  );
}

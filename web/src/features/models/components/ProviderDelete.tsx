import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { Modal } from '@/components/Modal';
import type { Provider } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { useDeleteProvider } from '../api/deleteProvider';

/** Asks once before a provider goes with its models and its key. */
export function ProviderDelete({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const remove = useDeleteProvider();
  return (
    <Modal title={t('providers.delete', { name: provider.display_name })} onClose={onClose}>
      <div className="grid gap-4">
        <p className="text-sm">{t('providers.deleteExplain')}</p>
        {remove.error && <ErrorCard error={remove.error} />}
        <div className="flex gap-2">
          <Button
            kind="danger"
            disabled={remove.isPending}
            onClick={() => remove.mutate(provider.id, { onSuccess: onClose })}
          >
            {t('providers.deleteNow')}
          </Button>
          <Button onClick={onClose}>{t('providers.keep')}</Button>
        </div>
      </div>
    </Modal>
  );
}

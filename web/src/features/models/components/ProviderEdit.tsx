import { type FormEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { Field } from '@/components/Field';
import type { Provider } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { useUpdateProvider } from '../api/updateProvider';
import { ModelSwitches } from './ModelSwitches';

/** What of a connected provider can be changed. */
export function ProviderEdit({ provider, onDone }: { provider: Provider; onDone: () => void }) {
  const [fields, setFields] = useState({
    name: provider.display_name,
    baseUrl: provider.base_url ?? '',
    apiKey: '',
  });
  const update = useUpdateProvider(provider);
  const set = (part: Partial<typeof fields>) => setFields({ ...fields, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate(fields, {
      onSuccess: (changed) => {
        if (!changed.key_removed) onDone();
      },
    });
  };
  return (
    <div className="grid gap-5">
      <form onSubmit={submit} className="grid gap-4">
        <Field
          label={t('connect.name')}
          value={fields.name}
          required
          maxLength={64}
          onChange={(event) => set({ name: event.target.value })}
        />
        <Field
          label={t('connect.baseUrl')}
          type="url"
          required={provider.kind === 'openai_compatible'}
          value={fields.baseUrl}
          onChange={(event) => set({ baseUrl: event.target.value })}
        />
        <Field
          label={t('connect.key')}
          hint={provider.secret_ref ? t('providers.keyKept') : t('connect.keyHint')}
          type="password"
          autoComplete="off"
          value={fields.apiKey}
          onChange={(event) => set({ apiKey: event.target.value })}
        />
        {update.data?.key_removed && <p className="text-sm text-rust">{t('connect.keyRemoved')}</p>}
        {update.error && <ErrorCard error={update.error} />}
        <div>
          <Button kind="primary" type="submit" disabled={update.isPending}>
            {t('providers.save')}
          </Button>
        </div>
      </form>
      <ModelSwitches providerId={provider.id} />
    </div>
  );
}

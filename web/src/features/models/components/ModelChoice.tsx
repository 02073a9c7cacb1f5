import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { inputClasses } from '@/components/Field';
import type { Provider, ProviderTest } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { useSetDefaultModel } from '../api/setDefaultModel';

type Props = { provider: Provider; models: NonNullable<ProviderTest['models']>; onDone: () => void };

/** Chooses which model of a provider that answered becomes the usual one. */
export function ModelChoice({ provider, models, onDone }: Props) {
  const [filter, setFilter] = useState('');
  const setDefault = useSetDefaultModel();
  const shown = models.filter(({ id }) => id.toLowerCase().includes(filter.toLowerCase()));
  const choose = (model: string) => {
    const name = `${provider.id}/${model}`;
    setDefault.mutate(name, {
      onSuccess: () => {
        toast.success(t('connect.done', { name }));
        onDone();
      },
    });
  };
  return (
    <div className="grid gap-3">
      <p className="text-sm">{t('connect.choose', { count: models.length, name: provider.display_name })}</p>
      {models.length > 8 && (
        <input
          className={inputClasses}
          aria-label={t('connect.filter')}
          placeholder={t('connect.filter')}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      )}
      <ul className="grid max-h-72 gap-px overflow-y-auto rounded-md border border-line">
        {shown.map((model) => (
          <li key={model.id}>
            <button
              type="button"
              disabled={setDefault.isPending}
              onClick={() => choose(model.id)}
              className="flex min-h-8 w-full items-center px-3 text-start text-sm hover:bg-hover"
            >
              <span className="me-auto">{model.display_name ?? model.id}</span>
              {model.context_window ? (
                <span className="text-2xs text-muted">
                  {t('connect.window', { tokens: model.context_window })}
                </span>
              ) : null}
            </button>
          </li>
        ))}
      </ul>
      {setDefault.error && <ErrorCard error={setDefault.error} />}
      <div>
        <Button kind="quiet" onClick={onDone}>
          {t('connect.later')}
        </Button>
      </div>
    </div>
  );
}

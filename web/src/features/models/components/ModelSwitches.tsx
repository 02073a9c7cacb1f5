import { ErrorCard } from '@/components/ErrorCard';
import { t } from '@/lib/i18n/t';
import { useModels } from '../api/listModels';
import { useSwitchModel } from '../api/switchModel';

/** The models of a provider, each offered or not. */
export function ModelSwitches({ providerId }: { providerId: string }) {
  const { data } = useModels();
  const change = useSwitchModel();
  const models = data?.filter((model) => model.provider_id === providerId) ?? [];
  if (models.length === 0) return null;
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-xs font-medium text-ink-soft">{t('providers.offered')}</legend>
      <ul className="grid max-h-60 gap-px overflow-y-auto rounded-md border border-line p-1">
        {models.map((model) => (
          <li key={model.id}>
            <label className="flex min-h-8 items-center gap-2 rounded px-2 text-sm hover:bg-hover">
              <input
                type="checkbox"
                checked={model.is_enabled}
                disabled={change.isPending}
                onChange={() => change.mutate(model)}
                className="accent-moss"
              />
              {model.display_name ?? model.provider_model_id}
            </label>
          </li>
        ))}
      </ul>
      {change.error && <ErrorCard error={change.error} />}
    </fieldset>
  );
}

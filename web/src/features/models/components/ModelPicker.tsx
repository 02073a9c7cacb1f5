import { Check, ChevronDown } from 'lucide-react';
import { Fragment } from 'react';
import { Menu, MenuItem, MenuLabel } from '@/components/Menu';
import type { Model } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { useModels } from '../api/listModels';
import { usePresets } from '../api/listPresets';

type Props = {
  /** What was chosen; nothing means the default preset's model. */
  chosen: string | null | undefined;
  onChoose: (model: string) => void;
};

const nameOf = (model: Model) => `${model.provider_id}/${model.provider_model_id}`;

function byProvider(models: Model[]): Map<string, Model[]> {
  return Map.groupBy(
    models.filter((model) => model.is_enabled),
    (model) => model.provider_id,
  );
}

/** Which model answers next. */
export function ModelPicker({ chosen, onChoose }: Props) {
  const { data: models } = useModels();
  const { data: presets } = usePresets();
  const current = chosen ?? presets?.items.find((preset) => preset.is_default)?.model.name;
  const known = models?.find((model) => nameOf(model) === current);
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          className="inline-flex min-h-7 max-w-60 items-center gap-1 rounded-md px-2 text-xs text-ink-soft hover:bg-hover"
        >
          <span className="sr-only">{t('model.label')}</span>
          <span className="truncate">
            {known?.display_name ?? known?.provider_model_id ?? current ?? t('model.none')}
          </span>
          <ChevronDown size={13} className="shrink-0" aria-hidden />
        </button>
      }
    >
      {[...byProvider(models ?? [])].map(([provider, list]) => (
        <Fragment key={provider}>
          <MenuLabel>{provider}</MenuLabel>
          {list.map((model) => (
            <MenuItem key={model.id} onSelect={() => onChoose(nameOf(model))}>
              <span className="me-auto">{model.display_name ?? model.provider_model_id}</span>
              {nameOf(model) === current && <Check size={14} aria-label={t('model.chosen')} />}
            </MenuItem>
          ))}
        </Fragment>
      ))}
    </Menu>
  );
}

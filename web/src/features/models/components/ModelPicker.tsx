import { Check, ChevronDown } from 'lucide-react';
import { Fragment } from 'react';
import { toast } from 'sonner';
import { Menu, MenuItem, MenuLabel } from '@/components/Menu';
import type { Model } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { chooseModel, newChat, selectModel, useChatStore } from '@/lib/stores/chatStore';
import { useModels } from '../api/listModels';
import { usePresets } from '../api/listPresets';
import { useSetConversationModel } from '../api/setConversationModel';

type Props = {
  /** Whose model is chosen; a chat that does not exist yet has none. */
  conversationId: string | undefined;
  /** What the conversation itself says, if it does. */
  settled: string | null | undefined;
};

const nameOf = (model: Model) => `${model.provider_id}/${model.provider_model_id}`;

function byProvider(models: Model[]): Map<string, Model[]> {
  return Map.groupBy(
    models.filter((model) => model.is_enabled),
    (model) => model.provider_id,
  );
}

/** Which model answers next. */
export function ModelPicker({ conversationId, settled }: Props) {
  const chosen = useChatStore(selectModel(conversationId ?? newChat));
  const { data: models } = useModels();
  const { data: presets } = usePresets();
  const keep = useSetConversationModel(conversationId ?? '');
  const standard = presets?.items.find((preset) => preset.is_default)?.model.name;
  const current = chosen ?? settled ?? standard;
  const known = models?.find((model) => nameOf(model) === current);
  const choose = (model: string) => {
    chooseModel(conversationId ?? newChat, model);
    if (conversationId !== undefined)
      keep.mutate(model, { onError: (error) => void toast.error(error.message) });
  };
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          className="inline-flex min-h-7 max-w-60 items-center gap-1 rounded-md px-2 text-xs text-ink-soft hover:bg-hover"
        >
          <span className="sr-only">{t('model.label')}</span>
          <span className="truncate">{known?.display_name ?? current ?? t('model.none')}</span>
          <ChevronDown size={13} className="shrink-0" aria-hidden />
        </button>
      }
    >
      {[...byProvider(models ?? [])].map(([provider, list]) => (
        <Fragment key={provider}>
          <MenuLabel>{provider}</MenuLabel>
          {list.map((model) => (
            <MenuItem key={model.id} onSelect={() => choose(nameOf(model))}>
              <span className="me-auto">{model.display_name ?? model.provider_model_id}</span>
              {nameOf(model) === current && <Check size={14} aria-label={t('model.chosen')} />}
            </MenuItem>
          ))}
        </Fragment>
      ))}
    </Menu>
  );
}

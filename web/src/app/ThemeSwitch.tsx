import { Monitor, Moon, Sun } from 'lucide-react';
import { IconButton } from '@/components/IconButton';
import { useUpdateConfig } from '@/features/appearance/api/updateConfig';
import { t } from '@/lib/i18n/t';
import { setTheme, useUiSession } from '@/lib/stores/uiSessionStore';

const next = { system: 'light', light: 'dark', dark: 'system' } as const;
const icons = { system: Monitor, light: Sun, dark: Moon };

/** Goes through system, light and dark. */
export function ThemeSwitch() {
  const theme = useUiSession((state) => state.theme);
  const update = useUpdateConfig();
  const Icon = icons[theme];
  const onClick = () => {
    setTheme(next[theme]);
    update.mutate({ 'app.theme': next[theme] });
  };
  return (
    <IconButton label={t('appearance.switch', { theme: t(`appearance.${theme}`) })} onClick={onClick}>
      <Icon size={16} aria-hidden />
    </IconButton>
  );
}

import { AppearancePage } from '@/features/appearance/components/AppearancePage';
import { t } from '@/lib/i18n/t';
import { SettingsFrame } from './SettingsFrame';

export function SettingsAppearance() {
  return (
    <SettingsFrame title={t('settings.appearance')}>
      <AppearancePage />
    </SettingsFrame>
  );
}

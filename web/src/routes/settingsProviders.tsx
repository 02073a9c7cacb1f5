import { ProvidersPage } from '@/features/models/components/ProvidersPage';
import { t } from '@/lib/i18n/t';
import { SettingsFrame } from './SettingsFrame';

export function SettingsProviders() {
  return (
    <SettingsFrame title={t('settings.providers')}>
      <ProvidersPage />
    </SettingsFrame>
  );
}

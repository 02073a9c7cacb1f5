import { ProjectsPage } from '@/features/projects/components/ProjectsPage';
import { t } from '@/lib/i18n/t';
import { SettingsFrame } from './SettingsFrame';

export function SettingsProjects() {
  return (
    <SettingsFrame title={t('settings.projects')}>
      <ProjectsPage />
    </SettingsFrame>
  );
}

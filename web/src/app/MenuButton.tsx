import { Menu } from 'lucide-react';
import { IconButton } from '@/components/IconButton';
import { t } from '@/lib/i18n/t';
import { openSidebar } from '@/lib/stores/uiSessionStore';

/** Opens the sidebar where there is no room for it. */
export function MenuButton() {
  return (
    <IconButton label={t('sidebar.open')} onClick={openSidebar} className="md:hidden">
      <Menu size={17} aria-hidden />
    </IconButton>
  );
}

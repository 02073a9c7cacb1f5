import { Link } from '@tanstack/react-router';
import { FolderGit2 } from 'lucide-react';
import { t } from '@/lib/i18n/t';
import { useProjects } from '../api/listProjects';

/** Says that there is nothing to read yet, and how to change that; nothing once there is. */
export function ProjectNotice() {
  const { data } = useProjects();
  if (data?.items.length !== 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-muted">
      <p className="min-w-52 flex-1">{t('first.noProject')}</p>
      <Link
        to="/settings/projects"
        className="inline-flex min-h-8 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-3 text-sm font-medium text-ink hover:bg-hover"
      >
        <FolderGit2 size={14} aria-hidden />
        {t('projects.add')}
      </Link>
    </div>
  );
}

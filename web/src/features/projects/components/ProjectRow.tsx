import { FolderGit2, Trash2 } from 'lucide-react';
import { ErrorCard } from '@/components/ErrorCard';
import { IconButton } from '@/components/IconButton';
import type { Project } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { useDeleteProject } from '../api/deleteProject';

/** A project and where it is. */
export function ProjectRow({ project }: { project: Project }) {
  const remove = useDeleteProject();
  return (
    <li className="grid gap-2 p-3">
      <div className="flex items-center gap-3">
        <FolderGit2 size={16} className="shrink-0 text-moss" aria-hidden />
        <div className="me-auto min-w-0">
          <p className="text-sm font-medium">{project.name}</p>
          <p className="truncate font-mono text-2xs text-muted">{project.root_directory}</p>
        </div>
        <IconButton
          label={t('projects.remove', { name: project.name })}
          onClick={() => remove.mutate(project.id)}
          disabled={remove.isPending}
        >
          <Trash2 size={15} aria-hidden />
        </IconButton>
      </div>
      {remove.error && <ErrorCard error={remove.error} />}
    </li>
  );
}

import { ErrorCard } from '@/components/ErrorCard';
import { Skeleton } from '@/components/Skeleton';
import { t } from '@/lib/i18n/t';
import { useProjects } from '../api/listProjects';
import { AddProject } from './AddProject';
import { ProjectRow } from './ProjectRow';

/** The directories that agents may work in. */
export function ProjectsPage() {
  const { data, error, isPending, refetch } = useProjects();
  return (
    <div className="grid gap-4">
      <p className="max-w-prose text-sm text-muted">{t('projects.explain')}</p>
      <AddProject />
      {isPending && <Skeleton lines={3} />}
      {error && <ErrorCard error={error} onRetry={() => void refetch()} />}
      {data?.items.length === 0 && <p className="text-sm text-muted">{t('projects.empty')}</p>}
      {data && data.items.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
          {data.items.map((project) => (
            <ProjectRow key={project.id} project={project} />
          ))}
        </ul>
      )}
    </div>
  );
}

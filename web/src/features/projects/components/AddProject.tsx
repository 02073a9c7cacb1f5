import { type FormEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { Field } from '@/components/Field';
import { t } from '@/lib/i18n/t';
import { useCreateProject } from '../api/createProject';

/** Registers a repository by its path. */
export function AddProject() {
  const [path, setPath] = useState('');
  const create = useCreateProject();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(path.trim(), { onSuccess: () => setPath('') });
  };
  return (
    <form onSubmit={submit} className="grid gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <Field
          className="min-w-60 flex-1"
          label={t('projects.path')}
          required
          placeholder="/home/me/repository"
          value={path}
          onChange={(event) => setPath(event.target.value)}
        />
        <Button
          kind="primary"
          type="submit"
          className="min-h-9"
          disabled={create.isPending || path.trim() === ''}
        >
          {t('projects.add')}
        </Button>
      </div>
      {create.error && <ErrorCard error={create.error} />}
    </form>
  );
}

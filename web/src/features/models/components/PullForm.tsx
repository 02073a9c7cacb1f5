import { CircleCheck } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { Field } from '@/components/Field';
import type { Provider } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { type Pull, usePullModel } from '../api/pullModel';

/** Downloads a model to the machine of an Ollama. */
export function PullForm({ provider }: { provider: Provider }) {
  const [model, setModel] = useState('');
  const { pull, start, stop } = usePullModel(provider.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start(model.trim());
  };
  return (
    <form onSubmit={submit} className="grid gap-2">
      <div className="flex items-end gap-2">
        <Field
          label={t('pull.model')}
          className="grow"
          required
          maxLength={256}
          placeholder="llama3.2"
          value={model}
          disabled={pull.state === 'running'}
          onChange={(event) => setModel(event.target.value)}
        />
        {pull.state === 'running' ? (
          <Button onClick={stop}>{t('pull.stop')}</Button>
        ) : (
          <Button type="submit">{t('pull.start')}</Button>
        )}
      </div>
      <Progress pull={pull} />
    </form>
  );
}

function Progress({ pull }: { pull: Pull }) {
  if (pull.state === 'idle') return null;
  if (pull.state === 'failed') return <ErrorCard error={pull.error} />;
  if (pull.state === 'done') {
    return (
      <p role="status" className="flex items-center gap-2 text-sm text-moss">
        <CircleCheck size={15} aria-hidden />
        {t('pull.done')}
      </p>
    );
  }
  const { status, completed, total } = pull.event ?? {};
  const measured = total ? { value: completed ?? 0, max: total } : {};
  return (
    <div className="grid gap-1">
      <progress aria-label={t('pull.progress')} className="w-full accent-moss" {...measured} />
      <p className="font-mono text-2xs text-muted">{status ?? t('connect.testing')}</p>
    </div>
  );
}

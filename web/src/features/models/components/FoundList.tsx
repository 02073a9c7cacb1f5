import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { WithCode } from '@/components/WithCode';
import type { FoundProvider } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { type Connection, useConnectProvider } from '../api/connectProvider';
import { useFoundProviders } from '../api/findProviders';

const draftOf = (found: FoundProvider) => ({
  id: undefined,
  kind: found.kind,
  name: found.display_name,
  baseUrl: found.base_url ?? '',
  apiKey: '',
  keyVariable: found.key_variable ?? undefined,
});

const whereOf = (found: FoundProvider) =>
  found.key_variable
    ? t('found.key', { variable: found.key_variable })
    : t('found.server', { count: found.models ?? 0, url: found.base_url ?? '' });

/** What the server found by itself, each to be connected with one press; nothing when there is nothing. */
export default function FoundList({ onConnected }: { onConnected: (connection: Connection) => void }) {
  const { data, error, isPending, refetch } = useFoundProviders();
  const connect = useConnectProvider();
  // Once something is connected the list may be gone, and a callback of `mutate` with it. An error
  // is shown below.
  const use = (found: FoundProvider) =>
    void connect.mutateAsync(draftOf(found)).then(onConnected, () => undefined);
  if (isPending) {
    return (
      <p role="status" className="text-sm text-muted">
        {t('found.looking')}
      </p>
    );
  }
  if (error) return <ErrorCard error={error} onRetry={() => void refetch()} />;
  if (data.length === 0 && !connect.error) return null;
  return (
    <section aria-label={t('found.title')} className="grid gap-1.5">
      <p className="text-xs font-medium text-ink-soft">{t('found.title')}</p>
      <ul className="grid gap-px rounded-md border border-line">
        {data.map((found) => (
          <li
            key={`${found.source} ${found.display_name}`}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5 text-sm"
          >
            <span className="me-auto min-w-0 [overflow-wrap:anywhere]">
              <WithCode text={whereOf(found)} />
            </span>
            <Button onClick={() => use(found)} disabled={connect.isPending}>
              {t('found.use', { name: found.display_name })}
            </Button>
          </li>
        ))}
      </ul>
      {connect.error && <ErrorCard error={connect.error} />}
    </section>
  );
}

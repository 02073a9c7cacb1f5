import { type FormEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { classes } from '@/components/classes';
import { ErrorCard } from '@/components/ErrorCard';
import { Field } from '@/components/Field';
import type { Provider } from '@/lib/api/types';
import { t } from '@/lib/i18n/t';
import { type Connection, useConnectProvider } from '../api/connectProvider';
import { type Place, places } from '../places';
import FoundList from './FoundList';
import { ModelChoice } from './ModelChoice';
import { TestResult } from './TestResult';

type Fields = { name: string; baseUrl: string; apiKey: string };

const fieldsOf = (place: Place): Fields => ({ name: place.name, baseUrl: place.baseUrl, apiKey: '' });

/** The place that a provider is of, as far as its kind tells. */
const placeOf = (provider: Provider | undefined) => places.find(({ kind }) => kind === provider?.kind);

const fieldsAt = (provider: Provider, place: Place): Fields => ({
  name: provider.display_name,
  baseUrl: provider.base_url ?? place.baseUrl,
  apiKey: '',
});

/** A provider in three steps: where, does it answer, which of its models. */
export function ConnectForm({ onDone, made }: { onDone: () => void; made?: Connection | undefined }) {
  const [place, setPlace] = useState<Place>(() => placeOf(made?.provider) ?? (places[2] as Place));
  const [fields, setFields] = useState(() => (made ? fieldsAt(made.provider, place) : fieldsOf(place)));
  const [connection, setConnection] = useState(made);
  const connect = useConnectProvider();
  const choose = (next: Place) => {
    setPlace(next);
    setFields(fieldsOf(next));
    setConnection(undefined);
    connect.reset();
  };
  const take = (found: Connection) => {
    const next = placeOf(found.provider) ?? place;
    setPlace(next);
    setFields(fieldsAt(found.provider, next));
    setConnection(found);
  };
  const set = (part: Partial<Fields>) => setFields({ ...fields, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const id = connection?.provider.kind === place.kind ? connection.provider.id : undefined;
    connect.mutate({ id, kind: place.kind, ...fields }, { onSuccess: setConnection });
  };
  if (connection?.test.ok) {
    return (
      <ModelChoice provider={connection.provider} models={connection.test.models ?? []} onDone={onDone} />
    );
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      {!connection && <FoundList onConnected={take} />}
      <fieldset className="grid gap-1.5">
        <legend className="mb-1.5 text-xs font-medium text-ink-soft">{t('connect.where')}</legend>
        <div className="grid grid-cols-2 gap-1.5 sm:grid-cols-3">
          {places.map((other) => (
            <button
              key={other.id}
              type="button"
              aria-pressed={other === place}
              onClick={() => choose(other)}
              className={classes(
                'min-h-9 rounded-md border px-2 text-sm',
                other === place
                  ? 'border-moss bg-moss-wash font-medium'
                  : 'border-line-strong hover:bg-hover',
              )}
            >
              {other.name}
            </button>
          ))}
        </div>
      </fieldset>
      <Field
        label={t('connect.name')}
        value={fields.name}
        required
        maxLength={64}
        onChange={(e) => set({ name: e.target.value })}
      />
      <Field
        label={t('connect.baseUrl')}
        hint={t('connect.baseUrlHint')}
        type="url"
        required
        value={fields.baseUrl}
        onChange={(event) => set({ baseUrl: event.target.value })}
      />
      <Field
        label={t('connect.key')}
        hint={place.needsKey ? t('connect.keyHint') : t('connect.keyOptional')}
        type="password"
        autoComplete="off"
        required={place.needsKey}
        value={fields.apiKey}
        onChange={(event) => set({ apiKey: event.target.value })}
      />
      {connection?.keyRemoved && <p className="text-sm text-rust">{t('connect.keyRemoved')}</p>}
      {connection && <TestResult test={connection.test} />}
      {connect.error && <ErrorCard error={connect.error} />}
      <div>
        <Button kind="primary" type="submit" disabled={connect.isPending}>
          {connect.isPending ? t('connect.testing') : t('connect.test')}
        </Button>
      </div>
    </form>
  );
}

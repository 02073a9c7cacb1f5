import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { ErrorCard } from '@/components/ErrorCard';
import { Field } from '@/components/Field';
import { WithCode } from '@/components/WithCode';
import { Wordmark } from '@/components/Wordmark';
import { accept } from '@/lib/api/credentials';
import { t } from '@/lib/i18n/t';
import { linkLogin } from '../api/linkLogin';
import { tokenLogin } from '../api/tokenLogin';

/** A token of an API key or a login has this form; a code of a link is only its characters. */
async function login(text: string): Promise<void> {
  const code = /[#&?]code=([^&\s]+)/.exec(text)?.[1];
  if (code !== undefined) {
    await linkLogin(code);
    accept();
    return;
  }
  const isToken = await tokenLogin(text).then(
    () => true,
    () => false,
  );
  if (!isToken) await linkLogin(text);
  accept(isToken ? text : undefined);
}

export function LoginPage({ error }: { error?: unknown }) {
  const [text, setText] = useState('');
  const attempt = useMutation({ mutationFn: login });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') attempt.mutate(text.trim());
  };
  const failure = attempt.error ?? error;
  return (
    <main className="grid h-full place-items-center overflow-y-auto p-6">
      <form onSubmit={submit} className="grid w-full max-w-sm gap-4">
        <Wordmark />
        <h1 className="font-serif text-xl font-semibold">{t('login.title')}</h1>
        <p className="text-sm text-ink-soft">
          <WithCode text={t('login.explain')} />
        </p>
        <Field
          label={t('login.field')}
          hint={t('login.hint')}
          type="password"
          autoComplete="off"
          autoFocus
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button kind="primary" type="submit" disabled={attempt.isPending || text.trim() === ''}>
          {t('login.submit')}
        </Button>
        {failure ? <ErrorCard error={failure} /> : null}
      </form>
    </main>
  );
}

import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeAll, expect, it, vi } from 'vitest';
import type { Provider } from '@/lib/api/types';
import { renderWith, serve } from '@/test/render';
import { changeOf } from './api/updateProvider';
import { ProviderRow } from './components/ProviderRow';

const provider = {
  id: 'local',
  kind: 'openai_compatible',
  display_name: 'Local',
  base_url: 'http://127.0.0.1:1/v1',
  secret_ref: 'secret://provider/local',
} as Provider;

const model = (name: string, is_enabled: boolean) => ({
  id: name,
  provider_id: 'local',
  provider_model_id: name,
  display_name: null,
  is_enabled,
});

beforeAll(() => {
  HTMLDialogElement.prototype.showModal ??= vi.fn<() => void>();
  HTMLDialogElement.prototype.close ??= vi.fn<() => void>();
});

function show(answers: Record<string, unknown>) {
  const models = [model('small', true), model('large', false), { ...model('x', true), provider_id: 'other' }];
  const server = serve({ 'GET /api/models/list': { items: models }, ...answers });
  vi.stubGlobal('fetch', server.answer);
  renderWith(<ProviderRow provider={provider} />);
  const bodyOf = (path: string) => server.sent.find(({ name }) => name === `POST ${path}`)?.body;
  return { ...server, bodyOf };
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name, hidden: true }));

it('sends what was changed and nothing else', async () => {
  const { bodyOf } = show({ 'POST /api/providers/local/update': { ...provider, key_removed: false } });
  press('Change Local');
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Mine' } });
  press('Save');
  await waitFor(() => expect(bodyOf('/api/providers/local/update')).toEqual({ display_name: 'Mine' }));
  await waitFor(() => expect(screen.queryByLabelText('Name')).toBeNull());
});

it('stays open and says so when the new address has cost the key', async () => {
  show({ 'POST /api/providers/local/update': { ...provider, key_removed: true } });
  press('Change Local');
  fireEvent.change(screen.getByLabelText('Base URL'), { target: { value: 'http://127.0.0.1:2/v1' } });
  press('Save');
  await screen.findByText(/The key was removed/);
});

it('switches a model of this provider', async () => {
  const { bodyOf } = show({ 'POST /api/providers/local/models/switch': model('large', true) });
  press('Change Local');
  const large = await screen.findByLabelText<HTMLInputElement>('large');
  expect(screen.getByLabelText<HTMLInputElement>('small').checked).toBe(true);
  expect(screen.queryByLabelText('x')).toBeNull();
  expect(large.checked).toBe(false);
  fireEvent.click(large);
  await waitFor(() =>
    expect(bodyOf('/api/providers/local/models/switch')).toEqual({ model: 'large', is_enabled: true }),
  );
});

it('removes a provider only after a second word', async () => {
  const { bodyOf, sent } = show({ 'POST /api/providers/local/delete': {} });
  press('Remove Local');
  press('Keep it');
  expect(sent.some(({ name }) => name.endsWith('/delete'))).toBe(false);
  press('Remove Local');
  press('Remove it');
  await waitFor(() => expect(sent.some(({ name }) => name.endsWith('/delete'))).toBe(true));
  expect(bodyOf('/api/providers/local/update')).toBeUndefined();
});

it('knows an address that was emptied from one that stayed', () => {
  const same = { name: 'Local', baseUrl: 'http://127.0.0.1:1/v1', apiKey: '' };
  expect(changeOf(provider, same)).toEqual({});
  expect(changeOf(provider, { ...same, baseUrl: '', apiKey: 'k' })).toEqual({ base_url: null, api_key: 'k' });
});

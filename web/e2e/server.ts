import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the tests need a running server`);
  return value;
}

/** Where the server under test serves. */
export const url = variable('WEALD_URL').replace(/\/$/, '');

/** A token the server takes. */
export const token = variable('WEALD_TOKEN');

/** Asks the server directly. */
export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}

/** A git repository with one file, registered as a project. */
export async function registerProject(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'weald-e2e-'));
  writeFileSync(join(root, 'hello.txt'), 'hello from the forest\n');
  execFileSync('git', ['init', '-q', root]);
  await ask('/api/projects/create', { kind: 'repository', root_directory: root });
  return root;
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, launch, violations, visit } from './browser';
import { registerProject } from './server';

const shots = process.env.WEALD_SCREENSHOTS ?? join(import.meta.dirname, 'screenshots');
const text = [
  '## What changed\n\nThe **journal** has a group commit, see [the notes](https://example.org/notes).\n\n',
  '1. `store`: fenced append\n2. `engine`: parks while a person is asked\n\n',
  '```rust\nfn main() {\n    println!("hello"); // a comment\n}\n```\n\n',
  '| crate | lines |\n|---|---:|\n| domain | 2512 |\n| store | 4120 |\n\n> Text is stored once.\n',
];
const acts = [
  { think: 'I look at the files first.' },
  ...text.map((say) => ({ say })),
  { tool: 'fs_list', args: { path: '.' } },
  { say: 'Done.' },
];
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const pages = {
  first: '/',
  providers: '/settings/providers',
  projects: '/settings/projects',
  appearance: '/settings/appearance',
};

describe('every page', () => {
  let browser: Browser;
  let chat = '/';
  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    browser = await launch();
    await registerProject();
    const { context, open } = await visit(browser);
    const page = await open('/');
    await begin(page, acts);
    await page.getByRole('region', { name: 'The agent asks for permission' }).waitFor();
    chat = new URL(page.url()).pathname;
    await context.close();
  });
  afterAll(() => browser.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries(sizes)) {
      it(`is accessible, ${colorScheme} on a ${size}`, async () => {
        const { context, complaints, open } = await visit(browser, { colorScheme, viewport });
        for (const [name, path] of Object.entries({ ...pages, chat })) {
          const page = await open(path);
          await page.getByRole('heading', { level: 1 }).waitFor();
          if (name === 'chat') await page.getByRole('button', { name: 'Allow once' }).waitFor();
          await expect.poll(() => page.locator('.skeleton').count()).toBe(0);
          await page.screenshot({ path: join(shots, `${name}-${colorScheme}-${size}.png`) });
          expect(await violations(page), name).toEqual([]);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - window.innerWidth,
          );
          expect(overflow, `${name} is wider than the screen`).toBeLessThanOrEqual(0);
          await page.close();
        }
        expect(complaints).toEqual([]);
        await context.close();
      });
    }
  }

  it('has a help sheet and a theme switch that a key and a click reach', async () => {
    const { context, open } = await visit(browser, { colorScheme: 'light' });
    const page = await open('/settings/appearance');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Dark' }).click();
    await expect
      .poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor))
      .toBe('rgb(19, 22, 19)');
    await page.reload();
    await page.getByRole('button', { name: 'Dark', pressed: true }).waitFor();
    await page.getByRole('button', { name: 'System' }).click();
    await page.keyboard.press('c');
    await page.getByLabel('Your message').waitFor();
    await context.close();
  });
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, launch, visit } from './browser';
import { ask } from './server';

type Listed = { items: { id: string; title: string | null }[] };

describe('the conversation list', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  const titles = async () => (await ask<Listed>('/api/conversations/list')).items.map(({ title }) => title);
  const row = (page: Page, name: string) =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('listitem').filter({ hasText: name });

  it('renames, deletes with an undo, and deletes for good', async () => {
    const { context, complaints, open } = await visit(browser);
    const page = await open('/');
    const before = (await titles()).length;
    const title = `Waldkauz 🦉 ${Date.now()}`;
    await begin(page, [{ say: 'listed' }]);
    expect(await titles()).toHaveLength(before + 1);

    const current = page.getByRole('navigation', { name: 'Main' }).locator('li:has([aria-current="page"])');
    await current.hover();
    await current.getByRole('button').click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByLabel('Title').fill(title);
    await page.keyboard.press('Enter');
    await row(page, title).waitFor();
    await expect.poll(titles).toContain(title);

    const remove = async () => {
      await row(page, title).hover();
      await row(page, title).getByRole('button').click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await expect.poll(() => row(page, title).count()).toBe(0);
    };
    await remove();
    await page.getByRole('button', { name: 'Undo' }).click();
    // It gives the focus back when it goes, which would close the menu.
    await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
    await row(page, title).waitFor();
    expect(await titles()).toContain(title);

    await remove();
    expect(await titles()).toContain(title);
    await expect.poll(titles, { timeout: 15_000 }).not.toContain(title);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('has no row for a conversation in which nothing was said', async () => {
    const { context, open } = await visit(browser);
    const before = await titles();
    const page = await open('/');
    await page.getByLabel('Your message').fill('not sent');
    expect(await titles()).toEqual(before);
    await context.close();
  });

  it('an unknown conversation is an error with its trace id', async () => {
    const { context, open } = await visit(browser);
    const page = await open('/c/0190b0f0-0000-7000-8000-00000000dead');
    await page
      .getByRole('alert')
      .getByText(/^trace /)
      .waitFor();
    await context.close();
  });
});

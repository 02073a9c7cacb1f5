import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, expectAnswer, launch, say, visit } from './browser';
import { registerProject } from './server';

const acts = [{ tool: 'fs_list', args: { path: '.' } }, { say: 'That is all.' }];

describe('a call that needs permission', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
    await registerProject();
  });
  afterAll(() => browser.close());
  const card = (page: Page) => page.getByRole('region', { name: 'The agent asks for permission' });

  it('runs once when it is allowed once, with a key', async () => {
    const { context, complaints, open } = await visit(browser);
    const page = await open('/');
    await begin(page, acts);
    await card(page).waitFor();
    await page.getByText('needs you').first().waitFor();
    // The question is durable: it is still there after a load.
    await page.reload();
    await card(page).focus();
    await page.keyboard.press('a');
    await expectAnswer(page, 'That is all.');
    await page.locator('[data-tool="fs_list"] summary').first().click();
    await page.getByText('hello.txt').first().waitFor();

    await say(page, JSON.stringify(acts));
    await card(page).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('does not run when it is denied, and the reason is kept', async () => {
    const { context, open } = await visit(browser);
    const page = await open('/');
    await begin(page, acts);
    await card(page).focus();
    await page.keyboard.press('d');
    await page.getByLabel('Why not? (optional, the agent reads it)').fill('not today');
    await page.keyboard.press('Enter');
    await expectAnswer(page, 'That is all.');
    await page.locator('[data-tool="fs_list"]').getByText('denied').waitFor();
    expect(await page.getByText('hello.txt').count()).toBe(0);
    await context.close();
  });

  it('is not asked again in a conversation where it is allowed', async () => {
    const { context, open } = await visit(browser);
    const page = await open('/');
    await begin(page, acts);
    await page.getByRole('button', { name: 'Allow in this conversation' }).click();
    await expectAnswer(page, 'That is all.');
    await say(page, JSON.stringify(acts));
    await expect.poll(() => page.locator('[data-tool="fs_list"]').getByText('done').count()).toBe(2);
    expect(await card(page).count()).toBe(0);
    await context.close();
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, launch, visit } from './browser';
import { token, url } from './server';

describe('a newcomer', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  it('finds the cursor in the composer, the built-in model, four examples and a way to connect a model', async () => {
    const { context, complaints, open } = await visit(browser);
    const page = await open('/');
    await page.getByText('Planner (no model)').waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
    expect(await page.getByRole('list', { name: 'Examples' }).getByRole('button').count()).toBe(4);
    await page.getByText('No language model is connected').waitFor();
    await page.getByRole('button', { name: 'Connect a model' }).click();
    await page.getByRole('dialog').getByText('Where does the model run?').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('gets an answer to an example with one click within five seconds', async () => {
    const { context, open } = await visit(browser);
    const page = await open('/');
    const begun = Date.now();
    await page.getByRole('button', { name: 'What can you do?' }).click();
    await answer(page).waitFor({ timeout: 5000 });
    expect(Date.now() - begun).toBeLessThan(5000);
    await context.close();
  });

  it('who is not known logs in with a token', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    await page.getByLabel('Login link, code or token').fill('not-a-code');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Login link, code or token').fill(token);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByLabel('Your message').waitFor();
    await context.close();
  });
});

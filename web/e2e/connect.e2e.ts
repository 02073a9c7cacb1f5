import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAnswer, launch, say, violations } from './browser';
import { ownServer } from './ownServer';
import { standIn } from './standIn';

const binary = process.env.WEALD_BIN;

describe.skipIf(!binary)('connecting a model', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof ownServer>>;
  let model: Awaited<ReturnType<typeof standIn>>;
  beforeAll(async () => {
    browser = await launch();
    server = await ownServer(binary as string);
    model = await standIn('sk-right', ['Leaves ', 'are ', 'green.']);
  });
  afterAll(async () => {
    await browser.close();
    await server.kill('SIGTERM');
    model.close();
  });

  it('says what is wrong, lists the models, and the chosen one answers from then on', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(await server.start());
    await page.getByRole('button', { name: 'Connect a model' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('button', { name: 'vLLM' }).click();
    await form.getByLabel('Base URL').fill('http://127.0.0.1:9/v1');
    await form.getByRole('button', { name: 'Test and list models' }).click();
    await form.getByText('It did not answer').waitFor();

    await form.getByLabel('Base URL').fill(model.url);
    await form.getByLabel('API key').fill('sk-wrong');
    await form.getByRole('button', { name: 'Test and list models' }).click();
    await form.getByText(/Check the key/).waitFor();
    expect(await violations(page)).toEqual([]);

    await form.getByLabel('API key').fill('sk-right');
    await form.getByRole('button', { name: 'Test and list models' }).click();
    await form.getByRole('button', { name: 'forest-1' }).click();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await expect.poll(() => page.getByText('No language model is connected').count()).toBe(0);
    await page.getByRole('button', { name: /^Model:\s*forest-1/ }).waitFor();

    await say(page, 'Which colour have leaves?');
    await expectAnswer(page, 'Leaves are green.');

    await page.goto(`${new URL(page.url()).origin}/settings/providers`);
    await page.getByText('vllm/forest-1').waitFor();
    expect(await page.content()).not.toContain('sk-right');
    await context.close();
  });
});

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

describe.skipIf(!binary)('a model that is there already', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof ownServer>>;
  let model: Awaited<ReturnType<typeof standIn>>;
  beforeAll(async () => {
    browser = await launch();
    model = await standIn(undefined, ['Roots ', 'are ', 'brown.']);
    const place = new URL(model.url).host;
    server = await ownServer(binary as string, { OLLAMA_HOST: place, OPENAI_API_KEY: 'sk-canary-77aa' });
  });
  afterAll(async () => {
    await browser.close();
    await server.kill('SIGTERM');
    model.close();
  });

  it('is offered on the first screen and answers after two presses, without a mouse', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(await server.start());
    const found = page.getByRole('region', { name: 'Found by itself' });
    await found.getByText('OPENAI_API_KEY').waitFor();
    await found.getByText('2 models at').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.content()).not.toContain('sk-canary-77aa');

    await found.getByRole('button', { name: 'Use Ollama' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'forest-2' }).press('Enter');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await expect.poll(() => found.count()).toBe(0);
    await page.getByRole('button', { name: /^Model:\s*forest-2/ }).waitFor();
    await say(page, 'Which colour have roots?');
    await expectAnswer(page, 'Roots are brown.');
    await context.close();
  });
});

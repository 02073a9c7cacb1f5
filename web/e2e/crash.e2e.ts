import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, begin, counted, expectAnswer, launch } from './browser';
import { ownServer } from './ownServer';

const binary = process.env.WEALD_BIN;

describe.skipIf(!binary)('a server that is killed', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof ownServer>>;
  beforeAll(async () => {
    browser = await launch();
    server = await ownServer(binary as string);
  });
  afterAll(async () => {
    await browser.close();
    await server.kill('SIGTERM');
  });

  it('lets in who opens its login link, and has every character when it is back', async () => {
    const link = await server.start();
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(link);
    await page.getByLabel('Your message').waitFor();
    expect(new URL(page.url()).hash).toBe('');

    await begin(page, [{ count: 2000, delay_ms: 10 }]);
    await expect.poll(async () => (await answer(page).textContent()) ?? '').toContain(' 40 ');
    await server.kill();
    await page.getByText('The server does not answer. Trying again…').waitFor();
    const seen = (await answer(page).textContent())?.trim() ?? '';
    expect(counted(2000).startsWith(seen)).toBe(true);

    await server.start();
    // The cookie is still good; the page goes on by itself and says that the answer was cut.
    await page.getByRole('button', { name: 'Continue' }).waitFor();
    await expect.poll(() => page.getByText('The server does not answer. Trying again…').count()).toBe(0);
    const kept = (await answer(page).textContent())?.trim() ?? '';
    expect(kept.startsWith(seen)).toBe(true);
    expect(counted(2000).startsWith(kept)).toBe(true);
    await page.reload();
    await expectAnswer(page, kept);
    await context.close();
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, begin, counted, expectAnswer, launch, visit } from './browser';
import { cuttable } from './cuttable';
import { url } from './server';

describe('an answer that streams', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  it('arrives whole', async () => {
    const { context, complaints, open } = await visit(browser);
    const page = await open('/');
    await begin(page, [{ count: 50, delay_ms: 10 }]);
    await expectAnswer(page, counted(50));
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('loses and doubles nothing when the page is loaded again and again', async () => {
    const { context, open } = await visit(browser);
    const page = await open('/');
    await begin(page, [{ count: 400, delay_ms: 15 }]);
    for (const word of ['20', '90', '170', '260']) {
      await expect
        .poll(async () => (await answer(page).textContent()) ?? '', { timeout: 20_000 })
        .toContain(` ${word} `);
      await page.reload();
    }
    await expectAnswer(page, counted(400));
    await page.reload();
    await expectAnswer(page, counted(400));
    await context.close();
  });

  it('loses and doubles nothing when the network is cut', async () => {
    const wire = await cuttable(url);
    const { context, open } = await visit(browser, {}, wire.url);
    const page = await open('/');
    await begin(page, [{ count: 500, delay_ms: 15 }]);
    for (const word of ['30', '120', '220']) {
      await expect
        .poll(async () => (await answer(page).textContent()) ?? '', { timeout: 20_000 })
        .toContain(` ${word} `);
      wire.cut();
      if (word === '120') await page.getByText('The server does not answer. Trying again…').waitFor();
      wire.mend();
    }
    await expectAnswer(page, counted(500));
    await context.close();
    wire.close();
  });

  it('is the same in two tabs that share one connection', async () => {
    const { context, open } = await visit(browser);
    const first = await open('/');
    await begin(first, [{ count: 300, delay_ms: 15 }]);
    const feeds: string[] = [];
    const second = await open('/settings/appearance');
    second.on('request', (request) => request.url().includes('/api/events') && feeds.push(request.url()));
    await second.goto(first.url());
    await expectAnswer(second, counted(300));
    await expectAnswer(first, counted(300));
    expect(feeds).toEqual([]);

    // The first tab held the connection; the second takes over.
    await first.close();
    await expect.poll(() => feeds.length).toBeGreaterThan(0);
    await second.getByRole('link', { name: 'New conversation', exact: false }).first().click();
    await begin(second, [{ count: 40, delay_ms: 10 }]);
    await expectAnswer(second, counted(40));
    await context.close();
  });

  it('stops with Escape, says so, and is made again with Retry', async () => {
    const { context, open } = await visit(browser);
    const page = await open('/');
    await begin(page, [{ count: 2000, delay_ms: 10 }]);
    await expect.poll(async () => (await answer(page).textContent()) ?? '').toContain(' 20 ');
    await page.getByRole('region', { name: 'Messages' }).press('Escape');
    await page.getByText('Interrupted. What was said is kept.').waitFor();
    const kept = (await answer(page).textContent())?.trim() ?? '';
    expect(counted(2000).startsWith(kept)).toBe(true);
    await page.reload();
    await page.getByText('Interrupted. What was said is kept.').waitFor();
    await expectAnswer(page, kept);

    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await expect.poll(async () => (await answer(page).textContent()) ?? '').toContain(' 5 ');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Interrupted. What was said is kept.').waitFor();
    await context.close();
  });

  it('goes on with Continue from the interrupted message', async () => {
    const { context, open } = await visit(browser);
    const page = await open('/');
    await begin(page, [{ say: 'Half a ' }, { hold: true }]);
    await expectAnswer(page, 'Half a');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Interrupted. What was said is kept.').waitFor();
    const interrupted = await page.locator('[data-role="assistant"]').last().getAttribute('data-message');
    const run = page.waitForRequest((request) => request.url().endsWith('/api/conversations/run'));
    await page.getByRole('button', { name: /^Model:/ }).click();
    await page.getByRole('menuitem', { name: /^Planner/ }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    expect((await run).postDataJSON()).toMatchObject({
      parent_message_id: interrupted,
      input: [{ type: 'text', text: 'Continue.' }],
    });
    await page.locator('[data-role="user"]').getByText('Continue.').waitFor();
    await context.close();
  });

  it('stays in view while it grows, until the reader scrolls up', async () => {
    const { context, open } = await visit(browser);
    const page = await open('/');
    const lines = Array.from({ length: 80 }, (_, at) => ({ say: `- line ${at} of a long answer\n` }));
    await begin(page, [...lines, { count: 400, delay_ms: 10 }]);
    const rest = () =>
      page.getByRole('region', { name: 'Messages' }).evaluate((area) => {
        return Math.round(area.scrollHeight - area.scrollTop - area.clientHeight);
      });
    await expect
      .poll(async () => (await answer(page).textContent()) ?? '', { timeout: 15_000 })
      .toContain(' 60 ');
    expect(await rest()).toBeLessThan(60);
    await page.mouse.move(700, 300);
    await page.mouse.wheel(0, -600);
    await page.getByRole('button', { name: 'Latest' }).waitFor();
    await expect
      .poll(async () => (await answer(page).textContent()) ?? '', { timeout: 15_000 })
      .toContain(' 150 ');
    expect(await rest()).toBeGreaterThan(400);
    await page.getByRole('button', { name: 'Latest' }).click();
    await expect.poll(rest).toBeLessThan(60);
    await expect.poll(() => page.getByRole('button', { name: 'Latest' }).count()).toBe(0);
    await context.close();
  });

  it('that fails says why', async () => {
    const { context, open } = await visit(browser);
    const page = await open('/');
    await begin(page, [{ fail: 'the model fell over' }]);
    await page.getByText('the model fell over').first().waitFor();
    await page.getByRole('button', { name: 'Retry' }).first().waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Retry' }).first().waitFor();
    await context.close();
  });
});

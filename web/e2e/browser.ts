import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { expect } from 'vitest';
import { token, url } from './server';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
}

/** A browser that has logged in, with everything its pages complained about. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}, base = url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  await context.addInitScript((value) => sessionStorage.setItem('weald.token', value), token);
  const complaints: string[] = [];
  const open = async (path: string): Promise<Page> => {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(base + path);
    return page;
  };
  return { context, complaints, open };
}

/** Chooses the model that plays what one writes. */
export async function chooseScript(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Model:/ }).click();
  await page.getByRole('menuitem', { name: 'Script' }).click();
}

/** Says something. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Your message').fill(text);
  await page.keyboard.press('Enter');
}

/** A new conversation with the script model, and what was said to it. */
export async function begin(page: Page, acts: object[]): Promise<void> {
  await page.getByLabel('Your message').waitFor();
  await chooseScript(page);
  await say(page, JSON.stringify(acts));
  await page.waitForURL(/\/c\//);
}

/** The words `1 2 3 …` as the script model counts them. */
export function counted(count: number): string {
  return Array.from({ length: count }, (_, at) => `${at + 1}`).join(' ');
}

/** What the newest answer says. */
export function answer(page: Page) {
  return page.locator('[data-role="assistant"] .prose').last();
}

/** Waits for the newest answer to be exactly this. */
export async function expectAnswer(page: Page, text: string, timeout = 30_000): Promise<void> {
  await expect.poll(async () => (await answer(page).textContent())?.trim(), { timeout }).toBe(text);
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Axe = { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };

/** What axe has to say against a page, by WCAG 2.2 AA. */
export async function violations(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  // Past the content security policy, as a developer's console is.
  await session.send('Runtime.evaluate', { expression: axe });
  const found = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations: list } = await (window as unknown as { axe: Axe }).axe.run({
      runOnly: { type: 'tag', values: tags },
    });
    return list.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
  await session.detach();
  return found;
}

export async function closeAll(contexts: BrowserContext[]): Promise<void> {
  await Promise.all(contexts.map((context) => context.close()));
}

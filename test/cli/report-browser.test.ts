/** The report as a browser shows it: drawn, answering, silent. Left out where there is no chromium. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderWith, holdfast } from './command.ts';

const executablePath = '/usr/bin/chromium';
const isHere = existsSync(executablePath);
if (!isHere) console.log(`left out: a report in a browser: ${executablePath} is not installed`);

const folder = folderWith({});
let browser: Browser;
const runs: string[] = [];

beforeAll(async () => {
  if (!isHere) return;
  const strategy = join(process.cwd(), 'strategies/trend.ts');
  for (const more of [[], ['--slippage', 'bps:2']]) {
    const { stdout } = await holdfast(folder, 'backtest', strategy, '--market', 'builtin:linear', '--from', '2025-10-01', '--to', '2025-11-15', ...more, '--json');
    runs.push((JSON.parse(stdout) as { readonly run: string }).run);
  }
  await holdfast(folder, 'report', runs[0]!, '--out', 'r.html');
  await holdfast(folder, 'report', runs[0]!, '--diff', runs[1]!, '--out', 'd.html');
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}, 120_000);
afterAll(async () => {
  if (isHere) await browser.close();
  rmSync(folder, { recursive: true });
});

interface Shown { readonly page: Page; readonly said: readonly string[] }

async function shown(file: string, look: { readonly width?: number; readonly dark?: boolean } = {}): Promise<Shown> {
  const page = await browser.newPage({ viewport: { width: look.width ?? 1_280, height: 900 }, colorScheme: look.dark === true ? 'dark' : 'light' });
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('request', (request) => { if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) said.push(`asked for ${request.url()}`); });
  await page.goto(pathToFileURL(join(folder, file)).href);
  await page.waitForFunction("document.documentElement.dataset.drawn === 'yes'");
  await page.waitForTimeout(300); // the library draws on the next frames
  return { page, said };
}

/** Colours in a chart that are not its ground: how many pixels of each, largest first. */
const inks = async (page: Page, id: string): Promise<number> => await page.evaluate(`(() => {
  let inked = 0;
  for (const canvas of document.querySelectorAll('#${id} canvas')) {
    if (canvas.width === 0 || canvas.height === 0) continue;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 0 && (Math.abs(data[i] - data[i + 1]) > 40 || Math.abs(data[i + 1] - data[i + 2]) > 40)) inked += 1;
  }
  return inked;
})()`) as number;

const textOf = async (page: Page, id: string): Promise<string> => await page.locator(`#${id}`).textContent() ?? '';

describe.skipIf(!isHere)('a report in a browser', () => {
  it('shows its charts, answers pointer and keyboard, sorts its trades, and says nothing to the console', async () => {
    const { page, said } = await shown('r.html');
    const price = (await page.locator('#price').boundingBox())!;
    const colouredPrice = await inks(page, 'price');
    const colouredEquity = await inks(page, 'equity');
    await page.mouse.move(price.x + price.width / 2, price.y + price.height / 3);
    await page.waitForFunction("document.getElementById('price-facts').textContent !== ''");
    const wide = await textOf(page, 'price-facts');
    await page.locator('#trades tr').first().press('Enter');
    await page.waitForTimeout(300);
    await page.locator('#price').focus();
    await page.keyboard.press('ArrowLeft');
    const near = await textOf(page, 'price-facts');
    await page.keyboard.press('Shift+ArrowLeft');
    const further = await textOf(page, 'price-facts');
    await page.locator('button[data-sort=net]').click();
    const least = await page.locator('#trades tr').first().locator('td').nth(6).textContent();
    const nets = (JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8')) as { readonly trades: { readonly net: readonly number[] } }).trades.net;
    await page.close();

    expect(colouredPrice).toBeGreaterThan(300);
    expect(colouredEquity).toBeGreaterThan(1_000);
    expect(wide).toMatch(/^2025-\d\d-\d\d \d\d:\d\d UTC .*open .*close/);
    expect(near).toMatch(/UTC/);
    expect(further).not.toBe(near);
    expect(Number(least?.replace(',', ''))).toBeCloseTo(Math.min(...nets), 2);
    expect(said).toEqual([]);
  });
  it('is first painted within a second, in the dark too, and on a phone nothing is wider than the screen', async () => {
    const light = await shown('r.html');
    const paint = await light.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") as number;
    const dark = await shown('r.html', { dark: true, width: 390 });
    const ground = await dark.page.evaluate('getComputedStyle(document.body).backgroundColor') as string;
    const width = await dark.page.evaluate('document.documentElement.scrollWidth') as number;
    console.log(`first paint of the report: ${paint.toFixed(0)} ms`);
    await light.page.close();
    await dark.page.close();

    expect(ground).toBe('rgb(20, 23, 27)');
    expect(width).toBeLessThanOrEqual(390);
    expect(paint).toBeGreaterThan(0);
    expect([...light.said, ...dark.said]).toEqual([]);
  });
  it('sets two runs side by side', async () => {
    const { page, said } = await shown('d.html');
    const coloured = await inks(page, 'equity');
    await page.locator('#equity').focus();
    await page.keyboard.press('ArrowLeft');
    const facts = await textOf(page, 'equity-facts');
    await page.close();

    expect(coloured).toBeGreaterThan(1_000);
    expect(facts).toMatch(/A trend [\d.]+ · B trend [\d.]+/);
    expect(said).toEqual([]);
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './source-file.ts';

const CHROMIUM = process.env.PARE_CHROMIUM ?? '/usr/bin/chromium';
const isRequired = process.env.PARE_REQUIRE_ASSETS === '1';

/** The page that the built command writes, in a real browser; needs `npm run build`, as `npm test` does. */
describe.skipIf(!existsSync(CHROMIUM) && !isRequired)('the report page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pare-report-'));
  const page = join(folder, 'report.html');
  let browser: Browser;

  beforeAll(async () => {
    const model = join(root, 'examples', 'strokes', 'strokes-cnn.onnx');
    const command = ['quantize', model, '-o', join(folder, 'int8.onnx'), '--report', page, '--quiet'];
    const data = ['--data', 'synthetic:strokes?samples=40&seed=3', '--samples', '20'];
    execFileSync(process.execPath, [join(root, 'dist', 'cli.mjs'), ...command, ...data]);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    { width: 375, height: 800, colorScheme: 'light' as const },
    { width: 1280, height: 900, colorScheme: 'dark' as const },
  ])('fits $width pixels, asks nothing of the network, breaks none of its own rules', async (view) => {
    const { width, height, colorScheme } = view;
    const tab = await browser.newPage({ viewport: { width, height }, colorScheme });
    const complaints: string[] = [];
    const requests: string[] = [];
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(error.message));
    tab.on('request', (request) => requests.push(request.url()));
    const address = pathToFileURL(page).href;
    await tab.goto(address);

    expect(await tab.title()).toBe('strokes-cnn · pare quantize');
    expect(await tab.locator('h1').count()).toBe(1);
    expect(await tab.getByText('conv7').first().isVisible()).toBe(true);
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [address] });
    await tab.close();
  });
});

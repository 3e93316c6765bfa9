// Walks through the authority's pages in Chromium as an administrator does, and fails at the first thing that is not as it should be.
// node pages.mjs PACKAGES CHROMIUM SITE SCREENSHOTS SERIAL NAME NOTHANKS; the admin token is in POSTERN_TOKEN.
// SERIAL is revoked, the request NAME approved, the request NOTHANKS refused by keyboard.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [packages, executablePath, site, screenshots, serial, name, noThanks] = process.argv.slice(2);
const { chromium } = createRequire(join(packages, 'package.json'))('playwright-core');
const token = process.env.POSTERN_TOKEN;
const pages = ['/', '/certificates', `/certificates/${serial}`, '/requests', '/servers', '/log'];
const complaints = [];

// Chromium's own sandbox does not work for root; it shows nothing but this site.
const browser = await chromium.launch({ executablePath, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });

async function open(options) {
  const context = await browser.newContext({ baseURL: site, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  // A page that is refused says so on the console too; violations of the policy, scripts and missing files are complaints.
  page.on('console', message => complaints.push(`${page.url()}: ${message.text()}`));
  page.on('pageerror', error => complaints.push(`${page.url()}: ${error}`));
  page.on('request', request => { if (!request.url().startsWith(site)) complaints.push(`${page.url()} asks ${request.url()}`); });
  return page;
}

async function logIn(page) {
  await page.goto('/certificates');
  assert.equal(new URL(page.url()).pathname, '/login');
  await page.getByLabel('Admin token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}

async function shoot(page, label) {
  for (const path of pages) {
    await page.goto(path);
    const { wide, unnamed, headings } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      unnamed: [...document.querySelectorAll('input:not([type=hidden]), select')].filter(field => field.labels.length === 0).length,
      headings: document.querySelectorAll('h1').length,
    }));
    assert.equal(wide, 0, `${path} is ${wide} pixels too wide (${label})`);
    assert.equal(unnamed, 0, `${path} has fields without a label`);
    assert.equal(headings, 1, `${path} has ${headings} titles`);
    const file = path === '/' ? 'overview' : path.startsWith('/certificates/') ? 'certificate' : path.slice(1);
    await page.screenshot({ path: join(screenshots, `${file}-${label}.png`), fullPage: true });
  }
}

// Contrast of every text against the body, by the formula of WCAG 2.2: at least 4.5.
async function checkContrast(page, label) {
  for (const path of pages) {
    await page.goto(path);
    const poor = await page.evaluate(() => {
      const light = colour => colour.match(/[\d.]+/g).slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
      const behind = element => {
        for (let at = element; at; at = at.parentElement) {
          const colour = getComputedStyle(at).backgroundColor;
          if (colour !== 'rgba(0, 0, 0, 0)') return colour;
        }
        return 'rgb(255, 255, 255)';
      };
      return [...document.querySelectorAll('body *:not(title, desc)')]
        .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
        .map(element => {
          const style = getComputedStyle(element);
          const [a, b] = [light(element.namespaceURI.endsWith('svg') ? style.fill : style.color), light(behind(element))].sort((x, y) => y - x);
          return { text: element.textContent.slice(0, 40), ratio: (a + 0.05) / (b + 0.05) };
        })
        .filter(found => found.ratio < 4.5);
    });
    assert.deepEqual(poor, [], `${path} is hard to read (${label})`);
  }
}

// The next element that has the focus by the tabulator key alone, and shows that it has.
async function tabTo(page, wanted) {
  for (let press = 0; press < 200; press++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      return { name: element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent, tag: element.tagName,
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 };
    });
    if (at.tag !== 'BODY') assert.ok(at.seen, `The focus on '${at.name}' is not seen.`);
    if (at.name === wanted) return;
  }
  assert.fail(`'${wanted}' is not reached by keyboard on ${page.url()}.`);
}

async function walkByKeyboard() {
  const page = await open({});
  await page.goto('/login');
  await tabTo(page, 'Admin token');
  await page.keyboard.type(token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
  await page.goto('/');
  await tabTo(page, 'Requests');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor();
  await tabTo(page, `Refuse ${noThanks}`);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 2, name: 'Decided' }).waitFor();
  await tabTo(page, 'Log out');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
  await page.context().close();
}

async function administer() {
  const page = await open({ javaScriptEnabled: false });
  await logIn(page);
  await page.goto('/certificates');
  await page.getByLabel('Name or serial').fill(serial.slice(0, 12).toLowerCase());
  await page.getByRole('button', { name: 'Search' }).click();
  assert.equal(await page.locator('tbody tr').count(), 1);
  await page.locator('tbody a').click();
  await page.getByLabel('Reason').selectOption('superseded');
  await page.getByLabel(/first 8 digits/).fill(serial.slice(0, 8));
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.locator('.state', { hasText: 'revoked' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Revoke' }).count(), 0);
  await page.goto('/requests');
  await page.getByRole('region', { name, exact: true }).getByLabel(/^Days/).fill('30');
  await page.getByRole('button', { name: `Approve ${name}` }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.goto('/log');
  await page.getByRole('button', { name: 'Verify the whole log' }).click();
  await page.getByText('The log is whole').waitFor();
  await page.context().close();
}

try {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 320]) {
      const page = await open({ colorScheme, viewport: { width, height: 800 } });
      await page.goto('/login');
      await page.screenshot({ path: join(screenshots, `login-${colorScheme}-${width}.png`) });
      await logIn(page);
      await shoot(page, `${colorScheme}-${width}`);
      if (width === 1280) await checkContrast(page, colorScheme);
      await page.context().close();
    }
  }
  await administer();
  await walkByKeyboard();
  assert.deepEqual(complaints, []);
  console.log('All of it is as it should be.');
} finally {
  await browser.close();
}

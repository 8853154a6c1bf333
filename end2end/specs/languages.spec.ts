// Language of the interface: the one that the browser prefers, or the chosen one.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { expectNoSidewaysScroll, hydrated, open } from '../support/page';

serve('demo users');
test.use({ as: 'admin', locale: 'de-AT' });

const language = (page: Page) => page.locator('select[name=language]');

/** Selects a language in the preferences and saves them. */
async function choose(page: Page, tag: string, button: string): Promise<void> {
  await language(page).selectOption(tag);
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Expects that the page is in a language and was hydrated as the server rendered it. */
async function expectHydratedIn(page: Page, tag: string): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('lang', tag);
  await hydrated(page);
  expect(await page.evaluate(() => performance.getEntriesByName('rendered').length)).toBe(0);
}

test('a page is in the language of the browser, before and after hydration', async ({ page }) => {
  const sent = await page.request.get('/users', { headers: { 'Accept-Language': 'de-AT' } });
  const html = await sent.text();
  for (const text of ['lang="de"', 'Zum Inhalt springen', 'Kontomenü: ']) expect(html).toContain(text);

  await open(page, '/users');
  await expectHydratedIn(page, 'de');
  await expect(page.getByRole('link', { name: 'Zum Inhalt springen' })).toBeAttached();
  await expect(page.getByRole('button', { name: /^Kontomenü: / })).toBeVisible();
  await page.getByRole('button', { name: 'Einklappen', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Ausklappen', exact: true })).toBeVisible();
  await expect(page.locator('thead tr')).toHaveAttribute('data-sort-by', 'Sortieren nach');
});

test('a page that is opened from another one has the same language', async ({ page }) => {
  await open(page, '/account/preferences');
  await page.locator('a[href="/account/password"]').click();
  await expect(page).toHaveURL('/account/password');
  await page.goBack();
  await expect(page.getByLabel('Sprache', { exact: true })).toBeVisible();
});

for (const scripts of [true, false]) {
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: scripts });

    test('a chosen language holds against that of the browser', async ({ page }) => {
      const settled = async (tag: string) => {
        if (scripts) await expectHydratedIn(page, tag);
      };
      await page.goto('/account/preferences');
      await settled('de');
      await expect(page.getByLabel('Sprache', { exact: true })).toHaveValue('auto');
      await choose(page, 'en', 'Speichern');
      await expect(page).toHaveURL('/account/preferences');
      await expect(page.locator('html')).toHaveAttribute('lang', 'en');
      await expect(page.getByLabel('Language', { exact: true })).toHaveValue('en');

      await page.reload();
      await settled('en');
      await expect(page.getByLabel('Language', { exact: true })).toHaveValue('en');
      await expect(page.getByRole('button', { name: 'Dark' })).toBeVisible();

      await choose(page, 'auto', 'Save');
      await expect(page.locator('html')).toHaveAttribute('lang', 'de');
      await expect(page.getByRole('button', { name: 'Dunkel' })).toBeVisible();
    });
  });
}

test('a theme chosen in an older tab keeps the language', async ({ page, context }) => {
  await open(page, '/account/preferences');
  const other = await context.newPage();
  await open(other, '/account/preferences');
  await choose(other, 'en', 'Speichern');
  await expectHydratedIn(other, 'en');

  await page.getByRole('button', { name: 'Dunkel' }).click();
  await other.reload();
  await expectHydratedIn(other, 'en');
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('the theme is still the chosen one in another language', async ({ page }) => {
  await open(page, '/account/preferences');
  await page.getByRole('button', { name: 'Dunkel' }).click();
  await choose(page, 'en', 'Speichern');
  await expectHydratedIn(page, 'en');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('a page that has stopped working says so in its language', async ({ page }) => {
  await open(page, '/account/preferences');
  await page.evaluate(() => dispatchEvent(new Event('rollcall-panic')));
  const banner = page.getByRole('alert').filter({ hasText: 'Diese Seite funktioniert nicht mehr.' });
  await banner.getByRole('link', { name: 'Seite neu laden' }).click();
  await hydrated(page);
  await expect(banner).toBeHidden();
});

test.describe('in another language than that of the browser', () => {
  test.use({ locale: 'en-US' });

  test('times have the format of the language', async ({ page }) => {
    await open(page, '/account/preferences');
    await choose(page, 'de', 'Save');
    await expectHydratedIn(page, 'de');
    await open(page, '/account/sessions');
    const times = page.getByRole('main').locator('time');
    // Such as "28. Nov. 2026, 19:03 UTC+5:45".
    const exactly = /^\d{1,2}\. (Jan\.|Feb\.|März|Apr\.|Mai|Juni|Juli|Aug\.|Sept\.|Okt\.|Nov\.|Dez\.) \d{4}, \d{2}:\d{2} UTC/;
    await expect(times.first()).toHaveAttribute('title', exactly);
    await expect(times.last()).toHaveAttribute('title', exactly);
    await expect(times.last()).toHaveText(/^in \d+ (Minuten?|Stunden?|Tag(en)?|Monat(en)?)$/);
  });
});

test('longer texts have room', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, '/account/preferences');
  await choose(page, 'en-XA', 'Speichern');
  await expectHydratedIn(page, 'en-XA');
  await expect(page.getByLabel('Láñgüágé~~~', { exact: true })).toBeVisible();
  await expectNoSidewaysScroll(page);
});

test('devices are described in the language of the page', async ({ page, database }) => {
  await database.rows(`
    update sessions set device = 'Firefox on Linux' where user_id = (select id from users where username = 'admin')`);
  await open(page, '/account/sessions');
  await expect(page.locator('.records tbody th').first()).toContainText('Firefox (Linux)');
  await open(page, '/sessions?user=admin');
  await expect(page.locator('tbody .cell-device').first()).toContainText('Firefox (Linux)');
});

test('without its texts a page works as without scripts', async ({ page, browserWatch }) => {
  browserWatch.expectBreakage(/Failed to load resource/);
  await page.route('**/texts-de.*', (route) => route.abort());
  const failed = page.waitForEvent('requestfailed');
  await page.goto('/account/preferences');
  await failed;
  await choose(page, 'en', 'Speichern');
  await expectHydratedIn(page, 'en');
});

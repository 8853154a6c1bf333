// Every screen at widths between a phone and a desktop, including 1280 px at 200 % zoom: no squeezed text, no overflow.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { expectNoSidewaysScroll } from '../support/page';
import { join } from '../support/selection';
import { brokenWords, squeezed } from '../support/text';

serve('demo users', { ALLOW_REGISTRATION: 'true', ALLOW_ACCOUNT_DELETION: 'true' });
// The server renders all of it.
test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

/** Some screens respond with the reason why a feature is disabled or an action is not possible. */
test.beforeEach(({ browserWatch }) => browserWatch.expectBreakage(/responded with a status of (403|409|503)/));

const WIDTHS = [640, 700, 768, 800, 900, 1100];

async function expectRoom(page: Page, paths: string[]): Promise<void> {
  for (const path of paths) {
    await test.step(path, async () => {
      await page.goto(path);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        expect.soft(await squeezed(page), `${path} at ${width} px`).toEqual([]);
        await expectNoSidewaysScroll(page);
      }
    });
  }
}

test.describe('an administrator', () => {
  test.use({ as: 'admin' });

  for (const name of ['test-member', 'test-suspended', 'test-pending']) {
    test(`the name of ${name} has at most two lines, beside what can be done or above it`, async ({ page }) => {
      await page.goto(`/users/${name}`);
      const heading = page.getByRole('heading', { level: 1 });
      const line = await heading.evaluate((heading) => parseFloat(getComputedStyle(heading).lineHeight));
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const { height } = (await heading.boundingBox())!;
        expect(height, `at ${width} px`).toBeLessThanOrEqual(2 * line + 1);
        const { right, inside } = await page.locator('.user-text .badge').first().evaluate((badge) => ({
          right: badge.getBoundingClientRect().right,
          inside: badge.closest('.user-text')!.getBoundingClientRect().right,
        }));
        expect(right, `the badge at ${width} px`).toBeLessThanOrEqual(inside + 1);
        await expectNoSidewaysScroll(page);
      }
    });
  }

  test('a long name wraps between words, and what can be done moves below it', async ({ page, database }) => {
    const name = 'Donna Elisabeth Thompson-Fitzgerald';
    await database.rows('update users set display_name = $1 where username = $2', [name, 'test-member']);
    await page.goto('/users/test-member');
    const heading = page.getByRole('heading', { level: 1 });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const { lines, broken } = await heading.evaluate((heading) => {
        const text = heading.querySelector('bdi')!.firstChild!;
        const tops = (from: number, to: number) => {
          const range = document.createRange();
          range.setStart(text, from);
          range.setEnd(text, to);
          return new Set([...range.getClientRects()].map((rect) => Math.round(rect.top))).size;
        };
        const words = [...text.textContent!.matchAll(/[^\s-]+/g)].map(({ index, 0: word }) => [index, index + word.length] as const);
        return { lines: tops(0, text.textContent!.length), broken: words.filter(([from, to]) => tops(from, to) > 1).length };
      });
      expect(lines, `at ${width} px`).toBeLessThanOrEqual(2);
      expect(broken, `words at ${width} px`).toBe(0);
      const name = (await heading.boundingBox())!;
      const actions = (await page.locator('.user-head .actions').boundingBox())!;
      expect(actions.y >= name.y + name.height || actions.x >= name.x + name.width, `actions at ${width} px`).toBe(true);
      await expectNoSidewaysScroll(page);
    }
  });

  test('on a phone the number of pending registrations is not covered by the screen beside it', async ({ page, database }) => {
    await database.rows(`
      update users set status = 'pending' where username !~ '^(admin|test-)' and id in (select id from users order by id limit 130)`);
    await page.setViewportSize({ width: 360, height: 740 });
    for (const screen of ['/keys', '/registrations', '/overview']) {
      await page.goto(screen);
      const badge = page.locator('.rail-nav .badge');
      await expect(badge).toHaveText(/^\d{2,}/);
      // The links do not all fit, so they scroll.
      await badge.evaluate((badge) => badge.scrollIntoView({ inline: 'center' }));
      const { outside, covered } = await badge.evaluate((badge) => {
        const [box, link] = [badge.getBoundingClientRect(), badge.closest('a')!.getBoundingClientRect()];
        const at = (x: number) => badge.contains(document.elementFromPoint(x, box.top + box.height / 2));
        return {
          outside: box.left < link.left || box.right > link.right,
          covered: ![box.left + 2, box.left + box.width / 2, box.right - 2].every(at),
        };
      });
      expect({ outside, covered }, screen).toEqual({ outside: false, covered: false });
    }
  });

  test('the links to exports are in a menu on a phone, and beside the title of the list in a wide window', async ({ page }) => {
    const more = page.getByRole('button', { name: 'More actions', exact: true });
    const links = page.getByRole('link', { name: /^Export / });
    for (const path of ['/groups', '/roles', '/clients', '/resources', '/conversations', '/usage', '/audit']) {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(path);
      await expect(links, path).toHaveCount(0);
      await more.click();
      await expect(links.first(), path).toBeVisible();
      const sides = await links.evaluateAll((all) =>
        all.map((link) => link.getBoundingClientRect()).map(({ left, right }) => left >= 0 && right <= innerWidth),
      );
      expect(sides, path).toEqual(sides.map(() => true));
      await expectNoSidewaysScroll(page);
      await page.keyboard.press('Escape');
      await expect(links, path).toHaveCount(0);
      await page.setViewportSize({ width: 1280, height: 800 });
      await expect(more, path).toBeHidden();
      await expect(links, path).toHaveCount(sides.length);
      await expectNoSidewaysScroll(page);
    }
  });

  test('a username of 20 characters is in one line of a list', async ({ page, database }) => {
    const username = 'hildegardfeuerbacher';
    await join(database, username);
    const userId = await database.value('select id from users where username = $1', [username]);
    const messages = [{ role: 'user', content: 'Light?', tokens: 10, cost: '0' }];
    const conversation = { userId, branch: 'Widths', name: 'Light', messages };
    const stored = await page.request.post('/api/conversations', { data: conversation });
    expect(stored.status()).toBe(201);
    await database.rows(
      `insert into limits (id, user_id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
      values (uuid_v7(now()), $1, 'tokens', 10, 'calendar:month', 2629746, now(), now(), now())`,
      [userId],
    );
    await database.rows(
      `insert into resources (id, kind, external_id, name, owner_id, created_at, updated_at)
      values (uuid_v7(now()), 'widths', 'widths', 'Widths', $1, now(), now())`,
      [userId],
    );
    for (const [path, cells] of [
      ['/conversations?branch=widths', 'main :is(th, td)'],
      [`/limits?subject=user&id=${userId}`, 'main .cell-subject'],
      ['/resources?kind=widths', 'main .cell-owner'],
    ] as const) {
      await page.goto(path);
      await expect(page.getByRole('link', { name: username, exact: true })).toBeVisible();
      expect(await brokenWords(page, cells), path).toEqual([]);
      await expectNoSidewaysScroll(page);
    }
  });

  test('a long word that was searched for is broken on a phone', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`/users?q=${'a'.repeat(60)}`);
    await expect(page.getByRole('heading', { name: 'No users match' })).toBeVisible();
    await expectNoSidewaysScroll(page);
  });

  test('the paths on the page "Dialects" break between their parts', async ({ page }) => {
    await page.goto('/settings/dialects');
    await expect(page.getByRole('link', { name: 'docs/dialects/openwebui.md' })).toBeVisible();
    expect(await brokenWords(page, 'main td:last-child')).toEqual([]);
  });

  test('every screen has room', ({ page }) =>
    expectRoom(page, [
      '/overview',
      '/users',
      '/users?q=status:active+personas:%3E1',
      '/users?q=nobodyiscalledthis',
      '/users?deleted=true',
      '/users/new',
      '/users/test-member',
      '/users/test-member/sessions',
      '/users/test-member/keys',
      '/users/test-member/keys/tokens/new',
      '/users/test-member/data',
      '/users/test-member/access',
      '/users/test-member/access/groups',
      '/users/test-member/usage',
      '/users/test-member/limits',
      '/users/test-member/limits/cost/set',
      '/users/test-member/history',
      '/users/test-member/edit',
      '/users/test-member/suspend',
      '/users/test-member/reset',
      '/users/test-member/delete',
      '/users/test-member/reassign',
      '/users/test-member/sign-out',
      '/sessions',
      '/sessions?ended=true',
      '/sessions?user=test-member',
      '/sessions/revoke?others=true',
      '/registrations',
      '/registrations?state=rejected',
      '/registrations/invitations',
      '/registrations/invitations/new',
      '/groups',
      '/groups/new',
      '/keys',
      '/keys/new',
      '/roles',
      '/roles/new',
      '/clients',
      '/clients/new',
      '/limits',
      '/limits/new',
      '/tokens',
      '/resources',
      '/resources/new',
      '/resources/transfer',
      '/features',
      '/features/new',
      '/conversations',
      '/usage',
      '/usage?range=90d&user=test-member',
      '/audit',
      '/audit?actor=admin',
      '/settings',
      '/settings/dialects',
      '/settings/jobs',
      '/account',
      '/account/password',
      '/account/sessions',
      '/account/preferences',
      '/account/keys',
      '/account/keys/new',
      '/account/tokens',
      '/account/tokens/new',
      '/account/usage',
      '/account/tokens/new-key',
      '/account/data',
      '/account/delete',
    ]));
});

test.describe('in German at 1280 px', () => {
  test.use({ as: 'admin', locale: 'de-DE', viewport: { width: 1280, height: 800 } });

  test('no word of the limits of a user is broken', async ({ page, database }) => {
    await database.rows('delete from limits');
    await database.rows(`
      insert into limits (id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
      select uuid_v7(now()), metric, 1234567890, period, seconds, now(), now(), now()
      from (values
        ('requests', 'calendar:week', 604800), ('cost', 'calendar:month', 2629746), ('tokens', 'calendar:month', 2629746),
        ('rpm', null, null), ('tpm', null, null), ('parallel', null, null)
      ) given (metric, period, seconds)`);
    const id = await database.value(`select id from users where username = 'test-member'`);
    const more = { metric: 'cost', amount: '0.123456789', reason: 'Prüfungen' };
    const added = await page.request.post(`/api/admin/users/${id}/limits/top-up`, { data: more });
    expect(added.ok(), await added.text()).toBe(true);
    await page.goto('/users/test-member/limits');
    await expect(page.getByRole('cell', { name: /aufgestockt Kalendermonat/ })).toBeVisible();
    expect(await brokenWords(page)).toEqual([]);
    await expectNoSidewaysScroll(page);
  });

  test('no word of a list of conversations is broken, and the name is the widest cell', async ({ page, database }) => {
    const userId = await database.value(`select id from users where username = 'test-member'`);
    const messages = [{ role: 'assistant', content: 'Licht', tokens: 1_234_567, cost: '0.001234567' }];
    const conversation = { userId, branch: 'Experimentalphysik', name: 'Wellenoptik und Quantenmechanik', messages };
    const stored = await page.request.post('/api/conversations', { data: conversation });
    expect(stored.status()).toBe(201);
    const { id } = await stored.json();
    const liked = await page.request.post(`/api/conversations/${id}/feedback`, { data: { seq: 1, rating: 'like' } });
    expect(liked.ok(), await liked.text()).toBe(true);
    await page.goto('/conversations?branch=experimentalphysik');
    await expect(page.getByText('1 positive Bewertung')).toBeVisible();
    expect(await brokenWords(page)).toEqual([]);
    const widths = await page.locator('thead th').evaluateAll((all) => all.map((heading) => heading.clientWidth));
    expect(Math.max(...widths)).toBe(widths[0]);
    await expectNoSidewaysScroll(page);
  });
});

test('signed out, every screen has room', ({ page }) => expectRoom(page, ['/login', '/register']));

// Places of controls and texts in windows of 1280 and 360 pixels.
import type { Locator, Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { expectNoSidewaysScroll, open } from '../support/page';
import { join } from '../support/selection';

serve('demo users');
test.use({ as: 'admin' });

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Returns the places of elements in the window. */
const boxes = (found: Locator): Promise<Box[]> =>
  found.evaluateAll((all) =>
    all.map((one) => {
      const { left, top, right, bottom } = one.getBoundingClientRect();
      return { left, top, right, bottom };
    }),
  );

const box = async (found: Locator): Promise<Box> => (await boxes(found))[0]!;

/** Returns the number of lines of elements. */
const lines = (all: Box[]): number => new Set(all.map(({ top }) => Math.round(top))).size;

/** Expects that elements are in one line and do not overlap. */
function expectSideBySide(all: Box[], where: string): void {
  expect(lines(all), `lines ${where}`).toBe(1);
  for (const [index, { right }] of all.slice(0, -1).entries()) {
    expect(all[index + 1]!.left, `distances ${where}`).toBeGreaterThanOrEqual(right);
  }
}

test('the actions of a limit stand beside each other', async ({ page, database }) => {
  await database.rows(`delete from limits`);
  await database.rows(`
    insert into limits (id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
    values (uuid_v7(now()), 'requests', 10, 'calendar:month', 2629746, now(), now(), now())`);
  for (const [path, names] of [
    ['/limits', ['Edit', 'Delete']],
    ['/users/test-member/limits', ['Change', 'Top up', 'Adjust', 'Reset']],
  ] as const) {
    await page.setViewportSize(DESKTOP);
    await open(page, path);
    const row = page.locator('tbody tr').filter({ has: page.getByRole('link', { name: new RegExp(`^${names.at(-1)} `) }) });
    const buttons = row.locator('a.button');
    await expect(buttons).toHaveText([...names]);
    expectSideBySide(await boxes(buttons), `of ${path}`);
    const { top, bottom } = await box(row);
    expect(bottom - top, `height of a row of ${path}`).toBeLessThanOrEqual(64);

    await page.setViewportSize(PHONE);
    await expectNoSidewaysScroll(page);
    for (const { left, right } of await boxes(buttons)) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(PHONE.width);
    }
  }
});

const TABS = ['', '/sessions', '/keys', '/data', '/access', '/limits', '/usage', '/history'];
const tabs = (page: Page) => page.getByRole('navigation', { name: 'User details' });

/** Expects that the whole current tab is in the visible part of the tabs, and nothing covers it. */
async function expectCurrentTabVisible(page: Page, path: string): Promise<void> {
  const current = tabs(page).locator('[aria-current]');
  await expect(current).toHaveAttribute('href', path);
  const seen = await current.evaluate((link) => {
    const [box, around] = [link.getBoundingClientRect(), link.parentElement!.getBoundingClientRect()];
    const isAt = (x: number) => link.contains(document.elementFromPoint(x, box.top + box.height / 2));
    return {
      outside: box.left < around.left - 1 || box.right > around.right + 1,
      covered: ![box.left + 2, box.left + box.width / 2, box.right - 2].every(isAt),
    };
  });
  expect(seen, path).toEqual({ outside: false, covered: false });
}

test.describe('on a phone', () => {
  test.use({ viewport: PHONE });

  test('the current tab of a user is visible', async ({ page }) => {
    for (const end of TABS) {
      await open(page, `/users/test-member${end}`);
      await expectCurrentTabVisible(page, `/users/test-member${end}`);
      await expectNoSidewaysScroll(page);
    }
    // Also after a change of the tab in the open page.
    for (const [name, end] of [
      ['Overview', ''],
      ['History', '/history'],
      ['Sessions', '/sessions'],
    ] as const) {
      await tabs(page).getByRole('link', { name }).click();
      await expectCurrentTabVisible(page, `/users/test-member${end}`);
    }
  });

  test('the search box has a line of its own, wide enough for its text', async ({ page }) => {
    await open(page, '/users');
    const search = page.getByRole('searchbox', { name: 'Search users' });
    const input = await box(search);
    expect(input.right - input.left).toBeGreaterThanOrEqual(220);
    const create = await box(page.getByRole('link', { name: 'Create user' }));
    expect(create.top).toBeGreaterThanOrEqual(input.bottom);
    for (const name of ['Comfortable rows', 'Edit columns']) {
      const button = await box(page.getByRole('button', { name }));
      expect(button.right, name).toBeLessThanOrEqual(PHONE.width);
      expect(button.top, name).toBeGreaterThanOrEqual(input.bottom);
    }
  });

  for (const hidden of ['', '.hide-users-status', '.hide-users-email.hide-users-status']) {
    test(`the menu of a row is at the end of the first line of its card${hidden && `, with ${hidden}`}`, async ({ page, context, server }) => {
      const value = `system.comfortable.open.auto${hidden}`;
      await context.addCookies([{ name: 'rollcall_preferences', value, url: server.url }]);
      await open(page, '/users');
      for (const row of (await page.locator('.users-table tbody tr').all()).slice(0, 5)) {
        const [card, name, button] = await Promise.all([row, row.locator('.cell-user'), row.locator('.cell-actions button')].map(box));
        expect(Math.abs(card!.right - button!.right)).toBeLessThanOrEqual(24);
        expect(button!.top).toBeGreaterThanOrEqual(name!.top - 1);
        expect(button!.bottom).toBeLessThanOrEqual(name!.bottom + 1);
        expect(name!.right).toBeLessThanOrEqual(button!.left);
        const status = await boxes(row.locator('.cell-status .badge'));
        expect(status).toHaveLength(hidden ? 0 : 1);
        for (const badge of status) {
          expect(badge.left).toBeGreaterThanOrEqual(name!.right);
          expect(badge.right).toBeLessThanOrEqual(button!.left);
        }
        const others = await boxes(row.locator('td:not(.cell-select, .cell-status, .cell-actions):visible'));
        expect(others.length).toBeGreaterThan(3);
        // The cells have some room above their texts.
        for (const other of others) expect(other.top).toBeGreaterThanOrEqual(button!.bottom - 4);
      }
      await expectNoSidewaysScroll(page);
    });
  }

  test.describe('without scripts', () => {
    test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

    test('all tabs are visible', async ({ page }) => {
      for (const end of ['', '/history']) {
        await page.goto(`/users/test-member${end}`);
        await expectCurrentTabVisible(page, `/users/test-member${end}`);
        const all = await boxes(tabs(page).getByRole('link'));
        expect(all).toHaveLength(TABS.length);
        expect(lines(all)).toBeGreaterThan(1);
        for (const { left, right } of all) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(right).toBeLessThanOrEqual(PHONE.width);
        }
      }
    });
  });
});

/** Returns the names and usernames of the list whose drawn letters are cut off at their top or bottom. */
const cutLetters = (page: Page): Promise<string[]> =>
  page.locator('.users-table .cell-user :is(.name > bdi, .handle)').evaluateAll((all) => {
    const texts = all as HTMLElement[];
    // An empty element in the line stands on the baseline. All are added before the first is measured, so that the page is
    // laid out once and not for each text.
    const marks = texts.map((text) => {
      const mark = document.createElement('span');
      mark.style.display = 'inline-block';
      text.append(mark);
      return mark;
    });
    const baselines = marks.map((mark) => mark.getBoundingClientRect().bottom);
    marks.forEach((mark) => mark.remove());
    const drawing = document.createElement('canvas').getContext('2d')!;
    const found: string[] = [];
    for (const [index, text] of texts.entries()) {
      const { fontWeight, fontSize, fontFamily } = getComputedStyle(text);
      drawing.font = `${fontWeight} ${fontSize} ${fontFamily}`;
      const drawn = drawing.measureText(text.textContent!);
      const baseline = baselines[index]!;
      const [top, bottom] = [baseline - drawn.actualBoundingBoxAscent, baseline + drawn.actualBoundingBoxDescent];
      for (let around = text; !around.matches('tr'); around = around.parentElement!) {
        if (getComputedStyle(around).overflowY === 'visible') continue;
        const edge = around.getBoundingClientRect();
        if (top < edge.top - 0.5 || bottom > edge.bottom + 0.5) found.push(`${text.className || text.localName} ${text.textContent}`);
      }
    }
    return found;
  });

test('letters of tall scripts are not cut off', async ({ page, database }) => {
  for (const name of ['שָׁלוֹם.בְּרֵאשִׁית', 'عَبْدُالرَّحْمَٰنِ', 'ẵgặy.ỗộ', 'ที่ปั๊มน้ำ']) await join(database, name);
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    await open(page, '/users?limit=100');
    await expect(page.locator('.handle').filter({ hasText: 'ẵgặy.ỗộ' })).toBeVisible();
    expect(await cutLetters(page), `${viewport.width} wide`).toEqual([]);
    await page.getByRole('button', { name: 'Compact rows' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-density', 'compact');
    expect(await cutLetters(page), `${viewport.width} wide, compact`).toEqual([]);
    await page.getByRole('button', { name: 'Comfortable rows' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-density', 'comfortable');
  }
});

test('usernames of registrations break between their words', async ({ page, database }) => {
  const usernames = ['vinicius.ferreirinha', 'maximilian_mustermann', 'anne-katharina.hohenberg', 'kramishviliani393'];
  for (const username of usernames) await join(database, username, 'pending');
  await page.setViewportSize(DESKTOP);
  await open(page, '/registrations?limit=100');
  for (const username of usernames) {
    const cell = page.locator('tbody .cell-username').filter({ hasText: username });
    const broken = await cell.evaluate((cell) => {
      const found: string[] = [];
      const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(node);
        if (new Set([...range.getClientRects()].map((rect) => Math.round(rect.top))).size > 1) found.push(node.textContent!);
      }
      return found;
    });
    expect(broken, username).toEqual([]);
  }
  await expectNoSidewaysScroll(page);
});

// Conversations of users with the host application: the list with its totals, one of them as a chat in pages, the exports, and the
// search for words.
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import { isRendered } from '../support/alterations';
import type { Database } from '../support/database';
import { inspect } from '../support/inspect';
import { expectNoSidewaysScroll, open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

const rows = (page: Page) => page.locator('tbody tr');
const messages = (page: Page) => page.locator('.messages > li');
const totals = (page: Page) => page.getByRole('list', { name: 'Totals' });
const range = (page: Page) => page.locator('.pager-count');
const field = (page: Page, name: string) => page.getByRole('search').getByLabel(name, { exact: true });
const hint = (page: Page) => page.getByText(/^Conversations of users with the host application\./);
const words = (page: Page) => field(page, 'Words of a message');

/** Stores a conversation of the user test-member in which questions and answers alternate, and returns the path of its page. */
async function store(page: Page, database: Database, name: string, contents: string[], branch = 'Physics 101'): Promise<string> {
  const userId = await database.value(`select id from users where username = 'test-member'`);
  const sent = contents.map((content, number) => ({
    role: number % 2 ? 'assistant' : 'user',
    content,
    tokens: 10,
    cost: number % 2 ? '0.0012' : '0',
  }));
  const stored = await page.request.post('/api/conversations', { data: { userId, branch, name, messages: sent } });
  expect(stored.status()).toBe(201);
  return `/conversations/${(await stored.json()).id}`;
}

/** Returns the number of audited looks at a conversation. */
const looks = (database: Database, path: string): Promise<number> =>
  database.value(`select count(*)::int from audit_events where action = 'conversation.viewed' and strpos(changes::text, $1) > 0`, [
    path.split('/').pop(),
  ]);

test('a conversation is found and read, which is audited once', async ({ page, database }) => {
  const path = await store(page, database, 'Light', ['What is light?', 'A wave.'], 'Optics 1');
  await store(page, database, 'Heat', ['What is heat?'], 'Optics 2');
  const liked = await page.request.post(`/api${path}/feedback`, { data: { seq: 2, rating: 'like', comment: 'Short and clear' } });
  expect(liked.ok()).toBe(true);
  await open(page, '/overview');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Conversations' }).click();
  await expect(page).toHaveURL('/conversations');
  await expect(page).toHaveTitle('Conversations · Rollcall');
  // The search for words is off by default.
  await expect(words(page)).toHaveCount(0);
  await expect(hint(page)).not.toContainText('searching messages');
  await field(page, 'Branch').fill('optics');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL('/conversations?branch=optics');
  await expect(rows(page)).toHaveCount(2);
  for (const sum of ['2 conversations', '3 messages', '20 input tokens', '10 output tokens', '$0.0012']) {
    await expect(totals(page)).toContainText(sum);
  }
  await page.locator('thead').getByRole('link', { name: 'Cost' }).click();
  await expect(page).toHaveURL('/conversations?branch=optics&sort=-cost');
  await expect(rows(page).first()).toContainText('Light');
  await inspect(page, 'conversations');
  await page.locator('select[name=feedback]').selectOption('With likes');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL('/conversations?branch=optics&feedback=likes&sort=-cost');
  await expect(rows(page)).toHaveCount(1);
  await expect(totals(page)).toContainText('1 conversation');
  expect(await looks(database, path)).toBe(0);

  await rows(page).getByRole('link', { name: 'Light' }).click();
  await expect(page).toHaveURL(path);
  await expect(page.getByRole('heading', { name: 'Light' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Breadcrumb' })).toContainText('Light');
  await expect(messages(page)).toHaveText([/^User.*What is light\?$/, /^Assistant.*\$0\.0012.*A wave\..*Liked.*Short and clear$/]);
  await inspect(page, 'conversation');
  expect(await looks(database, path)).toBe(1);
  await page.goBack();
  await expect(rows(page)).toHaveCount(1);
  expect(await looks(database, path)).toBe(1);

  await rows(page).getByRole('link', { name: 'test-member' }).click();
  await expect(page).toHaveURL('/users/test-member');
  await page.getByRole('link', { name: 'Owned data' }).click();
  const own = page.locator('.pane-actions .details > div').filter({ hasText: 'Conversations' });
  await own.getByRole('link').click();
  await expect(page).toHaveURL('/conversations?user=test-member');
  await expect(rows(page).filter({ hasText: 'Light' })).toHaveCount(1);
});

test('markup and directions in messages stay text', async ({ page, database }) => {
  const markup = `<img src=x onerror="document.title='changed'"><b>bold</b>\n    indented **text** [link](https://example.org)`;
  const contents = [markup, 'אור הוא גל\u202E reversed', 'x'.repeat(500), '', '\n\r\nline\r\n'];
  const path = await store(page, database, '<i>Name</i>', contents);
  await open(page, path);
  // The browser reads the same nodes as the server has written.
  expect(await isRendered(page)).toBe(false);
  await expect(messages(page)).toHaveCount(contents.length);
  await expect(page.getByRole('heading', { name: '<i>Name</i>' })).toBeVisible();
  await expect(messages(page).locator('img, b:not(.message-head b), a, i')).toHaveCount(0);
  const shown = messages(page).first().locator('.message-text');
  expect(await shown.evaluate((text: HTMLElement) => text.innerText)).toBe(markup);
  await expect(page).toHaveTitle('Conversation · Rollcall');
  const direction = messages(page).nth(1).locator('.message-text');
  expect(await direction.evaluate((text) => getComputedStyle(text).direction)).toBe('rtl');
  await inspect(page, 'conversation-markup');
});

test('a long conversation has pages, each read from its top', async ({ page, database }) => {
  const contents = Array.from({ length: 120 }, (_, number) => `Message ${number + 1}`);
  const path = await store(page, database, 'Long', contents);
  await open(page, path);
  await expect(range(page)).toContainText('1–50 of 120');
  await expect(messages(page)).toHaveCount(50);
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(range(page)).toContainText('51–100 of 120');
  await expect(messages(page).first()).toContainText('Message 51');
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(messages(page)).toHaveCount(20);
  await expect(messages(page).last()).toContainText('Message 120');
  await page.getByRole('link', { name: 'Previous' }).click();
  await expect(range(page)).toContainText('51–100 of 120');
  await page.reload();
  await expect(range(page)).toContainText('51–100 of 120');
  for (const [format, first] of [
    ['JSON', /^\{/],
    ['YAML', /^---\n/],
    ['CSV', /^conversationId,/],
  ] as const) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: `Export ${format}` }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`conversation-${path.split('/').pop()}.${format.toLowerCase()}`);
    const text = await readFile(await download.path(), 'utf8');
    expect(text).toMatch(first);
    expect(text).toContain('Message 120');
  }
});

test('the matching conversations are exported', async ({ page, database }) => {
  await store(page, database, 'Exported', ['Exported question'], 'Exports');
  await store(page, database, 'Other', ['Other question'], 'Others');
  await open(page, '/conversations?branch=exports');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export CSV' }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  expect(text).toContain('Exported question');
  expect(text).not.toContain('Other question');
});

test('what cannot be understood or found is said', async ({ page, browserWatch }) => {
  browserWatch.expectAnswer(422, '/conversations');
  await open(page, '/conversations?min_cost=cheap');
  await expect(page.getByRole('alert')).toContainText('"cheap" in “Lowest cost in $” is not an amount');
  await expect(rows(page)).toHaveCount(0);
  await expect(page.getByRole('link', { name: /^Export/ })).toHaveCount(0);
  await page.getByRole('link', { name: 'Show all conversations' }).click();
  await expect(page).toHaveURL('/conversations');
  await open(page, '/conversations?q=light');
  await expect(page.getByRole('alert')).toContainText('CONVERSATION_SEARCH=on');
  const unknown = '/conversations/00000000-0000-7000-8000-000000000000';
  browserWatch.expectAnswer(404, unknown);
  await open(page, unknown);
  await expect(page.getByRole('heading', { name: 'Conversation not found' })).toBeVisible();
  await inspect(page, 'conversation-missing');
});

test('amounts and days are typed as in the language of the page', async ({ page, database, context, server, browserWatch }) => {
  browserWatch.expectAnswer(422, '/conversations');
  await store(page, database, 'Teuer', ['Was ist Licht?', 'Eine Welle.'], 'Optik');
  await context.addCookies([{ name: 'rollcall_preferences', value: 'system.comfortable.open.de', url: server.url }]);
  await open(page, '/conversations?branch=optik');
  await field(page, 'Von').fill('31.12.2019');
  await field(page, 'Mindestkosten in $').fill('0,001');
  await page.getByRole('button', { name: 'Filtern' }).click();
  await expect(page).toHaveURL('/conversations?branch=optik&from=31.12.2019&min_cost=0%2C001');
  await expect(page.locator('#filter-meaning')).toContainText('Kosten von mindestens 0,001 $');
  await expect(rows(page)).toHaveCount(1);
  const csv = page.getByRole('link', { name: 'Als CSV exportieren' });
  await expect(csv).toHaveAttribute('href', /&from=2019-12-31&min_cost=0\.001$/);
  await field(page, 'Höchstkosten in $').fill('0.0011');
  await page.getByRole('button', { name: 'Filtern' }).click();
  await expect(rows(page)).toHaveCount(0);
  await open(page, '/conversations?max_cost=1.500');
  await expect(page.getByRole('alert')).toContainText('"1.500" in „Höchstkosten in $“ ist kein Betrag');
});

test('fits a phone', async ({ page, database }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const path = await store(page, database, 'N'.repeat(200), ['x'.repeat(2_000), '    indented\n\ttabs'], 'B'.repeat(200));
  for (const shown of ['/conversations', path]) {
    await open(page, shown);
    await expectNoSidewaysScroll(page);
  }
});

test.describe('an auditor', () => {
  test.use({ as: 'test-auditor' });

  test('reads no conversations', async ({ page, browserWatch }) => {
    browserWatch.expectAnswer(403, '/conversations');
    await open(page, '/users/test-member/data');
    const own = page.locator('.pane-actions .details > div').filter({ hasText: 'Conversations' });
    await expect(own).toBeVisible();
    await expect(own.getByRole('link')).toHaveCount(0);
    await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Conversations' })).toHaveCount(0);
    await open(page, '/conversations');
    await expect(page.getByRole('heading', { name: 'The conversations could not be loaded' })).toBeVisible();
  });
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

  test('the same', async ({ page, database }) => {
    const path = await store(page, database, 'Plain', Array.from({ length: 60 }, (_, number) => `Line ${number + 1}`), 'Plain');
    await page.goto('/conversations');
    await field(page, 'Branch').fill('plain');
    await page.getByRole('button', { name: 'Filter' }).click();
    await expect(totals(page)).toContainText('1 conversation');
    await page.getByRole('link', { name: 'Plain', exact: true }).click();
    await expect(page).toHaveURL(path);
    await expect(messages(page)).toHaveCount(50);
    await page.getByRole('link', { name: 'Next' }).click();
    await expect(messages(page)).toHaveCount(10);
    await expect(messages(page).last()).toContainText('Line 60');
    expect(await looks(database, path)).toBe(2);
  });
});

test.describe('with the search for words', () => {
  serve('demo users', { CONVERSATION_SEARCH: 'on' });

  /** Returns the filters in the audit log entries about searches. */
  const searches = (database: Database): Promise<string[]> =>
    database.column(`select changes -> 'filter' ->> 1 from audit_events where action = 'conversation.searched' order by id`);

  // The server builds the index after its start.
  test.beforeEach(({ database }) =>
    expect
      .poll(() =>
        database.value(`select indisvalid from pg_index where indexrelid = to_regclass('conversation_messages_by_words')`),
      )
      .toBe(true),
  );

  test('a conversation is found by words of a message, which is audited', async ({ page, database }) => {
    const path = await store(page, database, 'Sky', ['Why is the sky blue?', 'Rayleigh scattering of light.']);
    await store(page, database, 'Winter', ['Why is scattering no winter sport?']);
    await open(page, '/conversations');
    await expect(hint(page)).toContainText('searching messages');
    await words(page).fill('SCATTERING light');
    await page.getByRole('button', { name: 'Filter' }).click();
    await expect(page).toHaveURL('/conversations?q=SCATTERING+light');
    await expect(rows(page)).toHaveCount(1);
    await expect(totals(page)).toContainText('1 conversation');
    await expect(page.locator('#filter-meaning')).toContainText('A message has the words “SCATTERING light”');
    await rows(page).getByRole('link', { name: 'Sky' }).click();
    await expect(page).toHaveURL(path);
    await expect(messages(page).last()).toContainText('Rayleigh scattering of light.');
    expect(await searches(database)).toEqual(['q=SCATTERING light']);
    expect(await looks(database, path)).toBe(1);
    await open(page, '/audit?action=conversation.searched');
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page)).toContainText('Conversations searched');
    await rows(page).locator('summary').click();
    await expect(rows(page)).toContainText('q=SCATTERING light');
  });

  test.describe('without scripts', () => {
    test.use({ javaScriptEnabled: false, contextOptions: { reducedMotion: 'reduce' } });

    test('the same', async ({ page, database }) => {
      const path = await store(page, database, 'Sea', ['Why is the sea salty?', 'Rivers carry minerals.']);
      await page.goto('/conversations');
      await words(page).fill('minerals');
      await page.getByRole('button', { name: 'Filter' }).click();
      await expect(words(page)).toHaveValue('minerals');
      await expect(rows(page)).toHaveCount(1);
      await rows(page).getByRole('link', { name: 'Sea' }).click();
      await expect(page).toHaveURL(path);
      await expect(messages(page).last()).toContainText('Rivers carry minerals.');
      expect((await searches(database)).at(-1)).toBe('q=minerals');
    });
  });
});

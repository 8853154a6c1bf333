// Every screen, tab and dialog in the pseudo-language on a phone: all texts are translated, and longer texts have room.
import type { Page } from '@playwright/test';
import { expect, serve, test } from '../support/test';
import type { Database } from '../support/database';
import { fillLists } from '../support/lists';
import { open } from '../support/page';
import { choosePseudoLanguage, cutControls, expectTranslated, plainTexts } from '../support/pseudo-language';

test.use({ viewport: { width: 360, height: 740 } });

test.beforeEach(async ({ context, server, browserWatch }) => {
  await choosePseudoLanguage(context, server.url);
  // Some screens respond with the reason why a feature is disabled or an action is not possible.
  browserWatch.expectBreakage(/responded with a status of (403|404|409|422|503)/);
});

async function expectAllTranslated(page: Page, database: Database, paths: string[]): Promise<void> {
  for (const path of paths) {
    await open(page, path);
    await expectTranslated(page, database);
  }
}

/** Returns paths with an id, from a statement with the id in the first column and a username in the second. */
async function pathsOf(database: Database, sql: string, paths: (id: string, username: string) => string[]): Promise<string[]> {
  const [row] = await database.rows(sql);
  expect(row, sql).toBeDefined();
  const [id, username] = Object.values(row!);
  return paths(id, username);
}

const OF_USER = `join users u on u.id = user_id where u.deleted_at is null and u.username <> 'admin'`;

test.describe('with users', () => {
  serve('demo users', {
    ALLOW_REGISTRATION: 'true',
    ALLOW_ACCOUNT_DELETION: 'true',
    API_KEY_ENCRYPTION_KEY: '0f'.repeat(32),
  });

  test.describe('an administrator', () => {
    test.use({ as: 'admin' });

    test.beforeEach(({ page, database }) => fillLists(page, database));

    test('the list of users', ({ page, database }) =>
      expectAllTranslated(page, database, [
        '/users',
        '/users?q=status:active+personas:%3E1',
        '/users?q=nobodyiscalledthis',
        '/users?deleted=true',
        '/users/new?limit=10',
      ]));

    test('the dialogs of selected users', async ({ page, database }) => {
      const [one, other] = await database.column(`
        select id || ':' || version || ':' || username from users
        where username in ('test-member', 'test-auditor') order by username`);
      const chosen = new URLSearchParams([['u', one], ['u', other], ['limit', '10']]);
      const paths = ['suspend', 'unsuspend', 'sign-out', 'delete', 'restore', 'limit'].map((action) => `/users/bulk/${action}?${chosen}`);
      await expectAllTranslated(page, database, paths);
    });

    test('a user', async ({ page, database }) => {
      const username = await database.value(`
        select username from users u join user_stats s on s.user_id = u.id
        where u.deleted_at is null and username <> 'admin' order by s.personas desc limit 1`);
      const tabs = ['', '/sessions', '/keys', '/data', '/access', '/history'].map((tab) => `/users/${username}${tab}`);
      await expectAllTranslated(page, database, [...tabs, '/users/test-suspended', '/users/test-pending']);
    });

    test('the dialogs of a user', ({ page, database }) => {
      const dialogs = ['edit', 'suspend', 'reset', 'delete', 'reassign', 'sign-out', 'revoke-links'];
      return expectAllTranslated(page, database, dialogs.map((dialog) => `/users/test-member/${dialog}`));
    });

    test('the message after a change', async ({ page, database }) => {
      await open(page, '/users/test-auditor/edit');
      const name = page.locator('dialog input[name=display_name]');
      await name.fill('Renamed Auditor');
      await name.press('Enter');
      await expect(page.locator('.toast')).toBeVisible();
      await expectTranslated(page, database);
    });

    test('sessions', async ({ page, database }) => {
      const one = await pathsOf(
        database,
        `select s.id, u.username from sessions s ${OF_USER} and ended_at is null limit 1`,
        (id, username) => [`/sessions/${id}/revoke`, `/users/${username}/sessions/${id}/revoke`],
      );
      await expectAllTranslated(page, database, [
        '/sessions',
        '/sessions?ended=true',
        '/sessions?user=test-member',
        '/sessions/revoke?others=true',
        '/sessions/failed',
        '/sessions/failed?by=address',
        ...one,
      ]);
    });

    test('registrations and invitations', async ({ page, database }) => {
      const pending = await pathsOf(
        database,
        `select id || ':' || version || ':' || username from users where status = 'pending' and deleted_at is null limit 1`,
        (user) => ['approve', 'reject'].map((action) => `/registrations/${action}?${new URLSearchParams({ u: user })}`),
      );
      const invitation = await pathsOf(
        database,
        `select id from one_time_links where kind = 'invitation' and revoked_at is null limit 1`,
        (id) => ['resend', 'revoke'].map((action) => `/registrations/invitations/${id}/${action}`),
      );
      await expectAllTranslated(page, database, [
        '/registrations',
        '/registrations?state=rejected',
        '/registrations?q=unknown',
        ...pending,
        '/registrations/invitations',
        '/registrations/invitations/new',
        ...invitation,
      ]);
    });

    test('API keys and access tokens', async ({ page, database }) => {
      const ofSystem = await pathsOf(database, `select id from api_keys where user_id is null limit 1`, (id) =>
        ['edit', 'delete'].map((action) => `/keys/${id}/${action}`),
      );
      const ofUser = await pathsOf(database, `select k.id, u.username from api_keys k ${OF_USER} limit 1`, (id, username) => [
        `/users/${username}/keys/${id}/revoke`,
        `/users/${username}/keys/tokens/new`,
      ]);
      const token = await pathsOf(
        database,
        `select t.id, u.username from access_tokens t ${OF_USER} and t.revoked_at is null limit 1`,
        (id, username) => [`/tokens/${id}/revoke`, `/users/${username}/keys/tokens/${id}/revoke`],
      );
      await expectAllTranslated(page, database, ['/keys', '/keys/new', ...ofSystem, ...ofUser, '/tokens', ...token]);
    });

    test('roles and clients', async ({ page, database }) => {
      await database.rows(`insert into clients (name, created_at, updated_at) values ('Translated', now(), now())`);
      await database.rows(`insert into roles (id, name, permissions, rank) values (uuid_v7(now()), 'translated', '{users:read}', 60)`);
      const role = await pathsOf(database, `select id from roles where name = 'translated'`, (id) =>
        ['edit', 'clone', 'delete'].map((action) => `/roles/${id}/${action}`),
      );
      const builtin = await pathsOf(database, `select id from roles where builtin_kind = 'auditor'`, (id) => [`/roles/${id}/edit`]);
      const client = await pathsOf(database, `select id from clients limit 1`, (id) =>
        ['edit', 'delete'].map((action) => `/clients/${id}/${action}`),
      );
      await expectAllTranslated(page, database, ['/roles', '/roles/new', ...role, ...builtin, '/clients', '/clients/new', ...client]);
    });

    test('limits', async ({ page, database }) => {
      await database.rows(`
        insert into limits (id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
        values (uuid_v7(now()), 'requests', 10, 'drip:180', 1800, now(), now(), now()) on conflict do nothing`);
      const limit = await pathsOf(database, `select id from limits where metric = 'requests' limit 1`, (id) => [
        ...['edit', 'delete'].map((action) => `/limits/${id}/${action}`),
        ...['top-up', 'adjust', 'reset'].map((action) => `/users/test-member/limits/${id}/${action}`),
      ]);
      await expectAllTranslated(page, database, [
        '/limits',
        '/limits?metric=parallel',
        '/limits/new',
        ...limit,
        '/users/test-member/limits',
        '/users/test-member/limits/requests/set',
        '/users/test-member/limits/cost/set',
        '/account/usage',
      ]);
    });

    test('groups', async ({ page, database }) => {
      const group = await pathsOf(database, `select id from groups order by id limit 1`, (id) =>
        ['', '/features', '/resources', '/activity', '/add', '/invite', '/edit', '/delete'].map((part) => `/groups/${id}${part}`),
      );
      await expectAllTranslated(page, database, ['/groups', '/groups/new', ...group]);
    });

    test('resources and features', async ({ page, database }) => {
      const resource = await pathsOf(database, `select id from resources limit 1`, (id) =>
        ['', '/grant', '/transfer', '/edit', '/delete'].map((end) => `/resources/${id}${end}`),
      );
      await expectAllTranslated(page, database, [
        '/resources',
        '/resources?q=unknown-resource',
        '/resources/new',
        '/resources/transfer',
        ...resource,
        '/features',
        '/features?q=unknown-feature',
        '/features/new',
        '/features/set',
      ]);
    });

    test('conversations', async ({ page, database }) => {
      const userId = await database.value(`select id from users where username = 'test-member'`);
      const messages = ['user', 'assistant', 'system', 'tool'].map((role) => ({ role, content: 'Hello', tokens: 2, cost: '0.01' }));
      const data = { userId, branch: 'Physics', name: 'Light', externalId: 'translated', messages };
      const stored = await page.request.post('/api/conversations', { data });
      expect(stored.status()).toBe(201);
      const { id } = await stored.json();
      for (const [seq, rating] of [[1, 'like'], [2, 'dislike']] as const) {
        await page.request.post(`/api/conversations/${id}/feedback`, { data: { seq, rating, comment: 'Hello' } });
      }
      await expectAllTranslated(page, database, [
        '/conversations',
        '/conversations?branch=physics&user=test-member&feedback=likes&from=7d&min_cost=0.01&max_cost=1',
        '/conversations?branch=unknown-branch',
        `/conversations/${id}`,
        '/conversations/00000000-0000-7000-8000-000000000000',
      ]);
    });

    test('usage', async ({ page, database }) => {
      await database.rows(`
        insert into usage_daily (day, user_id, model, requests, tokens_in, tokens_out, cost_nanos)
        select (now() at time zone 'UTC')::date, id, null, 1, 20, 3, 4000000000 from users where username = 'test-member'`);
      await database.rows(`
        insert into usage_events (id, at, kind, user_id, requests, tokens_in, tokens_out, cost_nanos)
        select uuid_v7(now()), now(), 'use', id, 1, 20, 3, 4000000000 from users where username = 'test-member'`);
      await expectAllTranslated(page, database, [
        '/usage',
        '/usage?range=7d&user=unknown-user',
        '/users/test-member/usage',
        '/users/test-auditor/usage',
      ]);
    });

    test('overview, audit log, settings and jobs', async ({ page, database }) => {
      const job = await pathsOf(database, `select id from jobs where state = 'failed' limit 1`, (id) => [
        `/settings/jobs/${id}/retry`,
      ]);
      await expectAllTranslated(page, database, ['/overview', '/audit', '/audit?actor=admin', '/settings', '/settings/dialects', '/settings/jobs', ...job]);
    });

    test('the own account', ({ page, database }) =>
      expectAllTranslated(
        page,
        database,
        ['', '/password', '/sessions', '/sessions/others', '/keys', '/keys/new', '/tokens', '/tokens/new', '/preferences', '/data', '/delete']
          .map((part) => `/account${part}`),
      ));

    test('pages of one-time links', async ({ page, database, server, another }) => {
      const id = await database.value(`select id from users where username = 'test-member'`);
      const invitation = await page.request.post('/api/admin/invitations', { data: { note: 'Translated' } });
      const reset = await page.request.post(`/api/admin/users/${id}/reset-link`);
      const visitor = await another({ viewport: page.viewportSize() });
      await choosePseudoLanguage(visitor.context(), server.url);
      const urls = [(await invitation.json()).link.url, (await reset.json()).url];
      await expectAllTranslated(visitor, database, urls.map((url) => new URL(url).pathname));
    });

    test('pages about errors', async ({ page, database }) => {
      await expectAllTranslated(page, database, ['/users?q=statsu:active', '/users/unknown-user', '/tokens?sort=unknown']);
      await page.goto('/nothing/here');
      await expectTranslated(page, database);
    });

    test('an English text and a button without room are found', async ({ page, database }) => {
      await open(page, '/overview');
      await page.evaluate(() => {
        const added = '<p>Created by admin</p><p>admin, 3 May 2026</p><button>Çréáté ñéw üšér~~~</button>';
        const main = document.querySelector('main')!;
        main.insertAdjacentHTML('beforeend', added);
        const button = main.querySelector('button:last-child') as HTMLElement;
        Object.assign(button.style, { width: '40px', overflow: 'hidden', whiteSpace: 'nowrap' });
      });
      expect(await plainTexts(page, database)).toContain('p: Created by admin');
      expect(await plainTexts(page, database)).not.toContain('p: admin, 3 May 2026');
      expect(await cutControls(page)).toContain('button Çréáté ñéw üšér~~~: its text is cut off');
    });
  });

  test.describe('a member', () => {
    test.use({ as: 'test-member' });

    test('the own account', ({ page, database }) => expectAllTranslated(page, database, ['/account', '/account/data', '/account/delete']));
  });

  test('signed out', ({ page, database }) => expectAllTranslated(page, database, ['/login', '/register', '/setup/unknown']));
});

test.describe('before there are users', () => {
  serve('nothing');

  test('setup', async ({ page, server, database }) => {
    await open(page, await server.prints(/\/setup\//));
    await expectTranslated(page, database);
  });
});

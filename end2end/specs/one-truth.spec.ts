// One user who is changed by the clients of four other systems: one row in the panel, and one status for every credential.
import { type APIRequestContext, type APIResponse, request } from '@playwright/test';
import { UsersList } from '../support/users-list';
import { open } from '../support/page';
import { template } from '../support/template';
import { expect, serve, test } from '../support/test';

const MASTER_KEY = 'sk-one-truth-master-key';
const USER = 'alma.mater@example.org';
const ADMIN = 'one.truth@example.org';
const LITELLM = '/compat/litellm';
const OPEN_WEBUI = '/compat/openwebui/api/v1';
const MAESER = '/compat/maeser';
const TRACKER = '/compat/tracker/api/v1';

serve('demo users', { DIALECTS: 'litellm,openwebui,maeser,tracker', LITELLM_MASTER_KEY: MASTER_KEY });

test.use({ as: 'admin' });

/** Returns a client of the server, with cookies of its own and a bearer token. */
function client(baseURL: string, token?: string): Promise<APIRequestContext> {
  // Without this, the context has the session of the page.
  const storageState = { cookies: [], origins: [] };
  const extraHTTPHeaders: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  return request.newContext({ baseURL, storageState, extraHTTPHeaders });
}

/** Returns the body of a successful response. */
async function json(answer: APIResponse): Promise<any> {
  expect(answer.ok(), `${answer.url()}: ${answer.status()} ${await answer.text()}`).toBe(true);
  return answer.json();
}

/** Returns clients of one user with the credentials that the sign-ins of the systems give. */
async function signIn(url: string, email: string, username: string, password: string) {
  const anonymous = await client(url);
  const openWebUi = await json(await anonymous.post(`${OPEN_WEBUI}/auths/signin`, { data: { email, password } }));
  const tracker = await client(url);
  const access = await json(await tracker.post(`${TRACKER}/auth/login`, { form: { username: email, password } }));
  const maeser = await client(url);
  const form = { username, password, authvalidator: 'rollcall' };
  const entered = await maeser.post(`${MAESER}/login`, { form, maxRedirects: 0 });
  expect(entered.status()).toBe(302);
  const panel = await client(url);
  await json(await panel.post('/api/auth/login', { data: { username, password } }));
  return {
    panel,
    maeser,
    /** Has the cookie with the refresh token, and no token. */
    refreshing: tracker,
    openWebUi: await client(url, openWebUi.token),
    tracker: await client(url, access.access_token),
  };
}

test('a user made, grouped, banned and given a client by four systems is one user', async ({ page, server, database }) => {
  const { password } = template();
  const { url } = server;
  await database.rows(`update users set email = $1 where username = 'admin'`, [ADMIN]);
  const clientId = await database.value(
    `insert into clients (name, created_at, updated_at) values ('One truth', now(), now()) returning id`,
  );
  const admin = await signIn(url, ADMIN, 'admin', password);

  // LiteLLM creates the user and a virtual key.
  const master = await client(url, MASTER_KEY);
  const created = await json(
    await master.post(`${LITELLM}/user/new`, { data: { user_id: 'alma/1+1', user_email: USER, user_alias: 'Alma Mater' } }),
  );
  expect(created.key).toMatch(/^sk-/);
  const [user] = await database.rows('select id, number, username from users where email = $1', [USER]);
  const { id, number, username } = user!;
  // The user chooses a password with a link, which is not what this test is about.
  await database.rows(
    `update users u set password_hash = a.password_hash, must_change_password = false, password_changed_at = now()
    from users a where a.username = 'admin' and u.id = $1`,
    [id],
  );
  const own = await signIn(url, USER, username, password);
  const key = await client(url, created.key);
  const requests: [string, () => Promise<APIResponse>][] = [
    ['virtual key, LiteLLM', () => key.get(`${LITELLM}/user/info`)],
    ['virtual key, Rollcall', () => key.get('/api/limits')],
    ['token of Open WebUI', () => own.openWebUi.get(`${OPEN_WEBUI}/auths/`)],
    ['session of Maeser', () => own.maeser.get(`${MAESER}/get_requests_remaining`, { maxRedirects: 0 })],
    ['access token of Tracker', () => own.tracker.get(`${TRACKER}/users/me`)],
    ['refresh token of Tracker', () => own.refreshing.get(`${TRACKER}/auth/refresh-cookie`)],
    ['session of the panel', () => own.panel.get('/api/auth/me')],
  ];
  for (const [credential, ask] of requests) expect((await ask()).status(), credential).toBe(200);

  // Open WebUI adds the user to a group.
  const group = await json(
    await admin.openWebUi.post(`${OPEN_WEBUI}/groups/create`, { data: { name: 'One group', description: '' } }),
  );
  await json(await admin.openWebUi.post(`${OPEN_WEBUI}/groups/id/${group.id}/users/add`, { data: { user_ids: [id] } }));

  // Maeser bans the user.
  const banned = await json(
    await admin.maeser.post(`${MAESER}/users/api`, {
      data: { type: 'toggle-ban', user_auth: 'rollcall', user_id: username, new_status: true },
    }),
  );
  expect(banned).toEqual({ response: `Made rollcall.${username} banned` });

  /** Expects that no credential opens anything, and that no sign-in gives another one. */
  const expectDenied = async () => {
    for (const [credential, ask] of requests) {
      const answer = await ask();
      if (answer.status() === 302) expect(answer.headers()['location'], credential).toContain('/login');
      else expect([401, 403], credential).toContain(answer.status());
    }
    const anonymous = await client(url);
    const tracker = await anonymous.post(`${TRACKER}/auth/login`, { form: { username: USER, password } });
    expect([tracker.status(), await tracker.json()]).toEqual([400, { detail: 'Inactive user' }]);
    const openWebUi = await anonymous.post(`${OPEN_WEBUI}/auths/signin`, { data: { email: USER, password } });
    expect(openWebUi.status()).toBeGreaterThanOrEqual(400);
    expect(openWebUi.status()).toBeLessThan(500);
    const form = { username, password, authvalidator: 'rollcall' };
    const maeser = await anonymous.post(`${MAESER}/login`, { form, maxRedirects: 0 });
    expect(await maeser.text()).toContain(`User rollcall.${username} is Banned`);
    const panel = await anonymous.post('/api/auth/login', { data: { username, password } });
    expect(panel.status()).toBe(403);
  };
  await expectDenied();

  // Tracker adds a client to the user's list.
  const changed = await json(
    await admin.tracker.put(`${TRACKER}/users/${number}`, { data: { client_list: [clientId] } }),
  );
  expect(changed).toMatchObject({ id: Number(number), name: 'Alma Mater', email: USER, client_list: [clientId] });
  await expectDenied();

  // The panel has one user with all of it.
  const list = new UsersList(page, database);
  await list.open({ q: USER });
  await expect(list.usernames).toHaveText([username]);
  await expect(list.rows.first()).toContainText('Alma Mater');
  await expect(list.rows.first()).toContainText('Suspended');
  await open(page, `/users/${username}/history`);
  for (const action of ['User created', 'User suspended', 'User updated']) {
    await expect(page.getByRole('row').filter({ hasText: action }).first()).toBeVisible();
  }
  const shown = await json(await admin.panel.get(`/api/admin/users/find?user=number:${number}`));
  expect(shown).toMatchObject({ id, username, email: USER, status: 'suspended', clientList: [clientId] });
  const members = 'select count(*)::int from group_members where user_id = $1 and group_id = $2';
  expect(await database.value(members, [id, group.id])).toBe(1);
  expect(await database.value('select count(*)::int from users where display_name = $1', ['Alma Mater'])).toBe(1);

  // Each change is an entry of its actor.
  const entries = await database.rows(
    `select action, actor_label from audit_events
    where (target_id = $1 or changes -> 'members' -> 1 ? $2)
      and action in ('user.created', 'group.members_added', 'user.suspended', 'user.updated')
    order by id`,
    [id, username],
  );
  expect(entries).toEqual([
    { action: 'user.created', actor_label: 'litellm master key' },
    { action: 'group.members_added', actor_label: 'admin' },
    { action: 'user.suspended', actor_label: 'admin' },
    { action: 'user.updated', actor_label: 'admin' },
  ]);
});

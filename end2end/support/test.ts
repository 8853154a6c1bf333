// `test` as the specs use it: each spec file has a server and a database of its own, and a test fails when the browser
// complains about anything.
import { type APIRequestContext, request, test as base } from '@playwright/test';
import { BrowserWatch } from './browser-watch';
import { Database } from './database';
import { Rollcall } from './rollcall';
import { type Person, template } from './template';

export { expect } from '@playwright/test';

interface Options {
  /** Who is signed in when the test begins. */
  as: Person | undefined;
}

interface Fixtures {
  server: Rollcall;
  database: Database;
  /** What the browser may complain about in this test. */
  browserWatch: BrowserWatch;
}

type Cookies = Awaited<ReturnType<APIRequestContext['storageState']>>;

interface Stage {
  server: Rollcall;
  database: Database;
  sessions: Map<Person, Promise<Cookies>>;
}

let stage: Stage | undefined;

/** Gives the tests of this file a server on a database with demo people, or on an empty one. */
export function serve(content: 'demo people' | 'nothing'): void {
  test.beforeAll(async () => {
    const database = await Database.create(content === 'nothing' ? undefined : template().database);
    stage = { database, server: await Rollcall.start(database.url), sessions: new Map() };
  });
  test.afterAll(async () => {
    await stage?.server.stop();
    await stage?.database.drop();
    stage = undefined;
  });
}

export const test = base.extend<Options & Fixtures>({
  as: [undefined, { option: true }],

  server: async ({}, use, testInfo) => {
    await use(stage!.server);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server log', { body: stage!.server.log, contentType: 'text/plain' });
    }
  },

  database: async ({}, use) => use(stage!.database),

  baseURL: async ({}, use) => use(stage?.server.url),

  // Playwright asks already before there is a stage, for the hooks that make it.
  storageState: async ({ as }, use) => use(as && stage && (await session(stage, as))),

  browserWatch: [
    // Of a failure that it finds the server's log is kept, because it ends before the server's turn.
    async ({ context, server: _ }, use) => {
      const watch = new BrowserWatch(context);
      await use(watch);
      watch.report();
    },
    { auto: true },
  ],
});

/** The cookies of somebody who has signed in; one session serves all tests of a file. */
function session({ sessions, server }: Stage, person: Person): Promise<Cookies> {
  const known = sessions.get(person) ?? signInByApi(server.url, person);
  sessions.set(person, known);
  return known;
}

async function signInByApi(url: string, username: Person): Promise<Cookies> {
  const api = await request.newContext({ baseURL: url });
  const answer = await api.post('/api/auth/login', { data: { username, password: template().password } });
  if (!answer.ok()) throw new Error(`${username} cannot sign in: ${await answer.text()}`);
  const cookies = await api.storageState();
  await api.dispose();
  return cookies;
}

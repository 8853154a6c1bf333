// The `test` of all specs: each spec file has its own server and database, and a test fails on any message in the browser's
// console.
import { type APIRequestContext, type BrowserContext, type BrowserContextOptions, type Page, request, test as base } from '@playwright/test';
import { BrowserWatch } from './browser-watch';
import { Database } from './database';
import { Rollcall } from './rollcall';
import { type TestAccount, template } from './template';

export { expect } from '@playwright/test';

interface Options {
  /** User that is signed in when the test begins. */
  as: TestAccount | undefined;
}

interface Fixtures {
  server: Rollcall;
  database: Database;
  /** Declares the console messages that the test causes. */
  browserWatch: BrowserWatch;
  /** Opens a page in a separate browser context without a session; it is closed after the test. */
  another(options?: BrowserContextOptions): Promise<Page>;
}

type Cookies = Awaited<ReturnType<APIRequestContext['storageState']>>;

/** Database for a server. */
interface Ground {
  database: Database;
  /** Password of all users in the database. */
  password: string;
  /** Deletes the database. */
  end(): Promise<void>;
}

interface Stage extends Ground {
  server: Rollcall;
  /** Cookies of the users that have signed in. */
  sessions: Map<TestAccount, Promise<Cookies>>;
}

const ANONYMOUS = { cookies: [], origins: [] };

let stage: Stage | undefined;

/** Starts a server for the tests of this file or group, on a database with demo users or on an empty one, optionally with settings. */
export function serve(content: 'demo users' | 'nothing', environment: Record<string, string> = {}): void {
  serveOn(async () => {
    const { database: name, password } = template();
    const database = await Database.create(content === 'nothing' ? undefined : name);
    return { database, password, end: () => database.drop() };
  }, environment);
}

/** Starts a server for them on a database that they create. */
export function serveOn(make: () => Promise<Ground>, environment: Record<string, string> = {}): void {
  let outer: Stage | undefined;
  let ground: Ground | undefined;
  let server: Rollcall | undefined;
  test.beforeAll(async () => {
    outer = stage;
    ground = await make();
    server = await Rollcall.start(ground.database.url, environment);
    stage = { ...ground, server, sessions: new Map() };
  });
  test.afterAll(async () => {
    await server?.stop();
    await ground?.end();
    stage = outer;
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

  // Playwright also evaluates this for the hooks that create the stage, before there is one.
  storageState: async ({ as }, use) => use(as && stage && (await session(stage, as))),

  another: async ({ browser, server }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ baseURL: server.url, storageState: ANONYMOUS, ...options });
      contexts.push(context);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },

  browserWatch: [
    // Depends on `server`, so that a failure found here still gets the server's log attached.
    async ({ context, server: _, javaScriptEnabled }, use) => {
      const watch = new BrowserWatch(context);
      // Without scripts, preloaded files stay unused, which Chromium reports after some seconds.
      if (!javaScriptEnabled) watch.expectBreakage(/was preloaded using link preload but not used/);
      await use(watch);
      watch.report();
    },
    { auto: true },
  ],
});

/** Returns the cookies of a signed-in user. One session serves all tests on a stage. */
function session(on: Stage, user: TestAccount): Promise<Cookies> {
  const cookies = on.sessions.get(user) ?? signInByApi(on, user);
  on.sessions.set(user, cookies);
  return cookies;
}

async function signInByApi({ server, password }: Stage, username: TestAccount): Promise<Cookies> {
  const api = await request.newContext({ baseURL: server.url });
  const answer = await api.post('/api/auth/login', { data: { username, password } });
  if (!answer.ok()) throw new Error(`${username} cannot sign in: ${await answer.text()}`);
  const cookies = await api.storageState();
  await api.dispose();
  return cookies;
}

// `test` as the specs use it: each spec file has a server and a database of its own, and a test fails when the browser
// complains about anything.
import { type APIRequestContext, type BrowserContext, type BrowserContextOptions, type Page, request, test as base } from '@playwright/test';
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
  /** Opens a page in a browser of somebody who is not signed in; it is closed with the test. */
  another(options?: BrowserContextOptions): Promise<Page>;
}

type Cookies = Awaited<ReturnType<APIRequestContext['storageState']>>;

/** What a server is put on. */
interface Ground {
  database: Database;
  /** The password of everybody in the database. */
  password: string;
  /** Clears it away. */
  end(): Promise<void>;
}

interface Stage extends Ground {
  server: Rollcall;
  /** Who has signed in on it. */
  sessions: Map<Person, Promise<Cookies>>;
}

const NOBODY = { cookies: [], origins: [] };

let stage: Stage | undefined;

/** Gives the tests of this file, or of this group, a server on a database with demo people, or on an empty one; with settings
 * of its own, if they need some. */
export function serve(content: 'demo people' | 'nothing', environment: Record<string, string> = {}): void {
  serveOn(async () => {
    const { database: name, password } = template();
    const database = await Database.create(content === 'nothing' ? undefined : name);
    return { database, password, end: () => database.drop() };
  }, environment);
}

/** Gives them a server on a database that they make. */
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

  // Playwright asks already before there is a stage, for the hooks that make it.
  storageState: async ({ as }, use) => use(as && stage && (await session(stage, as))),

  another: async ({ browser, server }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ baseURL: server.url, storageState: NOBODY, ...options });
      contexts.push(context);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },

  browserWatch: [
    // Of a failure that it finds the server's log is kept, because it ends before the server's turn.
    async ({ context, server: _, javaScriptEnabled }, use) => {
      const watch = new BrowserWatch(context);
      // Without scripts what a page fetches ahead for them stays unused, of which Chromium speaks after some seconds.
      if (!javaScriptEnabled) watch.expectBreakage(/was preloaded using link preload but not used/);
      await use(watch);
      watch.report();
    },
    { auto: true },
  ],
});

/** The cookies of somebody who has signed in; one session serves all tests on a stage. */
function session(on: Stage, person: Person): Promise<Cookies> {
  const cookies = on.sessions.get(person) ?? signInByApi(on, person);
  on.sessions.set(person, cookies);
  return cookies;
}

async function signInByApi({ server, password }: Stage, username: Person): Promise<Cookies> {
  const api = await request.newContext({ baseURL: server.url });
  const answer = await api.post('/api/auth/login', { data: { username, password } });
  if (!answer.ok()) throw new Error(`${username} cannot sign in: ${await answer.text()}`);
  const cookies = await api.storageState();
  await api.dispose();
  return cookies;
}

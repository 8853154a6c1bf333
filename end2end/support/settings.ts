// Settings of the tests. `cargo xtask test --only e2e` passes them in the environment; without it, the last dev build and the
// database of this checkout are used.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const settings = {
  /** Path of the server's binary. */
  binary: process.env.ROLLCALL_BIN ?? resolve(root, 'target/debug/rollcall'),
  /** Folder with the built files of the panel. */
  site: process.env.LEPTOS_SITE_ROOT ?? resolve(root, 'target/site'),
  /** Path of the browser. */
  chromium: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
  /** Whether times are checked against their limits, which requires a release build on an idle machine. */
  measure: process.env.ROLLCALL_MEASURE === '1',
  /** Folder of the screenshots of inspected screens, which are saved on request (ROLLCALL_SHOTS=1). */
  shots: process.env.ROLLCALL_SHOTS === '1' ? resolve(root, 'end2end/shots') : undefined,
};

/** Returns the URL of a server on which databases can be created. */
export function databaseUrl(): string {
  const given = process.env.DATABASE_URL;
  return given ?? execFileSync(resolve(root, 'scripts/postgres'), ['url'], { encoding: 'utf8' }).trim();
}

// What is under test and where it runs. `cargo xtask test --only e2e` says it by the environment; by hand, the last dev
// build and the database of this checkout are taken.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const settings = {
  /** The program `rollcall`. */
  binary: process.env.ROLLCALL_BIN ?? resolve(root, 'target/debug/rollcall'),
  /** The folder with the built files of the panel. */
  site: process.env.LEPTOS_SITE_ROOT ?? resolve(root, 'target/site'),
  /** The browser. */
  chromium: process.env.CHROMIUM ?? '/usr/bin/chromium',
  /** Whether times are measured against their limits: only a release build on a quiet machine can keep them. */
  measure: process.env.ROLLCALL_MEASURE === '1',
  /** Where screenshots go. */
  shots: resolve(root, 'end2end/shots'),
};

/** A server on which databases can be made. */
export function databaseUrl(): string {
  const given = process.env.DATABASE_URL;
  return given ?? execFileSync(resolve(root, 'scripts/postgres'), ['url'], { encoding: 'utf8' }).trim();
}

// The server under test, as a separate process.
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface, type Interface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort } from './free-port';
import { settings } from './settings';

/** Settings without those of the caller, and without the `.env` of the working folder. */
function surroundings(database: string, more: Record<string, string> = {}) {
  const env = { DATABASE_URL: database, LEPTOS_SITE_ROOT: settings.site, LOG_LEVEL: 'info', API_RATE_LIMIT: '0', ...more };
  return { cwd: tmpdir(), env };
}

/** Runs a command and returns its output. */
export async function run(database: string, ...command: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(settings.binary, command, surroundings(database));
  return stdout;
}

/** Loads demo users and an admin. Returns the admin's password. */
export async function loadDemo(database: string, users: number): Promise<string> {
  await run(database, 'migrate');
  const printed = await run(database, 'demo', '--users', String(users), '--admin');
  const password = /`admin` with the password (\S+)/.exec(printed)?.[1];
  if (!password) throw new Error(`demo printed no password: ${printed}`);
  return password;
}

/** Listening server. */
export class Rollcall {
  /** Lines that it has printed for the operator. */
  readonly printed: string[] = [];
  /** Its log. */
  log = '';
  private readonly output: Interface;
  private silent = false;

  private constructor(readonly url: string, private readonly process: ChildProcessWithoutNullStreams) {
    process.stderr.setEncoding('utf8').on('data', (text) => (this.log += text));
    this.output = createInterface(process.stdout);
    this.output.on('line', (line) => this.printed.push(line)).on('close', () => (this.silent = true));
  }

  /** Starts a server and waits until it listens. */
  static async start(database: string, environment: Record<string, string> = {}): Promise<Rollcall> {
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(settings.binary, ['serve'], surroundings(database, { ...environment, LEPTOS_SITE_ADDR: address }));
    const server = new Rollcall(`http://${address}`, child);
    // If the tests are aborted, the server stops with them.
    const end = () => child.kill();
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    await server.prints(/listens on/);
    return server;
  }

  /** Waits for a line on standard output that matches. */
  async prints(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = this.printed.find((line) => pattern.test(line));
      if (line) return line;
      if (this.silent) throw new Error(`rollcall serve has ended without printing ${pattern}: ${this.log}`);
      await Promise.race([once(this.output, 'line'), once(this.output, 'close')]);
    }
  }

  /** Sends the signal to stop. */
  terminate(): void {
    this.process.kill('SIGTERM');
  }

  /** Waits for the end of the process and returns its exit code. */
  async ended(): Promise<number | null> {
    if (!this.exited) await once(this.process, 'exit');
    return this.process.exitCode;
  }

  /** Stops the server. */
  async stop(): Promise<number | null> {
    this.terminate();
    return this.ended();
  }

  private get exited(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }
}

// The program under test, as a process of its own.
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface, type Interface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort } from './free-port';
import { settings } from './settings';

/** Nothing of the caller's own settings, and no `.env` of the folder that the tests run in. */
function surroundings(database: string, more: Record<string, string> = {}) {
  const env = { DATABASE_URL: database, LEPTOS_SITE_ROOT: settings.site, LOG_LEVEL: 'info', API_RATE_LIMIT: '0', ...more };
  return { cwd: tmpdir(), env };
}

/** Runs a command to its end and returns what it printed. */
export async function run(database: string, ...command: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(settings.binary, command, surroundings(database));
  return stdout;
}

/** Loads demo people and an admin, whose password is returned. */
export async function loadDemo(database: string, users: number): Promise<string> {
  await run(database, 'migrate');
  const printed = await run(database, 'demo', '--users', String(users), '--admin');
  const password = /`admin` with the password (\S+)/.exec(printed)?.[1];
  if (!password) throw new Error(`demo printed no password: ${printed}`);
  return password;
}

/** A server that listens. */
export class Rollcall {
  /** What it has printed for the operator, line by line. */
  readonly printed: string[] = [];
  /** What it has logged. */
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
    // Should the tests be cut short, it ends with them.
    const end = () => child.kill();
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    await server.prints(/listening on/);
    return server;
  }

  /** Waits for a line that the operator gets to see. */
  async prints(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = this.printed.find((line) => pattern.test(line));
      if (line) return line;
      if (this.silent) throw new Error(`rollcall serve has ended without printing ${pattern}: ${this.log}`);
      await Promise.race([once(this.output, 'line'), once(this.output, 'close')]);
    }
  }

  /** Tells it to stop, as an operator does. */
  terminate(): void {
    this.process.kill('SIGTERM');
  }

  /** Waits for its end; returns the exit code. */
  async ended(): Promise<number | null> {
    if (!this.exited) await once(this.process, 'exit');
    return this.process.exitCode;
  }

  /** Stops it. */
  async stop(): Promise<number | null> {
    this.terminate();
    return this.ended();
  }

  private get exited(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }
}

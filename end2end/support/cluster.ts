// A PostgreSQL cluster for one test, which can stop and start it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Database } from './database';
import { freePort } from './free-port';

/** Returns the user that PostgreSQL runs as. As root this is `postgres`, because PostgreSQL does not run as root. */
function account(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Returns the folder of PostgreSQL's server programs. Debian keeps them outside the PATH, by version. */
function programs(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...process.env.PATH!.split(delimiter)];
  const folder = folders.find((folder) => existsSync(join(folder, 'initdb')));
  if (!folder) throw new Error('PostgreSQL’s program initdb is not here: run scripts/toolchain.');
  return folder;
}

export class Cluster {
  private server: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly bin: string,
    private readonly port: number,
    private readonly password: string,
  ) {}

  /** Creates a cluster and starts it. */
  static async create(): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-e2e-'));
    const cluster = new Cluster(folder, programs(), await freePort(), randomBytes(16).toString('hex'));
    cluster.initialise();
    await cluster.start();
    return cluster;
  }

  /** Its database. */
  get database(): Database {
    return new Database('postgres', `postgres://rollcall:${this.password}@127.0.0.1:${this.port}/postgres`);
  }

  /** Starts the server unless it is running, and waits until it accepts connections. */
  async start(): Promise<void> {
    if (this.runs()) return;
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    const options = ['-D', this.data, '-p', String(this.port), ...settings.flatMap((setting) => ['-c', setting])];
    const server = spawn(join(this.bin, 'postgres'), options, this.surroundings());
    this.server = server;
    // If the tests are aborted, the server stops with them.
    const end = () => server.kill('SIGINT');
    process.once('exit', end);
    server.once('exit', () => process.off('exit', end));
    for await (const line of createInterface(server.stderr!)) {
      if (line.includes('ready to accept connections')) break;
    }
    server.stderr!.resume();
  }

  /** Stops the server; connections are closed. */
  async stop(): Promise<void> {
    if (!this.runs()) return;
    this.server!.kill('SIGINT');
    await once(this.server!, 'exit');
  }

  /** Stops the server and deletes the cluster. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  private runs(): boolean {
    return this.server?.exitCode === null;
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  private surroundings() {
    return { ...account(), cwd: this.folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
  }

  private initialise(): void {
    const passwordFile = join(this.folder, 'password');
    writeFileSync(passwordFile, this.password, { mode: 0o600 });
    const { uid, gid } = account();
    if (uid !== undefined && gid !== undefined) {
      for (const path of [this.folder, passwordFile]) chownSync(path, uid, gid);
    }
    const options = ['-D', this.data, '-U', 'rollcall', '-A', 'scram-sha-256', '--pwfile', passwordFile, '--no-sync'];
    execFileSync(join(this.bin, 'initdb'), options, { ...this.surroundings(), stdio: 'pipe' });
  }
}

import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the range of ports that the system assigns itself, so that no other program gets the port before it is used.
const FIRST = 20_000;
const COUNT = 12_000;

// Each process starts at a different port.
let last = (process.pid * 97) % COUNT;

/** Returns a port that was free when it was tested. */
export async function freePort(): Promise<number> {
  do last = (last + 1) % COUNT;
  while (!(await isFree(FIRST + last)));
  return FIRST + last;
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}

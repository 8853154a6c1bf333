import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ports that the system gives away by itself: none of them goes to another program before it is used.
const FIRST = 20_000;
const COUNT = 12_000;

// Each process begins elsewhere.
let last = (process.pid * 97) % COUNT;

/** A port that was free a moment ago. */
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

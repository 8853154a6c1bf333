// Operations: metrics and health checks.
import { freePort } from '../support/free-port';
import { Rollcall } from '../support/rollcall';
import { expect, serve, test } from '../support/test';

serve('demo users');

test('metrics for Prometheus, on their own port only', async ({ database, request }) => {
  const address = `127.0.0.1:${await freePort()}`;
  const server = await Rollcall.start(database.url, { METRICS_ADDR: address });
  for (const path of ['/healthz', '/readyz', '/users', '/login', '/nothing/here', '/favicon.svg']) {
    await request.get(`${server.url}${path}`, { maxRedirects: 0 });
  }
  let text = '';
  // A connection becomes idle only shortly after the response that used it.
  await expect(async () => {
    const answer = await request.get(`http://${address}/metrics`);
    expect(answer.headers()['content-type']).toContain('text/plain; version=0.0.4');
    text = await answer.text();
    expect(text).toMatch(/rollcall_database_connections\{state="idle"\} [1-9]/);
  }).toPass({ timeout: 30_000 });
  const counted = (labels: string) => `rollcall_http_request_duration_seconds_count{${labels}} 1`;
  for (const labels of [
    'method="GET",route="/healthz",status="200"',
    'method="GET",route="/readyz",status="200"',
    'method="GET",route="/users",status="303"',
    'method="GET",route="/login",status="200"',
    'method="GET",route="files",status="404"',
    'method="GET",route="files",status="200"',
  ]) {
    expect(text).toContain(counted(labels));
  }
  const [users] = await database.rows(`select count(*) as n from users where deleted_at is null`);
  expect(text).toContain(`rollcall_total{of="users"} ${users!.n}`);
  expect(text).toContain('rollcall_database_reachable 1');
  expect(text).toContain('rollcall_jobs{state="failed"} 0');
  // The metrics are not served on the panel's port, and nothing else on theirs.
  expect((await request.get(`${server.url}/metrics`)).status()).toBe(404);
  expect((await request.get(`http://${address}/api/health`)).status()).toBe(404);
  expect(await server.stop()).toBe(0);
});

test('a server without its tables is alive, but not ready', async ({ database, server, request }) => {
  expect((await request.get(`${server.url}/readyz`)).status()).toBe(200);
  await database.rows('update _sqlx_migrations set version = -version where version = (select max(version) from _sqlx_migrations)');
  expect((await request.get(`${server.url}/readyz`)).status()).toBe(503);
  expect((await request.get(`${server.url}/healthz`)).status()).toBe(200);
  await database.rows('update _sqlx_migrations set version = -version where version < 0');
  expect((await request.get(`${server.url}/readyz`)).status()).toBe(200);
});

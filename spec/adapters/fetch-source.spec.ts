import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fetchUrl } from '../../lib/adapters/fetch-source.js';
import { TaskFailure } from '../../lib/adapters/task-failure.js';

const CONTENT = Buffer.from('kollage'.repeat(20_000));
const DIGEST = createHash('sha256').update(CONTENT).digest('hex');

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('fetchUrl', () => {
  let server: Server;
  let base = '';
  let work = '';
  let target = '';
  let requests: IncomingMessage[] = [];
  let handler: Handler;

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(request);
      handler(request, response);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(work, { recursive: true, force: true });
  });

  beforeEach(() => {
    requests = [];
    target = join(work, `${Math.floor(performance.now() * 1000)}-archive`);
  });

  const fetch = (url: string, more: { sha256?: string; env?: object; timeout?: number } = {}) =>
    fetchUrl({ url, sha256: more.sha256 }, target, {
      env: { ...more.env },
      timeout: more.timeout ?? 5,
    });

  const failure = async (work: Promise<unknown>): Promise<TaskFailure> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TaskFailure);
    expect(existsSync(target)).toBe(false);
    expect(existsSync(`${target}.part`)).toBe(false);
    return error as TaskFailure;
  };

  it('writes the file, checks its digest and zeroes its time', async () => {
    handler = (_, response) => response.end(CONTENT);
    await fetch(`${base}/x.tar.gz?y=1`, { sha256: DIGEST.toUpperCase() });
    expect(readFileSync(target).equals(CONTENT)).toBe(true);
    expect(statSync(target).mtimeMs).toBe(0);
    expect(requests[0]?.url).toBe('/x.tar.gz?y=1');
  });

  it('names both digests when they differ, and does not try again', async () => {
    handler = (_, response) => response.end('something else');
    const { message, transient } = await failure(fetch(`${base}/f`, { sha256: DIGEST }));
    expect(message).toMatch(
      new RegExp(`^${base}/f SHA256 checksum does not match\\(configured: ${DIGEST}, computed: `),
    );
    expect(transient).toBe(false);
  });

  it.each([
    [404, false],
    [403, false],
    [429, true],
    [503, true],
  ])('fails with status_code %i, transient: %s', async (status, transient) => {
    handler = (_, response) => response.writeHead(status).end('no');
    const found = await failure(fetch(`${base}/f`));
    expect(found.message.split('\n')[0]).toBe(`Failed to download archive: status_code ${status}`);
    expect(found.message).toContain(`The address was ${base}/f`);
    expect(found.transient).toBe(transient);
  });

  it('follows redirects, and gives up on a circle of them', async () => {
    handler = ({ url }, response) =>
      url === '/start' ? response.writeHead(302, { location: '/end' }).end() : response.end('end');
    await fetch(`${base}/start`);
    expect(readFileSync(target, 'utf8')).toBe('end');
    rmSync(target);
    handler = (_, response) => response.writeHead(302, { location: '/again' }).end();
    const { message, transient } = await failure(fetch(`${base}/start`));
    expect(message).toMatch(/more than 30 redirects/);
    expect(transient).toBe(false);
  });

  it('goes on where a connection broke off', async () => {
    handler = ({ headers }, response) => {
      const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
      const rest = CONTENT.subarray(from);
      response.writeHead(from ? 206 : 200, { 'content-length': rest.length, etag: '"v1"' });
      if (requests.length > 3) return response.end(rest);
      response.write(rest.subarray(0, 40_000), () => setTimeout(() => response.destroy(), 50));
    };
    await fetch(`${base}/f`, { sha256: DIGEST });
    expect(readFileSync(target).equals(CONTENT)).toBe(true);
    expect(requests.length).toBe(4);
    expect(requests[1]?.headers['if-range']).toBe('"v1"');
  });

  it('starts again where the server can not go on', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length });
      if (requests.length > 1) return response.end(CONTENT);
      response.write(CONTENT.subarray(0, 40_000), () => setTimeout(() => response.destroy(), 50));
    };
    await fetch(`${base}/f`, { sha256: DIGEST });
    expect(readFileSync(target).equals(CONTENT)).toBe(true);
  });

  it('gives up on a server that never sends more', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('x', () => response.destroy());
    };
    const { message, transient } = await failure(fetch(`${base}/f`));
    expect(message).toMatch(new RegExp(`^Failed to get archive from ${base}/f: `));
    expect(transient).toBe(true);
    expect(requests.length).toBeLessThan(15);
  });

  it('does not wait longer than the timeout for an answer', async () => {
    handler = () => undefined;
    const { message, transient } = await failure(fetch(`${base}/f`, { timeout: 1 }));
    expect(message).toBe(`Request timed out while getting archive from ${base}/f`);
    expect(transient).toBe(true);
  });

  it('says that nobody listens', async () => {
    const { message, transient } = await failure(fetch('http://127.0.0.1:1/f'));
    expect(message).toMatch(/ECONNREFUSED/);
    expect(transient).toBe(true);
  });

  it('undoes a transfer encoding', async () => {
    handler = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(CONTENT));
    await fetch(`${base}/f`, { sha256: DIGEST });
    expect(readFileSync(target).equals(CONTENT)).toBe(true);
  });

  it('logs in with what the address holds, and never shows it', async () => {
    handler = ({ headers }, response) => {
      const login = `Basic ${Buffer.from('me:s3cr@t').toString('base64')}`;
      return response.writeHead(headers.authorization === login ? 500 : 401).end();
    };
    const address = base.replace('//', '//me:s3cr%40t@');
    const found = await failure(fetch(`${address}/f`));
    expect(found.message).toMatch(/status_code 500\nThe address was http:\/\/\*\*\*@/);
    const refused = await failure(fetch('http://me:s3cr%40t@127.0.0.1:1/f'));
    expect(refused.message).toMatch(/http:\/\/\*\*\*@127\.0\.0\.1:1\/f/);
    expect(refused.message).not.toMatch(/s3cr/);
  });

  it('reads addresses of proxies and logins as tolerantly as kolla', async () => {
    handler = ({ url, headers }, response) => response.end(`${url} ${headers.authorization}`);
    const bare = base.replace('http://', '');
    await fetch('http://50%:of%@nowhere.invalid/f', { env: { HTTP_PROXY: bare } });
    const login = Buffer.from('50%:of%').toString('base64');
    expect(readFileSync(target, 'utf8')).toBe(`http://nowhere.invalid/f Basic ${login}`);
    rmSync(target);
    const env = { all_proxy: 'http://u:planted@[' };
    const { message, transient } = await failure(fetch(`${base}/f`, { env }));
    expect(message).toMatch(/^all_proxy is no address of a proxy.*: http:\/\/\*\*\*@\[$/);
    expect(transient).toBe(false);
  });

  it('goes through the proxy that the environment names, except where it must not', async () => {
    handler = ({ url }, response) => response.end(`proxied ${url}`);
    await fetch('http://nowhere.invalid/f', { env: { http_proxy: base } });
    expect(readFileSync(target, 'utf8')).toBe('proxied http://nowhere.invalid/f');
    rmSync(target);
    const direct = await failure(
      fetch('http://nowhere.invalid/f', { env: { http_proxy: base, no_proxy: 'nowhere.invalid' } }),
    );
    expect(direct.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });
});

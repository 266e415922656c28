import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DockerEngine } from '../../lib/adapters/docker-engine.js';
import { EngineError, type BuildRequest } from '../../lib/adapters/engine.js';
import { dockerCredentials } from '../../lib/adapters/registry-credentials.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const ID = `sha256:${'a'.repeat(64)}`;
const VERSION = JSON.stringify({ Version: '24.0.0', ApiVersion: '1.43', Os: 'linux' });
const lines = (...messages: unknown[]): string =>
  messages.map((message) => `${JSON.stringify(message)}\r\n`).join('');
const built = { id: 'moby.image.id', aux: { ID } };
const trace = (...bytes: number[]): unknown => ({
  id: 'moby.buildkit.trace',
  aux: Buffer.from(bytes).toString('base64'),
});

describe('a daemon that answers what none should', () => {
  let work = '';
  let server: Server | undefined;
  let engine: DockerEngine;
  let path = '';
  let sockets = 0;

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    mkdirSync(join(work, 'image'));
    writeFileSync(join(work, 'image/Dockerfile'), 'FROM scratch\n');
  });

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });

  const request = (): BuildRequest => ({
    ...{ name: 'a/b:1', alsoNamed: [], contextDir: join(work, 'image'), pull: false },
    ...{ cache: true, keep: false, networkMode: null, platform: null, cacheFrom: [] },
    ...{ buildArgs: new Map(), labels: new Map(), inlineCache: false, secrets: new Map() },
  });

  const text =
    (body: string | Buffer, status = 200): Answer =>
    (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body);
    };

  async function serve(answers: Readonly<Record<string, Answer>>): Promise<void> {
    // A new one each time: connections to the old one may still be pooled.
    path = join(work, `socket${(sockets += 1)}`);
    server = createServer((incoming, response) => {
      incoming.on('error', () => undefined);
      incoming.resume();
      const found = Object.entries({
        '/version': text(VERSION),
        '/info': text('{}'),
        ...answers,
      }).find(([part]) => incoming.url?.includes(part));
      incoming.on('end', () => (found?.[1] ?? text('{}', 404))(incoming, response));
    });
    await new Promise<void>((ready) => server!.listen(path, ready));
    engine = new DockerEngine({
      host: { kind: 'socket', path },
      builder: 'buildkit',
      credentials: dockerCredentials({ HOME: work }),
    });
  }

  async function failureOf(promise: Promise<unknown>): Promise<EngineError> {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(EngineError);
    return error as EngineError;
  }

  it.each([
    ['text', 'this is no JSON\n', 'this is no JSON'],
    ['a page', '<html><body>Log in first</body></html>', '<html><body>Log in first</body></html>'],
    ['half a message', `${lines({ stream: 'one\n' })}{"stream":"cut`, '{"stream":"cut'],
  ])('to a build, %s: says what it was', async (_, body, quoted) => {
    await serve({ '/build': text(body) });
    const { failure, message } = await failureOf(engine.build(request(), () => undefined));
    expect(failure).toBe('lost');
    expect(message).toContain('no message of a container engine');
    expect(message).toContain(quoted);
    expect(message).not.toContain('JSON at');
  });

  it('quotes no more than the beginning of an endless answer', async () => {
    await serve({ '/build': text('x'.repeat(100_000)) });
    const { message } = await failureOf(engine.build(request(), () => undefined));
    expect(message.length).toBeLessThan(400);
  });

  it.each([
    ['nulls in the place of messages', [null, 5, 'text', [1]]],
    ['nulls in the place of texts', [{ stream: null, error: null, errorDetail: null }]],
    ['numbers in the place of texts', [{ stream: 5 }, { status: 7 }]],
    ['no id of an image', [{ aux: null }, { aux: { ID: 5 } }, { aux: 'text' }]],
  ])('builds on over %s', async (_, messages) => {
    await serve({ '/build': text(lines(...messages, built)) });
    expect(await engine.build(request(), () => undefined)).toBe(ID);
  });

  it.each([
    ['of an unknown kind', trace(0x7b, 0x7c)],
    ['that is cut short', trace(0x0a, 0xc8)],
    ['that is not base64', { id: 'moby.buildkit.trace', aux: '!!!' }],
  ])('loses, of a trace %s, no more than the trace', async (_, broken) => {
    await serve({ '/build': text(lines(broken, broken, built)) });
    const log: string[] = [];
    expect(await engine.build(request(), (line) => log.push(line))).toBe(ID);
    expect(log.filter((line) => line.includes('BuildKit trace')).length).toBeLessThan(2);
  });

  it.each([
    ['an error that is an object', { error: { code: 5 } }, /"code":5/],
    ['a detail that is text', { errorDetail: 'no room' }, /no room/],
    ['a detail without message', { error: 'no room', errorDetail: { code: 1 } }, /no room/],
    ['an empty error', { error: '', errorDetail: {} }, /did not say/],
  ])('counts %s as a failure, with what it says', async (_, message, said) => {
    await serve({ '/build': text(lines(message, built)), '/push': text(lines(message)) });
    const failed = await failureOf(engine.build(request(), () => undefined));
    expect(failed.failure).toBe('build');
    expect(failed.message).toMatch(said);
    const pushed = await failureOf(engine.push('a/b:1'));
    expect(pushed.failure).toBe('push');
    expect(pushed.message).toMatch(said);
  });

  it('says which status came without a word', async () => {
    await serve({ '/build': text('', 500) });
    const { message, statusCode } = await failureOf(engine.build(request(), () => undefined));
    expect(statusCode).toBe(500);
    expect(message).toMatch(/answered with status 500/);
  });

  it('shows what a page of an error says, not how it is written', async () => {
    const page = `<html><head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1>${'<p></p>'.repeat(900)}</body></html>`;
    await serve({ '/build': text(page, 502) });
    const { message } = await failureOf(engine.build(request(), () => undefined));
    expect(message).toContain('502 Bad Gateway');
    expect(message).not.toContain('<');
    expect(message.length).toBeLessThan(400);
  });

  it.each(['{}', 'null', '<html>welcome</html>', '[]', '{"ApiVersion":5}'])(
    'is not taken for one: %s',
    async (body) => {
      await serve({ '/version': text(body) });
      const { message } = await failureOf(engine.connect());
      expect(message).toContain(path);
      expect(message).toMatch(/no container engine/);
    },
  );

  it('is named where it speaks no HTTP', async () => {
    await serve({
      '/version': (incoming) => {
        incoming.socket.end('SSH-2.0-OpenSSH_9.2\r\n');
      },
    });
    const { message } = await failureOf(engine.connect());
    expect(message).toContain(path);
    expect(message).toMatch(/no container engine/);
  });

  it.each(['null', '5', '{"DriverStatus":5}', '{"DriverStatus":[null,["driver-type",7]]}'])(
    'says nothing of itself that makes sense, and builds: %s',
    async (body) => {
      await serve({ '/info': text(body), '/build': text(lines(built)) });
      expect(await engine.build(request(), () => undefined)).toBe(ID);
    },
  );

  it('is asked again about itself after it has failed to answer', async () => {
    let asked = 0;
    await serve({
      '/info': (...to) => text('{}', (asked += 1) === 1 ? 500 : 200)(...to),
      '/build': text(lines(built)),
    });
    await failureOf(engine.build(request(), () => undefined));
    expect(await engine.build(request(), () => undefined)).toBe(ID);
    expect(await engine.build(request(), () => undefined)).toBe(ID);
    expect(asked).toBe(2);
  });

  it('is not waited for longer than a minute', async () => {
    let asked = (): void => undefined;
    const reached = new Promise<void>((resolve) => (asked = resolve));
    await serve({ '/version': () => asked() });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const failing = failureOf(engine.connect());
      await reached;
      vi.advanceTimersByTime(60_000);
      const { failure, message } = await failing;
      expect(failure).toBe('unreachable');
      expect(message).toBe(`unix://${path} did not answer within 60 s`);
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes a line of 30 MB in its stride', async () => {
    const long = 'a-'.repeat(15_000_000);
    await serve({ '/build': text(lines({ stream: `${long}\n` }, built)) });
    const log: string[] = [];
    expect(await engine.build(request(), (line) => log.push(line))).toBe(ID);
    expect(log[0]).toHaveLength(30_000_000);
  }, 10_000);

  it('describes an image without configuration', async () => {
    await serve({ '/images/': text(JSON.stringify({ Id: ID, Size: 3 })) });
    expect(await engine.inspect('a/b:1')).toEqual({
      ...{ id: ID, size: 3, labels: {}, repoDigests: [] },
    });
  });
});

import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, rename, rm, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { treeError } from './docker-dir.js';
import { type Environment } from './docker-host.js';
import { isDiskFull } from './full-disk.js';
import { pause } from './pause.js';
import { redactAddresses } from './redact.js';
import { TaskFailure } from './task-failure.js';

/** A file to download. */
export interface UrlSource {
  readonly url: string;
  /** Hex digest that the file must have. */
  readonly sha256?: string | undefined;
  /** Download only what differs from the file that these were told of. */
  readonly unless?: Validators | undefined;
}

/** What is known of a file that was downloaded before. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** A finished download. */
export interface Fetched extends Validators {
  /** Hex digest of the file; `undefined` if the server says that it has not changed. */
  readonly sha256: string | undefined;
}

/** How to download. */
export interface FetchOptions {
  readonly env: Environment;
  /** Seconds to wait for a connection, for an answer and between two pieces of it. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** As often as the programs that kolla downloads with. */
const MAX_REDIRECTS = 30;
/** Times that a download which breaks off goes on where it was. */
const MAX_RESUMES = 10;
/** Times in a row that it may come no further. */
const MAX_IDLE_RESUMES = 2;

const TIMEOUTS = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

/** How far a download has come. */
interface Partial {
  bytes: number;
  hash: Hash;
  validators: Validators;
  unchanged: boolean;
}

/**
 * Downloads a file: straight to disk, the digest computed on the way, through the proxies that the
 * environment names. A connection that breaks off is taken up where it was, if the server can. The
 * file appears under its name once it is whole. Rejects with a `TaskFailure`; troubles that may pass
 * are marked as such.
 */
export async function fetchUrl(
  source: UrlSource,
  target: string,
  options: FetchOptions,
): Promise<Fetched> {
  const shown = redactAddresses(source.url);
  const part = `${target}.part`;
  const dispatcher = await makeDispatcher(options);
  const state = newState();
  try {
    for (let resumes = 0, idle = 0; ; resumes++) {
      const before = state.bytes;
      try {
        await download(source, part, state, dispatcher, options);
        break;
      } catch (error) {
        const failure = fetchFailure(error, shown, part);
        idle = state.bytes > before ? 0 : idle + 1;
        // Only an answer that had begun is taken up again here; the rest is for whoever retries.
        const began = state.bytes > 0 && idle <= MAX_IDLE_RESUMES && resumes < MAX_RESUMES;
        if (!began || !failure.transient || options.signal?.aborted) throw failure;
        await pause(200 * idle, options.signal);
      }
    }
    if (state.unchanged) return { ...state.validators, sha256: undefined };
    const computed = state.hash.digest('hex');
    requireDigest(source, computed);
    await rename(part, target);
    await utimes(target, 0, 0);
    return { ...state.validators, sha256: computed };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await dispatcher.destroy().catch(() => undefined);
  }
}

/** Throws a `TaskFailure` if a file is not the one that its source expects. */
export function requireDigest({ url, sha256 }: UrlSource, computed: string): void {
  if (sha256 === undefined || sha256.toLowerCase() === computed) return;
  throw new TaskFailure(
    `${redactAddresses(url)} SHA256 checksum does not match` +
      `(configured: ${sha256}, computed: ${computed})`,
  );
}

const newState = (): Partial => ({
  bytes: 0,
  hash: createHash('sha256'),
  validators: {},
  unchanged: false,
});

async function makeDispatcher({ env, timeout }: FetchOptions): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await import('undici');
  const milliseconds = Math.max(0, timeout) * 1000;
  const bundle = env['REQUESTS_CA_BUNDLE'] || env['CURL_CA_BUNDLE'];
  const tls = bundle ? { ca: readFileSync(bundle) } : {};
  const proxy = (name: string): string | undefined => {
    const names = [name, name.toUpperCase(), 'all_proxy', 'ALL_PROXY'];
    const variable = names.find((one) => env[one]);
    return variable === undefined ? undefined : proxyAddress(variable, env[variable]!);
  };
  const [http, https] = [proxy('http_proxy'), proxy('https_proxy')];
  return new EnvHttpProxyAgent({
    httpProxy: http ?? '',
    httpsProxy: https ?? '',
    noProxy: env['no_proxy'] || env['NO_PROXY'] || '',
    // Plain requests are handed to the proxy as such; many let nobody tunnel to port 80.
    proxyTunnel: false,
    headersTimeout: milliseconds,
    bodyTimeout: milliseconds,
    connect: { timeout: milliseconds, ...tls },
    requestTls: tls,
  });
}

/** The address of a proxy, as tolerantly read as by the library that kolla downloads with: without a
 *  scheme, and with percent signs that stand for themselves. */
function proxyAddress(variable: string, text: string): string {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const address = whole.replace(/%(?![0-9a-f]{2})/gi, '%25');
  if (URL.canParse(address)) return address;
  throw new TaskFailure(
    `${variable} is no address of a proxy, such as http://proxy:3128: ${redactAddresses(whole)}`,
  );
}

/** Asks for a file, following redirects. A login is sent only to the server it was given for. */
async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  dispatcher: Dispatcher,
  { timeout, signal }: FetchOptions,
): Promise<Dispatcher.ResponseData> {
  const { request } = await import('undici');
  let address = new URL(url);
  const login = loginOf(address);
  const { origin } = address;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), Math.max(0.001, timeout) * 1000);
    const authorization = login && address.origin === origin ? { authorization: login } : {};
    try {
      const answer = await request(address, {
        dispatcher,
        headers: { ...headers, ...authorization },
        signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
      });
      const { location } = answer.headers;
      const moved = [301, 302, 303, 307, 308].includes(answer.statusCode);
      if (!moved || typeof location !== 'string') return answer;
      answer.body.on('error', () => undefined).destroy();
      address = new URL(location, address);
    } catch (error) {
      if (!limit.signal.aborted) throw error;
      throw Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' });
    } finally {
      clearTimeout(timer);
    }
  }
  throw new TaskFailure(`Failed to download archive: more than ${MAX_REDIRECTS} redirects`);
}

/** Takes the login out of an address, as an `Authorization` header. */
function loginOf(address: URL): string | undefined {
  const { username, password } = address;
  if (username === '') return undefined;
  address.username = '';
  address.password = '';
  const login = `${decodePercents(username)}:${decodePercents(password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

function decodePercents(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function download(
  { url, unless }: UrlSource,
  part: string,
  state: Partial,
  dispatcher: Dispatcher,
  options: FetchOptions,
): Promise<void> {
  const headers: Record<string, string> = { 'user-agent': 'kollage', accept: '*/*' };
  const { etag, lastModified } = state.validators;
  const same = etag?.startsWith('W/') === false ? etag : lastModified;
  // Without a way to tell that it is still the same file, two halves may not be put together.
  if (state.bytes > 0 && same !== undefined) {
    headers['range'] = `bytes=${state.bytes}-`;
    headers['if-range'] = same;
  } else if (unless?.etag) headers['if-none-match'] = unless.etag;
  else if (unless?.lastModified) headers['if-modified-since'] = unless.lastModified;
  const answer = await ask(url, headers, dispatcher, options);
  const resumed = headers['range'] !== undefined && answer.statusCode === 206;
  if (answer.statusCode === 304 && unless) {
    answer.body.on('error', () => undefined).destroy();
    state.unchanged = true;
    return;
  }
  if (answer.statusCode !== 200 && !resumed) {
    answer.body.on('error', () => undefined).destroy();
    const { statusCode } = answer;
    const hint = [401, 403, 407].includes(statusCode) ? '; a login may be needed' : '';
    const from = `The address was ${redactAddresses(url)}${hint}`;
    throw new TaskFailure(`Failed to download archive: status_code ${statusCode}\n${from}`, {
      transient: statusCode === 429 || statusCode >= 500,
    });
  }
  if (!resumed) {
    state.bytes = 0;
    state.hash = createHash('sha256');
  }
  const text = (value: string | string[] | undefined): string | undefined =>
    typeof value === 'string' ? value : undefined;
  state.validators = {
    etag: text(answer.headers['etag']),
    lastModified: text(answer.headers['last-modified']),
  };
  const decoder = contentDecoder(answer.headers['content-encoding']);
  const file = await open(part, resumed ? 'a' : 'w');
  const content = decoder ? decode(answer.body, decoder) : answer.body;
  try {
    // A piece counts once it is on disk: what a break leaves behind must match the digest so far.
    for await (const chunk of content as AsyncIterable<Buffer>) {
      await file.writeFile(chunk);
      state.bytes += chunk.length;
      state.hash.update(chunk);
    }
  } catch (error) {
    // What was decoded can not be taken up in the middle.
    if (decoder) state.bytes = 0;
    throw error;
  } finally {
    await file.close();
  }
}

function decode(body: Readable, decoder: Transform): Transform {
  body.on('error', (error) => decoder.destroy(error));
  decoder.once('close', () => body.destroy());
  return body.pipe(decoder);
}

/** Undoes a transfer encoding, as the library that kolla downloads with does. */
function contentDecoder(encoding: string | string[] | undefined): Transform | undefined {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : undefined;
}

function fetchFailure(error: unknown, shown: string, part: string): TaskFailure {
  if (error instanceof TaskFailure && error.message.startsWith('Failed')) return error;
  if (isDiskFull(error)) {
    const { message } = treeError(dirname(part), error);
    return new TaskFailure(`Failed to get archive from ${shown}: ${message}`, { cause: error });
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && TIMEOUTS.has(code)) {
    return new TaskFailure(`Request timed out while getting archive from ${shown}`, {
      transient: true,
      cause: error,
    });
  }
  const permanent =
    ['EACCES', 'EROFS', 'ERR_INVALID_URL'].includes(code ?? '') ||
    /certificate|self.signed|proxy response \(40[137]\)/i.test(message);
  return new TaskFailure(`Failed to get archive from ${shown}: ${redactAddresses(message)}`, {
    transient: !permanent,
    cause: error,
  });
}

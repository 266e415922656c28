import { describe, expect, it } from 'vitest';
import { buildArguments } from '../../lib/kolla/build-args.js';
import { pythonDateTime, pythonDuration } from '../../lib/kolla/python-time.js';
import { backOff, looksTransient } from '../../lib/kolla/retry.js';

const WITHOUT_PIP = { pipIndexUrl: null, pipTrustedHost: null, pipExtraIndexUrl: null };

describe('buildArguments', () => {
  it('adds the settings of pip that are not given', () => {
    const buildArgs = new Map([['PIP_TRUSTED_HOST', 'mine']]);
    const pip = { pipIndexUrl: 'http://a/simple', pipTrustedHost: 'b', pipExtraIndexUrl: '' };
    expect(Object.fromEntries(buildArguments({ buildArgs, ...pip }, {}))).toEqual({
      PIP_INDEX_URL: 'http://a/simple',
      PIP_TRUSTED_HOST: 'mine',
    });
  });

  it('adds the proxies of the environment that are not given', () => {
    const buildArgs = new Map([['http_proxy', 'http://mine']]);
    const args = buildArguments(
      { buildArgs, ...WITHOUT_PIP },
      {
        http_proxy: 'http://other',
        HTTPS_PROXY: 'http://proxy:3128',
        no_proxy: 'localhost',
        PATH: '/bin',
      },
    );
    expect(Object.fromEntries(args)).toEqual({
      http_proxy: 'http://mine',
      HTTPS_PROXY: 'http://proxy:3128',
      no_proxy: 'localhost',
    });
  });
});

describe('looksTransient', () => {
  it.each([
    'E: Failed to fetch http://deb.debian.org/x  503  Service Unavailable',
    "Temporary failure resolving 'deb.debian.org'",
    'curl: (56) Recv failure: Connection reset by peer',
    'toomanyrequests: You have reached your pull rate limit',
    'received unexpected HTTP status: 500 Internal Server Error',
    'fatal: the remote end hung up unexpectedly',
    'Error: Failed to download metadata for repo: All mirrors were tried',
  ])('counts as passing: %s', (text) => {
    expect(looksTransient(text)).toBe(true);
  });

  it.each([
    'main.c:3:1: error: unknown type name',
    'E: Unable to locate package nosuch',
    'denied: requested access to the resource is denied',
    'executor failed running [/bin/sh -c false]: exit code: 1',
    'COPY failed: file not found in build context',
  ])('counts as lasting: %s', (text) => {
    expect(looksTransient(text)).toBe(false);
  });
});

describe('backOff', () => {
  it('doubles from one second to half a minute, less a part left to chance', () => {
    expect([2, 3, 4, 5, 9].map((attempt) => backOff(attempt, 0))).toEqual([
      1000, 2000, 4000, 8000, 30_000,
    ]);
    expect(backOff(2, 1)).toBe(750);
  });
});

// Answers are Python's: str(datetime.datetime(...)), str(datetime.timedelta(...)).
describe("Python's times", () => {
  it('prints a point in time', () => {
    expect(pythonDateTime(new Date(2026, 3, 1, 9, 5, 7, 40))).toBe('2026-04-01 09:05:07.040000');
    expect(pythonDateTime(new Date(2026, 3, 1, 9, 5, 7, 0))).toBe('2026-04-01 09:05:07');
  });

  it('prints a duration', () => {
    expect(pythonDuration(62_500)).toBe('0:01:02.500000');
    expect(pythonDuration(90_061_000)).toBe('1 day, 1:01:01');
  });
});

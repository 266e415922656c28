import type { KollaOracle } from '../support/kolla-oracle.js';
import { exceptionIn, ours, reference, RELEASE, type Invocation, type Trace } from './run-both.js';

/** What both programs leave, in one form. A Python traceback becomes its exception, and counts as the
 *  same where our message holds the exception's text. */
export async function compareRuns(
  oracle: KollaOracle,
  given: Invocation,
  release = RELEASE,
): Promise<{ expected: Trace; actual: Trace }> {
  const [expected, actual] = [await reference(oracle, given, release), await ours(given, release)];
  const exception = exceptionIn(expected.stderr);
  if (exception === undefined && expected.status !== 0) {
    // Below what kolla says stand the place and the line; half-done work does not stay.
    const said = maskEngine(withoutHints(actual.stderr));
    const stderr = maskEngine(expected.stderr);
    return {
      expected: { ...expected, stderr, stdout: plainHelp(expected.stdout), files: {} },
      actual: { ...actual, stderr: said.startsWith(stderr) ? stderr : said, files: {} },
    };
  }
  if (exception === undefined) {
    return {
      expected: {
        ...expected,
        stderr: maskLocation(expected.stderr),
        stdout: normalizeOrder(plainHelp(expected.stdout)),
      },
      actual: {
        ...actual,
        stderr: maskLocation(withoutHints(actual.stderr)),
        stdout: normalizeOrder(plainHelp(actual.stdout)),
      },
    };
  }
  const before = expected.stderr.slice(0, expected.stderr.indexOf('Traceback'));
  const text = maskLocation(given.traceback ?? exception.replace(/^[\w.]+(?:: |$)/, ''));
  const lines = withoutHints(actual.stderr).split(/(?<=\n)/);
  const first = lines.findIndex(
    (line) => !(/^(?:INFO|WARNING):/.test(line) || before.includes(line)),
  );
  const said = lines.slice(first).join('');
  const same = maskLocation(said).includes(text);
  const earlier = withoutHints(actual.stderr).slice(0, -said.length);
  return {
    // A failed run of ours leaves nothing half done, whatever the real one leaves.
    expected: { ...expected, stderr: `${before}${text}`, files: {} },
    actual: {
      ...actual,
      stderr: same ? `${earlier}${text}` : actual.stderr,
      files: {},
    },
  };
}

const plainHelp = (text: string): string =>
  /^usage: [^]*positional arguments:/.test(text) ? '<help>' : text;

// Kolla says nothing of what was probably meant or had no effect.
const withoutHints = (text: string): string =>
  text
    .replace(/^kolla-build: did you mean .*\n/m, '')
    .replace(/^WARNING:kolla\.common\.utils:.*\n/gm, '');

const maskEngine = (text: string): string =>
  text
    .replace(/^(INFO:kolla\.common\.utils:Exception caught: ).*\n/m, '$1<engine>\n')
    // An unfinished comment or raw block is told with the path in the work dir, which ours has not.
    .replace(/template: \{dir\}\/(?:tmp\/kolla-\{time\}|work)\/docker\//, 'template: ');

/** The real program lists images in the order of raw directory entries. */
function normalizeOrder(stdout: string): string {
  if (/^1 : /.test(stdout))
    return stdout
      .replace(/^\d+ : /gm, '')
      .split('\n')
      .sort()
      .join('\n');
  if (!stdout.startsWith('{')) return stdout;
  const sortNodes = (node: unknown): unknown =>
    typeof node === 'object' && node !== null
      ? Object.fromEntries(
          Object.entries(node).map(([name, below]) => [
            name,
            (below as unknown[]).map(sortNodes).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
          ]),
        )
      : node;
  return JSON.stringify(sortNodes(JSON.parse(stdout)), null, 2);
}

const keyOf = (node: unknown): string => (typeof node === 'string' ? node : JSON.stringify(node));

const maskLocation = (text: string): string =>
  text
    .replace(/from LocationInfo\(location=<[^>]*>, detail='([^']*)'\)/g, 'from <$1>')
    .replace(/(Value for option \S+) from (\{dir\}\S+?):\d+ is/g, '$1 from <$2> is')
    .replace(/(Value for option \S+) from (OS_\S+) is/g, '$1 from <$2> is');

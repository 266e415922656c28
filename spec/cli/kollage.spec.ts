import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kollage } from '../../lib/cli/kollage.js';
import { useScratch, type Left } from './scratch.js';

describe('kollage', () => {
  const scratch = useScratch();

  async function run(...argv: string[]): Promise<Left> {
    let [stdout, stderr] = ['', ''];
    const status = await kollage(argv, {
      env: {
        HOME: scratch.path,
        OS_DEFAULT__IMAGES_DIR: join(scratch.path, 'images'),
        OS_DEFAULT__KOLLA_SERIES: '2026.1',
      },
      columns: 100,
      machine: 'x86_64',
      stdout: (text) => void (stdout += text),
      stderr: (text) => void (stderr += text),
    });
    return { status, stdout, stderr };
  }

  it.each(['build', 'render', 'list', 'config', 'import-series'])(
    'explains %s, with examples',
    async (command) => {
      const { status, stdout } = await run(command, '--help');
      expect(status).toBe(0);
      expect(stdout).toContain(`kollage ${command}`);
      expect(stdout).toContain('Examples:');
    },
  );

  it('exits 2 and says what was meant for wrong usage', async () => {
    expect(await run()).toMatchObject({ status: 2 });
    expect((await run('lst')).stderr).toContain('Did you mean list?');
    const { status, stderr } = await run('list', '--bsae', 'debian');
    expect(status).toBe(2);
    expect(stderr).toContain('did you mean --base?');
    expect(await run('list', '--base', 'foo')).toMatchObject({ status: 2 });
  });

  it('lists by regexes wherever they stand', async () => {
    const { stdout } = await run('list', 'cron', '-b', 'debian', 'horizon');
    expect(stdout).toBe('base\ncron\nhorizon\nopenstack-base\n');
  });

  it('shows every root of the tree', async () => {
    scratch.write({ 'images/zz/Dockerfile.j2': 'FROM x\n' });
    expect((await run('list', '--tree', 'cron', 'zz')).stdout).toBe('base\n  cron\nzz\n');
  });

  it('lists as JSON, unselected images with their status', async () => {
    const { stdout } = await run('list', '--json', '--all', '^base$');
    const images = JSON.parse(stdout) as { name: string; status: string }[];
    expect(images.find(({ name }) => name === 'tgtd')?.status).toBe('unbuildable');
    expect(images.find(({ name }) => name === 'cron')?.status).toBe('unmatched');
    expect(images.find(({ name }) => name === 'base')).toMatchObject({
      fullName: 'kolla/base:22.0.0',
      parent: null,
      status: 'matched',
    });
  });

  it('renders', async () => {
    const { stdout } = await run(
      'render',
      '--work-dir',
      join(scratch.path, 'out'),
      '--json',
      'cron',
    );
    expect(JSON.parse(stdout)).toEqual([
      { name: 'base', dockerfile: `${scratch.path}/out/docker/base/Dockerfile` },
      { name: 'cron', dockerfile: `${scratch.path}/out/docker/cron/Dockerfile` },
    ]);
    expect(scratch.read('out/docker/cron/Dockerfile')).toContain('FROM kolla/base:22.0.0');
  });

  it('shows options with their origin', async () => {
    scratch.write({ 'kolla-build.conf': '[DEFAULT]\nbase = ubuntu\n[cron]\nlocation = $base\n' });
    const file = `${scratch.path}/kolla-build.conf`;
    const { stdout } = await run('config', 'base', 'tag', 'cron.location', '--tag=t', '--json');
    expect(JSON.parse(stdout)).toEqual([
      { option: 'base', value: 'ubuntu', origin: `${file}:2` },
      { option: 'tag', value: 't', origin: 'command line' },
      { option: 'cron.location', value: 'ubuntu', origin: `${file}:4` },
    ]);
  });

  it('warns of every key that nothing reads', async () => {
    scratch.write({ 'kolla-build.conf': '[DEFAULT]\nelephant = 1\ninstall_type = source\n' });
    const { stderr } = await run('list', 'cron');
    expect(stderr).toContain('kolla-build.conf:2: nothing reads elephant in [DEFAULT]\n');
    expect(stderr).toContain('nothing reads install_type in [DEFAULT] in this series\n');
  });

  it('names what is no kolla', async () => {
    const { status, stderr } = await run('import-series', scratch.path);
    expect(status).toBe(2);
    expect(stderr).toContain(`There is no kolla in ${scratch.path}`);
  });
});

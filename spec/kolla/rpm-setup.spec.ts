import { describe, expect, it } from 'vitest';
import { rpmSetup, RpmSetupError } from '../../lib/kolla/rpm-setup.js';

describe('rpmSetup', () => {
  it.each([
    ['http://x.example/a.rpm', 'RUN dnf -y install http://x.example/a.rpm'],
    [
      'https://x.example/d/a.repo',
      'RUN curl -L https://x.example/d/a.repo -o /etc/yum.repos.d/a.repo',
    ],
    ['/files/a.repo', 'COPY /files/a.repo /etc/yum.repos.d/'],
    ['', ''],
  ])('makes of %j: %s', (entry, line) => {
    expect(rpmSetup([entry])).toEqual([line]);
  });

  it('installs with yum where the series does', () => {
    expect(rpmSetup(['a.rpm'], 'yum')).toEqual(['RUN yum -y install a.rpm']);
  });

  it('refuses anything else', () => {
    expect(() => rpmSetup(['a.rpm', 'b.txt'])).toThrow(
      new RpmSetupError(
        'RPM setup must be provided as .rpm or .repo files. Attempted configuration was b.txt',
      ),
    );
  });
});

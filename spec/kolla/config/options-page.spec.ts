import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { optionsPage } from '../../../lib/kolla/config/options-page.js';
import { ROOT } from '../../support/requirements.js';

it('OPTIONS.md is what the option table says', async () => {
  const page = await format(optionsPage(), { parser: 'markdown', printWidth: 100 });
  expect(readFileSync(join(ROOT, 'OPTIONS.md'), 'utf8')).toBe(page);
});

// `npm run options`: writes OPTIONS.md from the option table.
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { optionsPage } from '../dist/kolla/config/options-page.js';

writeFileSync('OPTIONS.md', await format(optionsPage(), { parser: 'markdown', printWidth: 100 }));

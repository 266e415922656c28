import { defineConfig } from 'vitest/config';

/** `npm run goldens`: asks the oracles and writes what they answer. */
export default defineConfig({
  test: { include: ['spec/oracle/record-*.ts'], testTimeout: 300_000 },
});

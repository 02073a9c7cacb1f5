import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('.', import.meta.url).pathname,
    include: ['*.e2e.ts'],
    testTimeout: 60_000,
    hookTimeout: 30_000,
    // One server, one browser: the files go one after the other.
    fileParallelism: false,
  },
});

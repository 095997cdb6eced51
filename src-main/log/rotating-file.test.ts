import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { rotatingFile } from './rotating-file.ts';

// In a file of its own: electron-log looks for the name of the program once in a process.
it('is kept where the program is run outside of any package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stepwise-log-'));
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  const report = vi.fn();
  rotatingFile({ folder, name: 'a', maxSize: 1_000, count: 2, report }).writeLines(['kept']);
  expect(report).not.toHaveBeenCalled();
  expect(readFileSync(join(folder, 'a.log'), 'utf8').trimEnd()).toBe('kept');
  rmSync(folder, { recursive: true });
});

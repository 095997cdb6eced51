import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { placement, readWindowState, writeWindowState, type WindowState } from './window-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'stepwise-window-'));
afterAll(() => rmSync(folder, { recursive: true }));

const state: WindowState = { bounds: { x: 2000, y: 100, width: 1200, height: 800 }, maximized: true };
const left = { x: 0, y: 0, width: 1920, height: 1080 };
const right = { x: 1920, y: 0, width: 1920, height: 1080 };

describe('where the window was', () => {
  it('is read as it was written', () => {
    const file = join(folder, 'window.json');
    writeWindowState(file, state);
    expect(readWindowState(file)).toEqual(state);
  });

  it.each(['', '{', '{}', '{"bounds":{"x":"0"}}', '[]', 'null'])('is forgotten where it says %j', (text) => {
    const file = join(folder, 'torn.json');
    writeFileSync(file, text);
    expect(readWindowState(file)).toBeUndefined();
  });

  it('is unknown the first time', () => {
    expect(readWindowState(join(folder, 'missing.json'))).toBeUndefined();
  });
});

describe('the window opens', () => {
  it('where it was', () => {
    expect(placement(state, [left, right])).toEqual(state.bounds);
  });

  it('in its size, in the middle, where its display is gone', () => {
    expect(placement(state, [left])).toEqual({ width: 1200, height: 800 });
  });

  it('in the middle without any display or memory', () => {
    expect(placement(state, [])).toEqual({ width: 1200, height: 800 });
    expect(placement(undefined, [left])).toEqual({ width: 1120, height: 760 });
  });

  it('never smaller than the screens can be', () => {
    const small = { ...state, bounds: { x: 0, y: 0, width: 10, height: 10 } };
    expect(placement(small, [left])).toMatchObject({ width: 960, height: 640 });
  });

  it.each([
    [{ x: 1900, y: 0 }, [left]],
    [{ x: -1150, y: 0 }, [left]],
    [{ x: 0, y: 1070 }, [left]],
    [{ x: 0, y: -40 }, [left]],
  ])('in the middle where its title could not be taken: %o', (corner, areas) => {
    const lost = { ...state, bounds: { ...state.bounds, ...corner } };
    expect(placement(lost, areas)).toEqual({ width: 1200, height: 800 });
  });

  it('where it was if only a part of it sticks out', () => {
    const out = { ...state, bounds: { ...state.bounds, x: 1500, y: 900 } };
    expect(placement(out, [left])).toEqual(out.bounds);
  });
});

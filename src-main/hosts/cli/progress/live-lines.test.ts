import { expect, it } from 'vitest';
import { FakeOutput } from '../../../../test/cli/fake-world.ts';
import { LiveLines } from './live-lines.ts';

function drawing() {
  const output = new FakeOutput();
  return { output, live: new LiveLines(output), take: () => take(output) };
}

function take(output: FakeOutput): string {
  const { text } = output;
  output.text = '';
  return text.replaceAll('\u001b[', '^');
}

it('a line is drawn over itself, with the cursor out of the way', () => {
  const { live, take } = drawing();
  live.set('a', 'one');
  expect(take()).toBe('^?25l^2Kone');
  live.set('a', 'two');
  expect(take()).toBe('\r^2Ktwo');
});

it('the same line is not drawn twice', () => {
  const { live, take } = drawing();
  live.set('a', 'one');
  take();
  live.set('a', 'one');
  expect(take()).toBe('');
});

it('several devices have a line each', () => {
  const { live, take } = drawing();
  live.set('a', 'one');
  live.set('b', 'two');
  take();
  live.set('a', 'three');
  expect(take()).toBe('\r^1A^2Kthree\r\n^2Ktwo');
});

it('a line that is gone leaves nothing behind', () => {
  const { live, take } = drawing();
  live.set('a', 'one');
  live.set('b', 'two');
  take();
  live.remove('a');
  expect(take()).toBe('\r^1A^2Ktwo^0J');
  live.remove('b');
  expect(take()).toBe('\r^0J^?25h');
  live.remove('b');
  expect(take()).toBe('');
});

it('what stays is written above', () => {
  const { live, output, take } = drawing();
  live.set('a', 'one');
  take();
  live.above(() => output.write('said\n'));
  expect(take()).toBe('\r^0J^?25hsaid\n^?25l^2Kone');
});

it('the cursor comes back at the end, once', () => {
  const { live, take } = drawing();
  live.stop();
  expect(take()).toBe('');
  live.set('a', 'one');
  take();
  live.stop();
  live.stop();
  expect(take()).toBe('\r^0J^?25h');
});

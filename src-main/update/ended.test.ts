import { expect, it } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { UsbError } from '../usb/port.ts';
import { ended } from './ended.ts';

const ending = { path: '1-2', condition: 'incomplete', cancelled: false } as const;

it('a failure of the bus has its name and the condition that is known', () => {
  expect(ended(new UsbError('gone', 'x'), ending)).toMatchObject({
    code: 'disconnected',
    condition: 'incomplete',
    facts: { path: '1-2' },
  });
});

it('a failure that knows the condition keeps it', () => {
  const failure = new StepwiseError('read-protected', {}, { condition: 'untouched' });
  expect(ended(failure, ending)).toMatchObject({ code: 'read-protected', condition: 'untouched' });
});

it('what failed after the person had stopped it was stopped', () => {
  const stopped = ended(new UsbError('gone', 'x'), { ...ending, cancelled: true });
  expect(stopped).toMatchObject({ code: 'cancelled', facts: { condition: 'incomplete' } });
  expect(stopped.failure.cause?.[0]).toContain('disconnected');
});

it('a fault of the program is said to be one, stopped or not', () => {
  expect(ended(new TypeError('oops'), { ...ending, cancelled: true })).toMatchObject({
    code: 'internal',
    facts: { detail: 'oops' },
  });
  expect(ended('text', ending)).toMatchObject({ code: 'internal', facts: { detail: 'text' } });
});

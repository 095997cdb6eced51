import { describe, expect, it } from 'vitest';
import { StepwiseError, type FailureCode } from '../../shared/failure.ts';
import { UsbError, type UsbFailureKind } from '../usb/port.ts';
import { asFailure } from './usb-failure.ts';

const OPERATION = 'control in 0xA1 0x03 value 0 index 0';

describe('an error of the port', () => {
  // A record, so that a new kind of the port cannot be left out here.
  const expected: Record<UsbFailureKind, [FailureCode, object]> = {
    gone: ['disconnected', { path: '1-2' }],
    'no-permission': ['no-permission', { path: '1-2' }],
    'no-driver': ['no-driver', { path: '1-2' }],
    busy: ['busy', { path: '1-2' }],
    timeout: ['no-answer', { path: '1-2', request: OPERATION }],
    stall: ['usb-transfer', { path: '1-2', kind: 'stall', request: OPERATION }],
    io: ['usb-transfer', { path: '1-2', kind: 'io', request: OPERATION }],
  };

  it.each(Object.entries(expected))('%s has a name', (kind, [code, facts]) => {
    const error = new UsbError(kind as UsbFailureKind, OPERATION);
    const failure = asFailure(error, '1-2', { phase: 'write', condition: 'incomplete' });
    expect(failure).toBeInstanceOf(StepwiseError);
    expect(failure).toMatchObject({ code, facts, phase: 'write', condition: 'incomplete', cause: error });
  });
});

describe('what has a name', () => {
  it('keeps it, and its phase and condition', () => {
    const failure = new StepwiseError('read-protected', {}, { phase: 'plan', condition: 'untouched' });
    expect(asFailure(failure, '1-2', { phase: 'write', condition: 'incomplete' })).toMatchObject({
      code: 'read-protected',
      phase: 'plan',
      condition: 'untouched',
    });
  });

  it('is told the phase and condition it did not know', () => {
    const failure = new StepwiseError('read-protected', {});
    expect(asFailure(failure, '1-2', { phase: 'write', condition: 'incomplete' })).toMatchObject({
      phase: 'write',
      condition: 'incomplete',
    });
  });
});

it.each([new TypeError('a fault of the program'), 'a text', undefined])(
  'what is neither is handed on as it is: %s',
  (error) => {
    expect(asFailure(error, '1-2')).toBe(error);
  },
);

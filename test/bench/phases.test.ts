import { describe, expect, it } from 'vitest';
import { DfuRequest, DfuSeCommand, REQUEST_IN, REQUEST_OUT } from '../../src-main/dfuse/protocol.ts';
import { phasesOf } from './phases.ts';
import { purposesOf } from './purposes.ts';

const BLOCK = 1024;

function request(requestType: number, number: number, value: number, data: number[] | number) {
  const length = typeof data === 'number' ? data : data.length;
  const bytes = typeof data === 'number' ? new Uint8Array() : Uint8Array.from(data);
  return { requestType, request: number, value, index: 0, length, data: bytes };
}

const DESCRIPTOR = request(0x80, 6, 0x0100, 18);
const STATUS = request(REQUEST_IN, DfuRequest.getStatus, 0, 6);
const ABORT = request(REQUEST_OUT, DfuRequest.abort, 0, 0);
const ADDRESS = request(REQUEST_OUT, DfuRequest.dnload, 0, [DfuSeCommand.setAddressPointer, 0, 0, 0, 8]);
const ERASE = request(REQUEST_OUT, DfuRequest.dnload, 0, [DfuSeCommand.erase, 0, 0, 0, 8]);
const WRITE = request(REQUEST_OUT, DfuRequest.dnload, 2, [1, 2, 3]);
const READ = request(REQUEST_IN, DfuRequest.upload, 2, BLOCK);
const READ_REGISTER = request(REQUEST_IN, DfuRequest.upload, 2, 12);

const purposes = (...requests: ReturnType<typeof request>[]) =>
  purposesOf(
    requests.map((each) => ({ request: each })),
    BLOCK,
  );

describe('what a request is for', () => {
  it('is what its block or command is for, and so for the questions behind it', () => {
    expect(purposes(DESCRIPTOR, ERASE, STATUS, STATUS, WRITE, STATUS, READ)).toEqual([
      'other',
      'erase',
      'erase',
      'erase',
      'write',
      'write',
      'read',
    ]);
  });

  it('is that of the data it prepares', () => {
    expect(purposes(WRITE, ADDRESS, STATUS, WRITE, ADDRESS, STATUS, ABORT, READ)).toEqual([
      ...Array<string>(4).fill('write'),
      ...Array<string>(4).fill('read'),
    ]);
  });

  it('is nothing particular where it prepares an erase, a register, or nothing at all', () => {
    expect(purposes(READ, ABORT, ERASE, ADDRESS, STATUS, ABORT, READ_REGISTER, ABORT)).toEqual([
      'read',
      'other',
      'erase',
      ...Array<string>(5).fill('other'),
    ]);
  });
});

describe('the time of an update', () => {
  it('is that from each request to the next one', () => {
    const log = [
      { at: 100, request: DESCRIPTOR },
      { at: 101, request: READ },
      { at: 103, request: ERASE },
      { at: 104, request: STATUS },
      { at: 120, request: ADDRESS },
      { at: 121, request: STATUS },
      { at: 124, request: WRITE },
      { at: 130, request: STATUS },
      { at: 140, request: READ },
      { at: 148, request: DESCRIPTOR },
    ];
    expect(phasesOf(log, BLOCK)).toEqual({
      rest: 1,
      compare: 2,
      erase: 17,
      write: 20,
      readBack: 8,
      total: 48,
      requests: 10,
    });
  });

  it('is nothing where nothing was asked', () => {
    expect(phasesOf([], BLOCK)).toMatchObject({ total: 0, requests: 0 });
  });
});

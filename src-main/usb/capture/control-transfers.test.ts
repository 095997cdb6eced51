import { describe, expect, it } from 'vitest';
import { pairTransfers } from './control-transfers.ts';
import type { TransferEvent } from './control-transfers.ts';

const READ = { requestType: 0xa1, request: 3, value: 0, index: 0 };
const WRITE = { requestType: 0x21, request: 1, value: 2, index: 0 };
const NONE = new Uint8Array();
const START = 1_700_000_000_000;

type Told = Pick<TransferEvent, 'request' | 'bus' | 'deviceAddress' | 'time' | 'data' | 'truncated'>;

const told = (request: number, time: number, rest: Partial<Told> = {}): Told => ({
  request: BigInt(request),
  bus: 1,
  deviceAddress: 5,
  time: START + time,
  data: NONE,
  truncated: false,
  ...rest,
});
const submit = (request: number, time: number, rest: Partial<Told> & { setup?: typeof READ } = {}) =>
  ({ kind: 'submit', setup: READ, length: 6, ...told(request, time), ...rest }) as const;
const data = (request: number, rest: Partial<Told>) => ({ kind: 'data', ...told(request, 0, rest) }) as const;
const complete = (request: number, time: number, rest: Partial<Told> = {}) =>
  ({ kind: 'complete', result: 'done', status: 0, ...told(request, time, rest) }) as const;

it('a request and its end are one transfer, with the times between', () => {
  const bytes = Uint8Array.of(0, 0, 0, 0, 2, 0);
  expect(pairTransfers([submit(7, 100.5), complete(7, 103.125, { data: bytes })])).toEqual({
    transfers: [
      {
        bus: 1,
        deviceAddress: 5,
        setup: READ,
        length: 6,
        data: bytes,
        truncated: false,
        result: 'done',
        status: 0,
        submittedAt: 0,
        elapsed: 2.625,
      },
    ],
    unpaired: [],
  });
});

it('data are gathered from wherever they stand', () => {
  const [one, two] = [Uint8Array.of(1), Uint8Array.of(2, 3)];
  const sent = pairTransfers([submit(7, 0, { setup: WRITE, data: one }), complete(7, 1)]);
  const apart = pairTransfers([submit(7, 0, { setup: WRITE }), data(7, { data: two }), complete(7, 1)]);
  const pieces = pairTransfers([submit(7, 0, { data: one }), data(7, { data: two }), complete(7, 1)]);
  expect([sent, apart, pieces].map(({ transfers }) => transfers[0]?.data)).toEqual([
    one,
    two,
    Uint8Array.of(1, 2, 3),
  ]);
});

it('what was not kept anywhere is missing in the whole', () => {
  const pieces = [submit(7, 0), data(7, { truncated: true }), complete(7, 1)];
  expect(pairTransfers(pieces).transfers[0]?.truncated).toBe(true);
});

it('transfers under way at the same time stand in the order of their beginning', () => {
  const { transfers, unpaired } = pairTransfers([
    submit(1, 0),
    submit(2, 10, { deviceAddress: 6 }),
    complete(2, 20, { deviceAddress: 6 }),
    complete(1, 30),
  ]);
  expect(transfers).toMatchObject([
    { deviceAddress: 5, submittedAt: 0, elapsed: 30 },
    { deviceAddress: 6, submittedAt: 10, elapsed: 10 },
  ]);
  expect(unpaired).toEqual([]);
});

it('a number is used again, and on another bus it is another request', () => {
  const { transfers } = pairTransfers([
    submit(1, 0),
    submit(1, 1, { bus: 2 }),
    complete(1, 2, { bus: 2 }),
    complete(1, 3),
    submit(1, 4),
    complete(1, 5),
  ]);
  expect(transfers).toMatchObject([
    { bus: 1, elapsed: 3 },
    { bus: 2, elapsed: 1 },
    { bus: 1, elapsed: 1 },
  ]);
});

describe('half a transfer is reported', () => {
  it('where the capture begins in the middle of it', () => {
    expect(pairTransfers([complete(1, 0), submit(2, 4), complete(2, 5)])).toMatchObject({
      transfers: [{ submittedAt: 4 }],
      unpaired: [{ kind: 'never-submitted', result: 'done', at: 0, deviceAddress: 5 }],
    });
  });

  it('where the capture ends in the middle of it', () => {
    expect(pairTransfers([submit(1, 0), complete(1, 1), submit(2, 4)])).toMatchObject({
      transfers: [{ submittedAt: 0 }],
      unpaired: [{ kind: 'never-completed', setup: READ, length: 6, at: 4 }],
    });
  });

  it('where its number is used again before its end', () => {
    expect(pairTransfers([submit(1, 0), submit(1, 4), complete(1, 5)])).toMatchObject({
      transfers: [{ submittedAt: 4 }],
      unpaired: [{ kind: 'never-completed', at: 0 }],
    });
  });

  it('and data of no request are dropped', () => {
    expect(pairTransfers([data(1, { data: Uint8Array.of(1) })])).toEqual({ transfers: [], unpaired: [] });
  });
});

it('a clock that was set back makes no negative time', () => {
  expect(pairTransfers([submit(1, 100), complete(1, 0)]).transfers[0]?.elapsed).toBe(0);
});

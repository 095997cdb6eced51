import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isFailure } from '../../../shared/failure.ts';
import {
  LINK,
  STAGE,
  enhancedPacket,
  interfaceDescription,
  join,
  pcap,
  pcapng,
  sectionHeader,
  setupBytes,
  simplePacket,
  usbmon,
  usbpcap,
} from '../../../test/captures/build-capture.ts';
import type { BuiltPacket } from '../../../test/captures/build-capture.ts';
import { devicesIn } from './captured-devices.ts';
import { isIn } from './control-transfers.ts';
import type { ControlTransfer } from './control-transfers.ts';
import { LARGEST_CAPTURE, parseCapture, readCaptureFile } from './read.ts';

const FIXTURES = joinPath(import.meta.dirname, '../../../test/captures');
const readFixture = (name: string) => Uint8Array.from(readFileSync(joinPath(FIXTURES, name)));

const folder = mkdtempSync(joinPath(tmpdir(), 'stepwise-capture-'));
afterAll(() => rmSync(folder, { recursive: true }));

// -- a session, and every way to write it down

/** What happened, without what differs between the formats. */
type Happened = Pick<
  ControlTransfer,
  'bus' | 'deviceAddress' | 'setup' | 'length' | 'data' | 'result' | 'submittedAt' | 'elapsed'
>;

const bytesUpTo = (maxLength: number) => fc.uint8Array({ maxLength });
const setups = fc.record({
  requestType: fc.constantFrom(0x21, 0xa1, 0x80, 0x00),
  request: fc.nat(255),
  value: fc.nat(0xffff),
  index: fc.nat(0xffff),
});

const happened: fc.Arbitrary<Omit<Happened, 'submittedAt'> & { readonly pause: number }> = fc
  .record({
    bus: fc.integer({ min: 1, max: 9 }),
    deviceAddress: fc.integer({ min: 1, max: 127 }),
    setup: setups,
    data: bytesUpTo(40),
    spare: fc.nat(20),
    result: fc.constantFrom('done', 'stall', 'gone', 'cancelled'),
    /** In microseconds. */
    elapsed: fc.nat(5_000_000),
    pause: fc.nat(3_000_000),
  })
  .map(({ spare, data, result, ...rest }) => {
    const reads = isIn(rest.setup);
    const moved = reads && result !== 'done' ? new Uint8Array() : data;
    return { ...rest, result, data: moved, length: reads ? data.length + spare : data.length };
  });

/** One after the other, from a day in 2023 on. Times in microseconds. */
const session = fc.array(happened, { minLength: 1, maxLength: 12 }).map((all) => {
  let now = 1_700_000_000_000_000;
  const first = now + (all[0]?.pause ?? 0);
  return all.map(({ pause, elapsed, ...rest }, at) => {
    const submitted = now + pause;
    now = submitted + elapsed;
    const transfer: Happened = {
      ...rest,
      submittedAt: (submitted - first) / 1_000,
      elapsed: elapsed / 1_000,
    };
    return { transfer, id: at % 3, submitted, completed: now };
  });
});
type Session = typeof session extends fc.Arbitrary<infer S> ? S : never;

const ERRNO = { done: 0, stall: -32, gone: -19, cancelled: -2, other: -71 } as const;
const USBD_STATUS = {
  done: 0,
  stall: 0xc000_0004,
  gone: 0xc000_7000,
  cancelled: 0xc001_0000,
  other: 0xc000_0011,
};

function usbmonPackets(
  all: Session,
  layout: { readonly littleEndian: boolean; readonly headerLength: 48 | 64 },
): BuiltPacket[] {
  return all.flatMap(({ transfer, id, submitted, completed }) => {
    const { bus, deviceAddress: device, setup, length, data, result } = transfer;
    const common = { id, bus, device, isIn: isIn(setup) };
    const [sent, read] = isIn(setup) ? [{ length }, { data }] : [{ data }, { length: data.length }];
    return [
      usbmon({ ...common, ...sent, type: 'S', setup: setupBytes(setup, length), time: submitted }, layout),
      usbmon({ ...common, ...read, type: 'C', status: ERRNO[result], time: completed }, layout),
    ];
  });
}

function usbpcapPackets(all: Session, version: 'new' | 'old'): BuiltPacket[] {
  return all.flatMap(({ transfer, id, submitted, completed }) => {
    const { bus, deviceAddress: device, setup, length, data, result } = transfer;
    const out = { irp: id, bus, device, isIn: isIn(setup), isBack: false, time: submitted };
    const back = { ...out, isBack: true, status: USBD_STATUS[result], time: completed };
    const wire = setupBytes(setup, length);
    if (version === 'old') {
      return [
        usbpcap({ ...out, stage: STAGE.setup, payload: wire }),
        ...(data.length > 0
          ? [usbpcap({ ...(isIn(setup) ? back : out), stage: STAGE.data, payload: data })]
          : []),
        usbpcap({ ...back, stage: STAGE.status }),
      ];
    }
    return [
      usbpcap({ ...out, stage: STAGE.setup, payload: isIn(setup) ? wire : join(wire, data) }),
      usbpcap({ ...back, stage: STAGE.complete, ...(isIn(setup) && { payload: data }) }),
    ];
  });
}

/** By name, every format this program reads. */
const FORMATS: Readonly<Record<string, (all: Session) => Uint8Array>> = Object.fromEntries([
  ...[true, false].flatMap((littleEndian) =>
    ([48, 64] as const).flatMap((headerLength) => {
      const linkType = headerLength === 48 ? LINK.usbLinux : LINK.usbLinuxMmapped;
      const packets = (all: Session) => usbmonPackets(all, { littleEndian, headerLength });
      const name = `usbmon ${headerLength} ${littleEndian ? 'little' : 'big'}-endian`;
      return [
        [`pcap, ${name}`, (all: Session) => pcap(packets(all), { linkType, littleEndian })],
        [`pcapng, ${name}`, (all: Session) => pcapng(packets(all), { linkType, littleEndian })],
      ] as const;
    }),
  ),
  ...(['new', 'old'] as const).flatMap(
    (version) =>
      [
        [
          `pcap of nanoseconds, USBPcap ${version}`,
          (all: Session) => pcap(usbpcapPackets(all, version), { linkType: LINK.usbpcap, nanoseconds: true }),
        ],
        [
          `pcapng, USBPcap ${version}`,
          (all: Session) =>
            pcapng(usbpcapPackets(all, version), { linkType: LINK.usbpcap, littleEndian: false }),
        ],
      ] as const,
  ),
]);

describe.each(Object.entries(FORMATS))('%s', (_, write) => {
  it('gives every transfer of a session as it was', () => {
    fc.assert(
      fc.property(session, (all) => {
        const capture = parseCapture(write(all));
        expect(capture).toMatchObject({
          transfers: all.map(({ transfer }) => ({ ...transfer, truncated: false })),
          unpaired: [],
          otherPackets: 0,
          unreadablePackets: 0,
          brokenOff: undefined,
        });
      }),
      { numRuns: 25 },
    );
  });

  it('cut off at any byte gives the transfers before the cut, or is refused', () => {
    const [all] = fc.sample(
      session.filter(({ length }) => length >= 3),
      { numRuns: 1, seed: 5 },
    );
    const file = write(all ?? []);
    const { transfers } = parseCapture(file);
    const whole = transfers.map(fingerprint);
    for (let length = 0; length < file.length; length++) {
      const cut = file.subarray(0, length);
      if (length < 4) {
        expect(faultOf(cut)).toBe(length === 0 ? 'empty' : 'unknown-format');
        continue;
      }
      const capture = parseCapture(cut);
      expect(capture.transfers.every((transfer, at) => fingerprint(transfer) === whole[at])).toBe(true);
      if (capture.brokenOff) expect(capture.brokenOff.offset).toBeLessThanOrEqual(length);
      else expect(capture.transfers.length).toBeLessThan(transfers.length);
    }
  });
});

/** Everything there is in a transfer; quicker to compare than the transfer itself. */
function fingerprint({ data, ...rest }: ControlTransfer): string {
  return `${JSON.stringify(rest)} ${Buffer.from(data).toString('hex')}`;
}

/** The fault a file is refused for; undefined when it is read. */
function faultOf(file: Uint8Array): string | undefined {
  try {
    parseCapture(file);
    return undefined;
  } catch (error) {
    if (!isFailure(error, 'bad-file') || error.phase !== 'replay') throw error;
    return error.facts.fault;
  }
}

// -- real captures

describe.each([
  ['h743-v-0x92.pcap', 83],
  ['f405.pcapng', 110],
])('the capture %s', (name, ofDevice) => {
  const file = readFixture(name);
  const all = parseCapture(file);

  it('is read whole: root hub and device, and other endpoints beside', () => {
    expect(all).toMatchObject({ unpaired: [], unreadablePackets: 0, brokenOff: undefined });
    expect(all.otherPackets).toBeGreaterThan(0);
    expect(all.transfers.some(({ truncated }) => truncated)).toBe(false);
    expect(devicesIn(all.transfers)).toMatchObject([
      { usbId: { vendorId: 0x1d6b } },
      { transfers: ofDevice, usbId: { vendorId: 0x0483, productId: 0xdf11 } },
    ]);
  });

  it('can be narrowed down to one device', () => {
    const [, device] = devicesIn(all.transfers);
    const { bus = 0, deviceAddress = 0 } = device ?? {};
    const narrowed = parseCapture(file, { bus, deviceAddress });
    const ofIt = all.transfers.filter((transfer) => transfer.deviceAddress === deviceAddress);
    expect(narrowed.transfers.map(({ setup, data }) => ({ setup, data }))).toEqual(
      ofIt.map(({ setup, data }) => ({ setup, data })),
    );
    expect(narrowed.otherPackets).toBe(all.otherPackets + 2 * (all.transfers.length - ofDevice));
    expect(parseCapture(file, { bus: bus + 1 }).transfers).toEqual([]);
  });

  it('cut off anywhere gives the transfers before the cut', () => {
    const whole = all.transfers.map(fingerprint);
    fc.assert(
      fc.property(fc.integer({ min: 24, max: file.length }), (length) => {
        const { transfers } = parseCapture(file.subarray(0, length));
        expect(transfers.every((transfer, at) => fingerprint(transfer) === whole[at])).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('damaged anywhere is read as far as that goes, or is refused', () => {
    const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(damage, (places) => {
        const damaged = file.slice();
        for (const [at, byte] of places) damaged[at] = byte;
        expectSane(damaged);
      }),
      { numRuns: 100 },
    );
  });
});

// -- hostile files

/** Read or refused, and what was read makes sense. */
function expectSane(file: Uint8Array): void {
  if (faultOf(file) !== undefined) return;
  const { transfers, unpaired } = parseCapture(file);
  const senseless = transfers.filter(
    ({ elapsed, submittedAt, data }) =>
      !(elapsed >= 0) || !Number.isFinite(submittedAt) || data.length > file.length,
  );
  expect(senseless).toEqual([]);
  expect(transfers.length * 2 + unpaired.length).toBeLessThanOrEqual(file.length / 16);
}

describe('whatever a file holds, it is read as far as that goes, or refused:', () => {
  const anything = fc.uint8Array({ maxLength: 600 });
  const linkType = fc.constantFrom(LINK.usbLinux, LINK.usbLinuxMmapped, LINK.usbpcap);

  it('random bytes', () => {
    fc.assert(fc.property(anything, expectSane));
  });

  it('random bytes behind the beginning of a capture', () => {
    const beginnings = fc.record({ linkType, littleEndian: fc.boolean(), newer: fc.boolean() });
    fc.assert(
      fc.property(beginnings, anything, ({ newer, ...options }, rest) => {
        expectSane(join(newer ? pcapng([], options) : pcap([], options), rest));
      }),
    );
  });

  it('packets of random bytes', () => {
    const packets = fc.array(
      anything.map((bytes) => ({ bytes })),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(packets, linkType, (all, type) => {
        expectSane(pcap(all, { linkType: type }));
        expectSane(pcapng(all, { linkType: type }));
      }),
    );
  });

  it('packets that claim more data than any memory has', () => {
    const claims = pcap(
      [usbmon({ type: 'S', id: 1, isIn: false, setup: new Uint8Array(8), length: 0xffff_ffff })],
      {
        linkType: LINK.usbLinuxMmapped,
      },
    );
    expect(parseCapture(claims).unpaired).toHaveLength(1);
    const { bytes } = usbpcap({ stage: STAGE.complete, isBack: true, irp: 1, isIn: true });
    bytes.fill(0xff, 23, 27);
    expect(parseCapture(pcap([{ bytes }], { linkType: LINK.usbpcap })).unpaired).toHaveLength(1);
  });

  it('more transfers than any session has', () => {
    const { bytes } = usbpcap({ stage: STAGE.status, isBack: true, irp: 1, isIn: true });
    const header = pcap([], { linkType: LINK.usbpcap });
    const one = pcap([{ bytes }], { linkType: LINK.usbpcap }).subarray(header.length);
    const file = join(header, Buffer.alloc(one.length * 200_001, one));
    expect(parseCapture(file)).toMatchObject({
      transfers: [],
      brokenOff: { problem: 'there are too many transfers', offset: header.length + one.length * 200_000 },
    });
  });
});

// -- refusals

describe('a file is refused', () => {
  it('that is empty', () => {
    expect(faultOf(Uint8Array.of())).toBe('empty');
  });

  it('that is too large, before it is looked into', () => {
    expect(faultOf(new Uint8Array(LARGEST_CAPTURE + 1))).toBe('too-large');
  });

  it.each(['stepwise-usb-recording', '\x1f\x8b\x08\x00 packed', 'a1b2c3d4'])(
    'that is no capture: %j',
    (text) => {
      expect(faultOf(Buffer.from(text, 'latin1'))).toBe('unknown-format');
    },
  );

  it('that holds packets, and none of USB', () => {
    const ethernet = [{ bytes: new Uint8Array(60) }];
    expect(faultOf(pcap(ethernet, { linkType: LINK.ethernet }))).toBe('unsupported');
    expect(faultOf(pcapng(ethernet, { linkType: LINK.ethernet }))).toBe('unsupported');
  });

  it('that cannot be read from disk', async () => {
    const fault = (path: string) =>
      readCaptureFile(path).then(
        () => undefined,
        (error: unknown) => (isFailure(error, 'bad-file') ? error.facts.fault : error),
      );
    expect(await fault(joinPath(folder, 'absent.pcap'))).toBe('unreadable');
    expect(await fault(folder)).toBe('unreadable');
    const large = joinPath(folder, 'large.pcap');
    writeFileSync(large, '');
    expect(await fault(large)).toBe('empty');
    truncateSync(large, LARGEST_CAPTURE + 1);
    expect(await fault(large)).toBe('too-large');
  });
});

it('a file of several networks gives what is of USB', () => {
  const submit = { id: 1, isIn: false, setup: new Uint8Array(8) } as const;
  const file = join(
    sectionHeader(true),
    interfaceDescription(true, LINK.usbLinux),
    interfaceDescription(true, LINK.ethernet),
    simplePacket(true, usbmon({ ...submit, type: 'S', time: 5_000 }, { headerLength: 48 }).bytes),
    enhancedPacket(true, 1, 0, new Uint8Array(60)),
    enhancedPacket(true, 0, 0, usbmon({ ...submit, type: 'C', time: 9_000 }, { headerLength: 48 }).bytes),
    enhancedPacket(true, 0, 0, new Uint8Array(20)),
  );
  // usbmon tells the time of each event itself, so that a packet without one has it all the same.
  expect(parseCapture(file)).toMatchObject({
    transfers: [{ elapsed: 4 }],
    otherPackets: 1,
    unreadablePackets: 1,
  });
});

it('what a short snap length took away is marked', () => {
  const setup = { requestType: 0x21, request: 1, value: 2, index: 0 };
  const packets = [
    usbmon({ type: 'S', id: 1, isIn: false, setup: setupBytes(setup, 100), data: new Uint8Array(100) }),
    usbmon({ type: 'C', id: 1, isIn: false, length: 100 }),
  ];
  const file = pcap(packets, { linkType: LINK.usbLinuxMmapped, snapLength: 96 });
  expect(parseCapture(file).transfers).toMatchObject([
    { length: 100, data: new Uint8Array(32), truncated: true },
  ]);
});

it('a capture is read from disk as from memory', async () => {
  const { transfers } = await readCaptureFile(joinPath(FIXTURES, 'f405.pcapng'), { deviceAddress: 3 });
  expect(transfers).toHaveLength(110);
});

/** What a host reads and writes through the ROM: which addresses are there, and what lies at them. */
import { describe, expect, it } from 'vitest';
import { DfuState, DfuStatus } from '../dfuse/protocol.ts';
import { dnloadIdle, filled, idle, inError, littleEndian, stall, TestHost } from './test-host.ts';

const FLASH = 0x0800_0000;
const KB = 1024;

describe('addresses', () => {
  it.each([0x0000_0000, 0x0810_0000, 0x4000_0000, 0xe004_2000])(
    'out of range end SET_ADDRESS in errTARGET (%#)',
    async (address) => {
      const host = await TestHost.idle('f405');
      expect(await host.setAddress(address)).toEqual(inError(DfuStatus.errTarget));
    },
  );

  it('outside the flash end ERASE in errTARGET', async () => {
    const host = await TestHost.idle('f405');
    expect(await host.erase(0x2000_4000)).toEqual(inError(DfuStatus.errTarget));
  });

  it('of a block count in lengths of that very request: a short block with a risen number lands wrongly', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.setAddress(FLASH);
    await host.download(2, filled(1024, 0x11));
    await host.untilDone();
    await host.download(3, filled(64, 0x22));
    await host.untilDone();
    expect(host.device.flash.read(FLASH + 64, 1)[0]).toBe(0x11 & 0x22);
    expect(host.device.flash.read(FLASH + 1024, 1)[0]).toBe(0xff);
    expect(host.device.flash.faults).toEqual([{ kind: 'not-erased', address: FLASH + 64, count: 64 }]);
  });

  it('of a short read with a risen number follow the same rule', async () => {
    const contents = [{ address: FLASH, bytes: Uint8Array.from({ length: 4096 }, (_, i) => i >> 6) }];
    const host = await TestHost.with('h743-v-0x92', { contents });
    await host.read(FLASH, 1024);
    expect((await host.upload(3, 1024))[0]).toBe(1024 >> 6);
    expect((await host.upload(4, 128))[0]).toBe(256 >> 6);
  });

  it('of full blocks with rising numbers follow each other', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.setAddress(FLASH);
    for (let block = 2; block < 6; block++) {
      await host.download(block, filled(1024, block));
      await host.untilDone();
    }
    expect([0, 1, 2, 3, 4].map((i) => host.device.flash.read(FLASH + i * 1024, 1)[0])).toEqual([
      2, 3, 4, 5, 0xff,
    ]);
    expect(host.device.flash.faults).toEqual([]);
  });

  it('beyond the end of a region end a write in errTARGET, and a read short', async () => {
    const host = await TestHost.idle('f405');
    const end = FLASH + 1024 * KB;
    expect(await host.write(end - 4, filled(8))).toEqual(inError(DfuStatus.errTarget));
    await host.clearStatus();
    expect(await host.read(end - 4, 64)).toHaveLength(4);
    expect(await host.getStatus()).toEqual(idle);
  });

  it('that only exist by the layout string swallow what is written, and tests can see it', async () => {
    const host = await TestHost.with('h750');
    expect(await host.erase(FLASH + 128 * KB)).toEqual(dnloadIdle);
    expect(await host.write(FLASH + 128 * KB, filled(32))).toEqual(dnloadIdle);
    expect(host.device.flash.faults.map((fault) => fault.kind)).toEqual(['absent', 'absent']);
    await host.abort();
    expect([...(await host.read(FLASH + 128 * KB, 2))]).toEqual([0xff, 0xff]);
  });
});

describe('memories', () => {
  const register = async (name: string, address: number, length: number) => [
    ...(await (await TestHost.idle(name)).read(address, length)),
  ];

  it('shows the bootloader ID, flash size and unique ID', async () => {
    expect(await register('h743-v-0x90', 0x1ff1e7fe, 2)).toEqual([0x90, 0xff]);
    expect(await register('c5', 0x0bf885fe, 2)).toEqual([0x01, 0x01]);
    expect(await register('h743-v-0x90', 0x1ff1e880, 2)).toEqual([0x00, 0x08]);
    expect(await register('h750', 0x1ff1e880, 2)).toEqual([128, 0]);
    expect(await register('h743-v-0x92', 0x1ff1e800, 12)).toEqual(
      [0x002d0030, 0x3334510b, 0x32313533].flatMap(littleEndian),
    );
  });

  it('answers no bytes and no error at the unique ID of an F4, but reads on from the OTP before it', async () => {
    const host = await TestHost.idle('f405');
    expect(await host.read(0x1fff7a10, 12)).toHaveLength(0);
    expect(await host.getStatus()).toEqual(idle);
    const otp = await host.read(0x1fff7a00, 64);
    expect(otp[0x22]).toBe(1024 & 0xff);
    expect(otp[0x23]).toBe(1024 >> 8);
  });

  it('refuses to read the unique ID of a G4', async () => {
    const host = await TestHost.with('g474');
    await expect(host.read(0x1fff7590, 12)).rejects.toEqual(stall);
    expect(await host.getStatus()).toEqual(inError(DfuStatus.errTarget));
  });

  it('refuses to read DBGMCU on an F4, and hangs at it on an F7 until the power goes', async () => {
    const f4 = await TestHost.idle('f405');
    expect(await f4.setAddress(0xe0042000)).toEqual(inError(DfuStatus.errTarget));
    const f7 = await TestHost.idle('f746');
    await expect(f7.read(0xe0042000, 4)).rejects.toMatchObject({ kind: 'timeout' });
    await f7.usb.reset();
    await expect(f7.getStatus()).rejects.toMatchObject({ kind: 'timeout' });
    await f7.bus.replug(f7.usb.path);
    await f7.clock.sleep(1000);
    await f7.reopen();
    expect(await f7.getStatus()).toMatchObject({ state: DfuState.dfuIdle });
  });

  it('writes RAM and data EEPROM without an erase', async () => {
    const host = await TestHost.with('l072');
    expect(await host.write(0x08080000, [1, 2])).toEqual(dnloadIdle);
    expect(await host.write(0x20001400, [3, 4])).toEqual(dnloadIdle);
    await host.abort();
    expect([...(await host.read(0x08080000, 2))]).toEqual([1, 2]);
    await host.abort();
    expect([...(await host.read(0x20001400, 2))]).toEqual([3, 4]);
  });

  it('only clears bits in OTP', async () => {
    const host = await TestHost.with('l476');
    await host.write(0x1fff7000, [0xf0, 0xff]);
    await host.write(0x1fff7000, [0x3c, 0xff]);
    expect([...host.device.peek(0x1fff7000, 2)]).toEqual([0x30, 0xff]);
  });

  it('does not let system memory be written', async () => {
    const host = await TestHost.with('h743-v-0x92');
    expect(await host.write(0x1ff1e7fe, [1, 2])).toEqual(inError(DfuStatus.errTarget));
  });

  it('sees nothing where nothing is', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.setAddress(FLASH + 2 * 1024 * KB - 1024);
    await host.abort();
    await expect(host.upload(3, 1024)).rejects.toEqual(stall);
    expect(await host.getStatus()).toEqual(inError(DfuStatus.errTarget));
    expect(() => host.device.peek(0, 4)).toThrow(RangeError);
  });
});

describe('L47x blocks', () => {
  it.each([
    { length: 258, last: 0xa5 },
    { length: 264, last: 0x5a },
    { length: 250, last: 0x5a },
  ])('of $length bytes end in $last', async ({ length, last }) => {
    const host = await TestHost.with('l476');
    await host.setAddress(FLASH);
    await host.download(2, filled(length));
    await host.getStatus();
    await host.clock.sleep(50);
    expect(host.device.flash.read(FLASH + length - 1, 1)[0]).toBe(last);
  });
});

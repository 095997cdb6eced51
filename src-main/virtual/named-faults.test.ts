import { describe, expect, it } from 'vitest';
import { DfuSeCommand } from '../dfuse/protocol.ts';
import { virtualDevices } from './catalogue/index.ts';
import type { Fault } from './faults.ts';
import { namedFaults } from './named-faults.ts';
import { littleEndian, TestHost } from './test-host.ts';

const FLASH = 0x0800_0000;
const BLOCKS = [0x5a, 0xa5].map((value) => new Uint8Array(64).fill(value));

/** Longer than anything takes that is asked for here. */
const LONG_MS = 5_000;

/** Starts what was asked for, and looks again when it should be over. */
async function carriedOut(host: TestHost) {
  const started = await host.getStatus();
  await host.clock.sleep(LONG_MS);
  return [started, await host.getStatus()];
}

/** What a simple host meets that erases, writes two blocks and reads them; and what is in the flash afterwards. */
async function course(name: string, fault?: Fault) {
  const struck: Fault[] = [];
  const host = await TestHost.idle(name, {
    faults: fault ? [fault] : [],
    onFault: (each) => struck.push(each),
    contents: [{ address: FLASH, bytes: Uint8Array.of(1, 2, 3, 4) }],
  });
  const met: unknown[] = [];
  const step = async (act: () => Promise<unknown>) => met.push(await act().catch((error: unknown) => error));
  const steps = [
    () => host.download(0, [DfuSeCommand.setAddressPointer, ...littleEndian(FLASH)]),
    () => host.sendErase(FLASH),
    ...BLOCKS.map((block, number) => () => host.download(2 + number, block)),
  ];
  for (const each of steps) {
    await step(each);
    await step(() => carriedOut(host));
  }
  await step(() => host.abort());
  await step(() => host.upload(2, 64));
  return { struck, met, flash: host.device.flash.read(FLASH, 128) };
}

describe.each(['f405', 'l072', 'u575'])('on %s', (name) => {
  it.each([...namedFaults.values()].map((fault) => [fault.name, fault] as const))(
    '%s strikes once a simple update is under way',
    async (_, named) => {
      const definition = virtualDevices.get(name);
      if (!definition) throw new Error(`no ${name}`);
      const fault = named.faultOn(definition);
      const disturbed = await course(name, fault);
      if ('at' in fault) expect(disturbed.struck).toEqual([fault]);
      expect(disturbed).not.toEqual({ ...(await course(name)), struck: disturbed.struck });
    },
  );

  it('the course is undisturbed without a fault', async () => {
    const { met, flash, struck } = await course(name);
    expect(met.filter((each) => each instanceof Error)).toEqual([]);
    expect([flash[0], flash[64]]).toEqual([0x5a, 0xa5]);
    expect(struck).toEqual([]);
  });
});

it('no name is given twice, and each says in one line what goes wrong', () => {
  expect(new Set([...namedFaults.values()].map(({ description }) => description)).size).toBe(
    namedFaults.size,
  );
  for (const { name, description } of namedFaults.values())
    expect(name.length + description.length).toBeLessThan(130);
});

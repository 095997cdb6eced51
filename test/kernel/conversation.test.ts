import assert from 'node:assert/strict';
import { isDfu, readConfiguration } from '../../src-main/usb/descriptors.ts';
import type { UsbDevice } from '../../src-main/usb/port.ts';
import { readString } from '../../src-main/usb/strings.ts';
import { ABORT, CLEAR_STATUS, ENOUGH, GET_STATUS, STATUS_LENGTH, dnload, upload } from './requests.ts';
import { kernelTest } from './rig.ts';
import { IDLE } from './stand-in.ts';

const NO_DATA = new Uint8Array();
const DFU_ERROR = 10;
/** To 0x08000000, the start of the flash. */
const SET_ADDRESS = Uint8Array.of(0x21, 0, 0, 0, 0x08);

/** Opens it and brings it into dfuIDLE: an F4 comes up in dfuERROR. */
async function begin(device: UsbDevice): Promise<void> {
  await device.open();
  await device.claim(0);
  const status = await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH);
  if (status[4] === DFU_ERROR) await device.controlOut(CLEAR_STATUS, NO_DATA, ENOUGH);
}

async function readFlash(device: UsbDevice, length: number): Promise<Uint8Array> {
  await begin(device);
  await device.controlOut(dnload(0), SET_ADDRESS, ENOUGH);
  await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH);
  await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH);
  await device.controlOut(ABORT, NO_DATA, ENOUGH);
  return device.controlIn(upload(2), length, ENOUGH);
}

await kernelTest(
  'a bootloader is seen with the identity, the settings and the names it was given',
  async (rig) => {
    const { device, identity } = await rig.plug({ kind: 'bootloader', name: 'h743-v-0x90' });
    assert.deepEqual(device.identity, identity);
    await device.open();
    const { interfaces, wellFormed } = await readConfiguration(device);
    const [dfu] = interfaces;
    assert.ok(dfu && wellFormed && dfu.alternates.every(isDfu));
    assert.equal(dfu.dfuFunctional?.length, 9);
    const names = [];
    for (const { nameIndex } of dfu.alternates) names.push(await readString(device, nameIndex));
    assert.match(names[0] ?? '', /^@Internal Flash/);
    assert.equal(new Set(names).size, dfu.alternates.length);
    assert.equal(await readString(device, identity.productIndex), 'DFU in FS Mode');
    assert.equal(await readString(device, 0x77), undefined);
  },
);

await kernelTest('what is in the flash comes over the wire unchanged', async (rig) => {
  const flash = Uint8Array.from({ length: 2048 }, (_, at) => (at * 7) & 0xff);
  const { device } = await rig.plug({ kind: 'bootloader', name: 'f405', flash });
  assert.deepEqual(await readFlash(device, flash.length), flash);
});

await kernelTest(
  'every alternate setting can be selected, and one that is not there is refused',
  async (rig) => {
    const { device } = await rig.plug({ kind: 'bootloader', name: 'f405' });
    await begin(device);
    const { interfaces } = await readConfiguration(device);
    for (const { alternate } of interfaces[0]?.alternates ?? []) {
      await device.selectAlternate(0, alternate);
      assert.equal((await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH)).length, STATUS_LENGTH);
    }
    await assert.rejects(device.selectAlternate(0, 99), { kind: 'io' });
  },
);

await kernelTest(
  'a refused request is a stall, in both directions, and the next one is answered',
  async (rig) => {
    const { device } = await rig.openStandIn({ kind: 'stall' }, { kind: 'stall' });
    await assert.rejects(device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH), { kind: 'stall' });
    await assert.rejects(device.controlOut(dnload(2), new Uint8Array(2048), ENOUGH), { kind: 'stall' });
    assert.deepEqual(await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH), IDLE);
  },
);

await kernelTest('an answer shorter than asked for is an answer', async (rig) => {
  const bytes = Uint8Array.of(1, 2, 3);
  const { device } = await rig.openStandIn({ kind: 'answer', bytes });
  assert.deepEqual(await device.controlIn(upload(2), 2048, ENOUGH), bytes);
});

await kernelTest('a reset leaves the device usable, its interface claimed', async (rig) => {
  const { device } = await rig.openStandIn();
  await device.reset();
  assert.deepEqual(await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH), IDLE);
});

await kernelTest('two devices with the same serial number are two devices', async (rig) => {
  const [ones, twos] = [new Uint8Array(64).fill(1), new Uint8Array(64).fill(2)];
  const one = await rig.plug({ kind: 'bootloader', name: 'f405', flash: ones });
  const two = await rig.plug({ kind: 'bootloader', name: 'f405', flash: twos });
  assert.notEqual(one.device.path, two.device.path);
  assert.deepEqual(await readFlash(one.device, ones.length), ones);
  assert.deepEqual(await readFlash(two.device, twos.length), twos);
  const serial = await readString(one.device, one.identity.serialIndex);
  assert.equal(await readString(two.device, two.identity.serialIndex), serial);
});

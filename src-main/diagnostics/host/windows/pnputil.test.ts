import { describe, expect, it } from 'vitest';
import { hasIds, isUnrecognised, parsePnputil } from './pnputil.ts';

/** The same device with WinUSB, as Windows says it in several languages. */
const LANGUAGES = {
  English: [
    'Instance ID',
    'Device Description',
    'Class Name',
    'Class GUID',
    'Manufacturer Name',
    'Status',
    'Started',
    'Driver Name',
  ],
  German: [
    'Instanz-ID',
    'Gerätebeschreibung',
    'Klassenname',
    'Klassen-GUID',
    'Herstellername',
    'Status',
    'Gestartet',
    'Treibername',
  ],
  French: [
    'ID d’instance ',
    'Description du périphérique ',
    'Nom de la classe ',
    'GUID de classe ',
    'Nom du fabricant ',
    'Statut ',
    'Démarré',
    'Nom du pilote ',
  ],
  Spanish: [
    'Id. de instancia',
    'Descripción del dispositivo',
    'Nombre de clase',
    'GUID de clase',
    'Nombre del fabricante',
    'Estado',
    'Iniciado',
    'Nombre de controlador',
  ],
  Japanese: [
    'インスタンス ID',
    'デバイスの説明',
    'クラス名',
    'クラス GUID',
    '製造元の名前',
    '状態',
    '開始済み',
    'ドライバー名',
  ],
  Chinese: ['实例 ID', '设备描述', '类名', '类 GUID', '制造商名称', '状态', '已启动', '驱动程序名称'],
  Russian: [
    'ИД экземпляра',
    'Описание устройства',
    'Имя класса',
    'GUID класса',
    'Имя изготовителя',
    'Состояние',
    'Запущено',
    'Имя драйвера',
  ],
} as const;

function listing([
  instance,
  description,
  name,
  guid,
  maker,
  status,
  started,
  driver,
]: (typeof LANGUAGES)[keyof typeof LANGUAGES]) {
  return [
    'Microsoft PnP',
    '',
    `${instance}:                USB\\VID_046D&PID_C31C\\6&2a1b&0&3`,
    `${description}:         HID`,
    `${status}:                     ${started}`,
    `${driver}:                input.inf`,
    '',
    `${instance}:                USB\\VID_0483&PID_DF11\\357636743433`,
    `${description}:         STM32  BOOTLOADER`,
    `${name}:                 USBDevice`,
    `${guid}:                 {88bae032-5a81-49f0-bc3d-a4ff138216d6}`,
    `${maker}:          STMicroelectronics: WinUSB`,
    `${status}:                     ${started}`,
    `${driver}:                oem12.inf`,
    '',
  ].join('\r\n');
}

describe.each(Object.entries(LANGUAGES))('in %s', (_, words) => {
  it('devices are known by the form of what is told', () => {
    expect(parsePnputil(listing(words))).toEqual([
      { instanceId: 'USB\\VID_046D&PID_C31C\\6&2a1b&0&3', problem: undefined, inf: 'input.inf' },
      { instanceId: 'USB\\VID_0483&PID_DF11\\357636743433', problem: undefined, inf: 'oem12.inf' },
    ]);
  });

  it('so they are where a console of another code page spoilt the words', () => {
    const spoilt = Buffer.from(listing(words), 'utf8').toString('latin1');
    expect(parsePnputil(spoilt).map(({ inf }) => inf)).toEqual(['input.inf', 'oem12.inf']);
  });
});

it.each([
  ['Problem Code:               28 (0x1C) [CM_PROB_FAILED_INSTALL]', 28],
  ['Problemcode:                10 (0xA) [CM_PROB_FAILED_START]', 10],
  ['Code du problème :          43 (0x2B) [CM_PROB_FAILED_POST_START]', 43],
  ['問題コード:                 28 (0x1C)', 28],
  ['Driver Name:                oem28.inf', undefined],
  ['Description:                28 (0x1C devices', undefined],
])('a problem is known by its form: %s', (line, problem) => {
  const text = `Instance ID:                USB\\VID_0483&PID_DF11\\1\r\n${line}\r\n`;
  expect(parsePnputil(text)[0]?.problem).toBe(problem);
});

it('what is not on USB is left out', () => {
  expect(parsePnputil('Instance ID:   ACPI\\PNP0C0A\\1\r\nStatus:  Started\r\n\r\n')).toEqual([]);
  expect(parsePnputil('')).toEqual([]);
});

it('an interface belongs to its device, another device does not', () => {
  const device = (instanceId: string) => ({ instanceId, problem: undefined, inf: undefined });
  expect(hasIds(device('USB\\VID_0483&PID_DF11\\1'), '0483', 'DF11')).toBe(true);
  expect(hasIds(device('USB\\vid_0483&pid_df11&MI_00\\6&1&0'), '0483', 'DF11')).toBe(true);
  expect(hasIds(device('USB\\VID_0483&PID_5740\\1'), '0483', 'DF11')).toBe(false);
});

it('a device that could not even be asked for its descriptors is told from others', () => {
  const [odd] = parsePnputil(
    'Instance ID:                USB\\VID_0000&PID_0002\\5&36a8f4f4&0&2\r\nProblem Code:   43 (0x2B) [CM_PROB_FAILED_POST_START]\r\n',
  );
  expect(odd && isUnrecognised(odd)).toBe(true);
});

/** A transcript in sentences: what was asked, what came, where it went wrong. */
import { hex } from '../../../../shared/address.ts';
import type { ExplainedSession, Explanation } from '../../../diagnostics/transcript/explain.ts';
import type { Paragraph, ParagraphOf, Run, Undertaking } from '../../../diagnostics/transcript/paragraphs.ts';
import type { Gap, TransferFailure } from '../../../diagnostics/transcript/transcript.ts';
import { stateName, statusName } from '../../../dfuse/protocol.ts';
import type { DeviceStatus } from '../../../dfuse/status.ts';
import { byteCount, counted, duration, grouped, moment, rate } from '../quantities.ts';

/** `Recorded by stepwise 1.2.3, command line, from 2026-01-02 03:04 UTC on.` */
export function originSentence({ kind, program, begun }: Explanation): string {
  if (kind === 'capture') return 'A capture of USB, made by another program.';
  const by = program === undefined ? '' : ` by ${program}`;
  const from = begun === undefined ? '' : ` from ${moment(begun)} on`;
  return `A recording of Stepwise${by === '' ? '' : `, made${by}`}${from === '' ? '' : `,${from}`}.`;
}

export function gapSentence(gap: Gap): string {
  switch (gap.kind) {
    case 'dropped':
      return `Its beginning is missing: ${counted(gap.operations, 'request')} before the first one here.`;
    case 'cut-off':
      return `It is cut off in line ${gap.line}, as when the program was killed. Everything before that is there.`;
    case 'broken-off':
      return `It can be read up to byte ${grouped(gap.offset)}: ${gap.problem}.`;
    case 'halves':
      return `${counted(gap.transfers, 'transfer')} began before it or ended after it, and ${gap.transfers === 1 ? 'is' : 'are'} left out.`;
  }
}

export function usbIdText(usbId: ExplainedSession['usbId']): string {
  if (!usbId) return 'USB ID not in the capture';
  const digits = (id: number) => id.toString(16).toUpperCase().padStart(4, '0');
  return `${digits(usbId.vendorId)}:${digits(usbId.productId)}`;
}

// -- paragraphs ----------------------------------------------------------------------------------------------------------

export function paragraphSentence(paragraph: Paragraph): string {
  const took = duration(paragraph.until - paragraph.at);
  switch (paragraph.kind) {
    case 'present':
      return 'It was there.';
    case 'attached':
      return 'It was plugged in, or came back.';
    case 'detached':
      return 'It left the bus.';
    case 'close':
      return 'Closed.';
    case 'reset':
      return `The bus was reset, in ${took}.`;
    case 'detach':
      return 'The application was asked to start the bootloader.';
    case 'read-unprotect':
      return 'Read protection was taken off, which erases everything.';
    case 'mass-erase':
      return `Erased everything in ${took}.`;
    case 'look':
      return lookSentence(paragraph);
    case 'fact':
      return factSentence(paragraph);
    case 'write':
      return `Wrote ${runText(paragraph)} in ${took}${rateText(paragraph)}.`;
    case 'read':
      return readSentence(paragraph, took);
    case 'erase':
      return eraseSentence(paragraph, took);
    case 'found-error':
      return `It was found in ${statusText(paragraph.status)}.`;
    case 'clear':
      return `CLRSTATUS was sent${paragraph.times > 1 ? ` ${paragraph.times} times` : ''}${nowIn(paragraph.status)}.`;
    case 'abort':
      return `Aborted${nowIn(paragraph.status)}.`;
    case 'leave':
      return paragraph.end === 'left'
        ? 'The application was started: the bootloader stopped answering, as it should.'
        : 'The application was to be started, and the bootloader is still there.';
    case 'stuck':
      return `${capital(doingText(paragraph.doing))}${at(paragraph.address)} did not end: still busy after ${took} and ${counted(paragraph.questions, 'question')}.`;
    case 'under-way':
      return `${capital(doingText(paragraph.doing))}${at(paragraph.address)} was under way.`;
    case 'refused':
      return `${capital(doingText(paragraph.doing))}${at(paragraph.address)} was refused: ${statusText(paragraph.status)}.`;
    case 'failed':
      return failedSentence(paragraph, took);
  }
}

/** What is erased, or not there at all, reads so. */
const NO_ID: ReadonlySet<number> = new Set([0x00, 0xff]);
const NO_SIZE: ReadonlySet<number> = new Set([0, 0xffff]);

function factSentence({ fact, address }: ParagraphOf<'fact'>): string {
  const place = at(address);
  switch (fact.what) {
    case 'bootloader-id': {
      const id = `0x${fact.id.toString(16).toUpperCase().padStart(2, '0')}`;
      return NO_ID.has(fact.id)
        ? `Looked for a bootloader ID${place}: there is none (${id}).`
        : `Its bootloader ID${place} is ${id}.`;
    }
    case 'flash-size':
      return NO_SIZE.has(fact.kilobytes)
        ? `Looked for the size of its flash${place}: it is not there.`
        : `It says${place} that it has ${grouped(fact.kilobytes)} KB of flash.`;
    case 'unique-id':
      return `Its unique ID${place} is ${fact.bytes}.`;
    case 'option-bytes':
      return `Its option bytes${place} are ${fact.bytes}.`;
  }
}

function lookSentence({ requests, refused, until, at }: ParagraphOf<'look'>): string {
  const refusals = refused === 0 ? '' : `; ${refused} of them it does not have`;
  return `Asked what it is: ${counted(requests, 'request')} in ${duration(until - at)}${refusals}.`;
}

function readSentence(paragraph: ParagraphOf<'read'>, took: string): string {
  const what = `${runText(paragraph)} in ${took}${rateText(paragraph)}`;
  switch (paragraph.compared) {
    case 'nothing was written there':
      return `Read ${what}.`;
    case 'equal':
      return `Read back ${what}: equal to what was written.`;
    case 'different':
      return `Read back ${what}: NOT what was written${at(paragraph.firstDifferent)}.`;
  }
}

function eraseSentence(paragraph: ParagraphOf<'erase'>, took: string): string {
  const { addresses, longest, longestAt, questions } = paragraph;
  const [first = 0] = addresses;
  if (addresses.length === 1)
    return `Erased the sector at ${hex(first)} in ${took}, asking ${counted(questions, 'time')}.`;
  const last = addresses.at(-1) ?? first;
  return (
    `Erased ${counted(addresses.length, 'sector')} from ${hex(first)} to the one at ${hex(last)} in ${took}; ` +
    `the longest took ${duration(longest)}, at ${hex(longestAt)}.`
  );
}

function failedSentence({ doing, address, failure, times }: ParagraphOf<'failed'>, took: string): string {
  const often = times === 1 ? '' : ` (${times} times, in ${took})`;
  return `${capital(doingText(doing))}${at(address)} failed: ${FAILURES[failure]}${often}.`;
}

/** `512 blocks of 1 024 bytes from 0x08000000`. */
function runText({ address, bytes, blocks, blockSize, places }: Run): string {
  if (places > 1)
    return `${byteCount(bytes)} at ${places} places${address === undefined ? '' : `, the first at ${hex(address)},`}`;
  const from = address === undefined ? ', from where is not known' : ` from ${hex(address)}`;
  if (blocks === 1) return `${byteCount(bytes)}${address === undefined ? '' : ` at ${hex(address)}`}`;
  const even = blocks * blockSize === bytes;
  const pieces = `${counted(blocks, 'block')} of ${even ? '' : 'up to '}${byteCount(blockSize)}${from}`;
  return even ? pieces : `${pieces}, ${byteCount(bytes)},`;
}

/** What is too short to have a rate has none. */
const SHORTEST_FOR_RATE = 100;

function rateText({
  bytes,
  at: begin,
  until,
}: Run & { readonly at: number; readonly until: number }): string {
  const time = until - begin;
  return time < SHORTEST_FOR_RATE ? '' : ` (${rate((bytes * 1000) / time)})`;
}

const FAILURES: Readonly<Record<TransferFailure, string>> = {
  stall: 'it refused the request (stall)',
  timeout: 'no answer before the deadline',
  gone: 'it left the bus',
  'no-driver': 'the system gives it to no program of this kind',
  'no-permission': 'the system does not allow it',
  busy: 'another program holds it',
  io: 'a transfer was damaged, or the host controller is in trouble',
  cancelled: 'the program gave up waiting',
};

function doingText(doing: Undertaking): string {
  return DOING[doing];
}

const DOING: Readonly<Record<Undertaking, string>> = {
  present: 'being there',
  attached: 'coming',
  detached: 'leaving',
  open: 'opening it',
  close: 'closing it',
  reset: 'resetting the bus',
  claim: 'claiming its interface',
  select: 'selecting a memory of it',
  describe: 'asking what it is',
  'get-status': 'asking how it is',
  'get-state': 'asking for its state',
  'clear-status': 'clearing its error',
  abort: 'aborting',
  detach: 'sending it to its bootloader',
  'get-commands': 'asking for its commands',
  'set-address': 'setting the address',
  erase: 'erasing the sector',
  'mass-erase': 'erasing everything',
  'read-unprotect': 'taking read protection off',
  leave: 'starting the application',
  write: 'writing the block',
  read: 'reading the block',
  other: 'a request of another kind',
};

function statusText({ status, state }: DeviceStatus): string {
  return `${stateName(state)}, ${statusName(status)}`;
}

function nowIn(status: DeviceStatus | undefined): string {
  return status ? `; after that it was in ${statusText(status)}` : '';
}

function at(address: number | undefined): string {
  return address === undefined ? '' : ` at ${hex(address)}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

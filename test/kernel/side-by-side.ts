/**
 * Stepwise and dfu-util write the same image to the same virtual devices, in turns, in real time: `measure [ROUNDS]`.
 * Prints medians, then the same as JSON; exits 1 where a demand does not hold. What the figures mean is in
 * docs/measurements.md.
 */
import { readFileSync } from 'node:fs';
import { DEMANDS, ratioOf, type Medians } from './demands.ts';
import { measure, type MeasuredRun, type Measurement, type Program } from './measured-run.ts';
import { figure, median, table } from '../bench/table.ts';

const H743 = { device: 'h743-y-0xd2', kilobytes: 128 } as const;
/** Whole sectors, one of 128 KB and four of 16; dfu-util takes 14 s for twice as many on the F405. */
const TASKS = [H743, { device: 'f405', kilobytes: 64 }] as const;
const USUAL_ROUNDS = 3;
const RIVALS: readonly Program[] = ['Stepwise', 'dfu-util'];

const print = (text: string) => process.stdout.write(`${text}\n`);
const seconds = (ms: number) => figure(ms / 1000, 3);

const rounds = Number(process.argv[2] ?? USUAL_ROUNDS);
const upSince = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);

// Whatever has to be loaded from files is loaded by runs that do not count.
for (const program of RIVALS) await measure(program, H743, { measured: 'at-once' });

const runs = new Map<string, Map<Program, Measurement[]>>();
for (const task of TASKS) {
  const ofDevice = new Map<Program, Measurement[]>(RIVALS.map((program) => [program, []]));
  runs.set(task.device, ofDevice);
  for (let round = 0; round < rounds; round++) {
    for (const program of round % 2 === 0 ? RIVALS : RIVALS.toReversed()) {
      const again = program === 'Stepwise';
      const run = await measure(program, task, { measured: 'in-its-time', again });
      ofDevice.get(program)?.push(run);
    }
  }
}

const medians = new Map<string, Medians>();
const rows: string[][] = [];
for (const [device, ofDevice] of runs) {
  const stepwise = ofDevice.get('Stepwise') ?? [];
  const each: Medians = {
    stepwise: medianRun(stepwise.map(({ fullWrite }) => fullWrite)),
    unchanged: medianRun(stepwise.flatMap(({ unchanged }) => unchanged ?? [])),
    dfuUtil: medianRun((ofDevice.get('dfu-util') ?? []).map(({ fullWrite }) => fullWrite)),
  };
  medians.set(device, each);
  rows.push(
    rowOf('full write', device, 'dfu-util', each.dfuUtil),
    rowOf('full write', device, 'Stepwise', each.stepwise),
    rowOf('unchanged', device, 'Stepwise', each.unchanged),
  );
}

// What is neither wire nor chip; and what a process of its own adds.
const atOnce = new Map<Program, MeasuredRun>();
for (const program of RIVALS) {
  const { fullWrite } = await measure(program, H743, { measured: 'at-once' });
  atOnce.set(program, fullWrite);
  rows.push(rowOf('answers at once', H743.device, program, fullWrite));
}
const alone = await measure('Stepwise, own process', H743, { measured: 'in-its-time' });
rows.push(rowOf('full write, own process', H743.device, 'Stepwise', alone.fullWrite));

const sizes = TASKS.map(({ device, kilobytes }) => `${kilobytes} KiB on ${device}`).join(', ');
print(`Updates of virtual devices in real time: ${sizes}; medians of ${rounds} rounds\n`);
const columns = [
  'scenario',
  'device',
  'program',
  'seconds',
  'erase',
  'write',
  'read-back',
  'compare',
  'rest',
];
print(table([...columns, 'requests', 'wall clock'], rows, 3));

const results = DEMANDS.map((demand) => {
  const of = medians.get(demand.device);
  return { ...demand, ratio: of ? ratioOf(demand.kind, of) : Number.NaN };
});
print('\nStepwise to dfu-util\n');
print(
  table(
    ['what', 'device', 'ratio', 'at most'],
    results.map(({ kind, device: of, ratio, atMost }) => [kind, of, figure(ratio, 3), figure(atMost, 2)]),
    2,
  ),
);

print('');
for (const [program, run] of atOnce) {
  const own = (run.total - run.erase) / run.requests;
  print(`Neither wire nor chip, ${program}: ${figure(own, 2)} ms per request`);
}
print(`Up for ${figure(upSince, 1)} s when the measurement began`);
print(`\n${JSON.stringify({ version: 1, rounds, runs: plain(runs), atOnce: plain(atOnce), alone })}`);

const broken = results.filter(({ ratio, atMost }) => !(ratio <= atMost));
for (const { kind, device: of } of broken) print(`over its limit: ${kind}, ${of}`);
process.exit(broken.length > 0 ? 1 : 0);

function rowOf(scenario: string, of: string, program: Program, run: MeasuredRun): string[] {
  const times = [run.total, run.erase, run.write, run.readBack, run.compare, run.rest];
  return [scenario, of, program, ...times.map(seconds), String(run.requests), seconds(run.wall)];
}

function medianRun(of: readonly MeasuredRun[]): MeasuredRun {
  const middle = (key: keyof MeasuredRun) => median(of.map((run) => run[key]));
  return {
    total: middle('total'),
    erase: middle('erase'),
    write: middle('write'),
    readBack: middle('readBack'),
    compare: middle('compare'),
    rest: middle('rest'),
    requests: middle('requests'),
    wall: middle('wall'),
  };
}

function plain(map: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    [...map].map(([key, value]) => [
      key,
      value instanceof Map ? plain(value as ReadonlyMap<string, unknown>) : value,
    ]),
  );
}

/**
 * `npm run bench`: prints tables, then the same as JSON; exits 1 where a figure is over what it must hold.
 * `npm run bench -- clients=10000`: so many clients of the repository, however long it takes.
 */
import { benchCatalog } from './catalog-bench.ts';
import { benchHost } from './host-bench.ts';
import { benchMemory } from './memory-bench.ts';
import { benchPackage } from './package-bench.ts';
import { benchScreens, type ScreenResult } from './screens-bench.ts';
import { figure, table } from './table.ts';
import { benchUpdates, type UpdateResult } from './update-bench.ts';

const MOST_PER_BLOCK_WRITTEN = 3.05;
const MOST_PER_BLOCK_READ = 1.05;

const [, clients] = /^clients=(\d+)$/.exec(process.argv[2] ?? '') ?? [];

const updates = await benchUpdates();
const host = await benchHost();
const screens = await benchScreens();
const memory = await benchMemory();
const packages = await benchPackage();
const catalog = await benchCatalog(clients === undefined ? undefined : Number(clients));

const print = (text: string) => process.stdout.write(`${text}\n`);

print('Updates of virtual devices, virtual time (the limit is what chip and protocol need at least)\n');
const columns = [
  'scenario',
  'device',
  'KiB',
  'seconds',
  'limit',
  'ratio',
  'at most',
  'req/written',
  'req/read',
  'CPU ms/MiB',
];
const rows = updates.map((result) => [
  result.scenario,
  result.device,
  (result.bytes / 1024).toFixed(0),
  figure(result.elapsed / 1000, 3),
  figure(result.limit / 1000, 3),
  figure(result.ratio, 3),
  figure(result.atMost, 2),
  figure(result.perBlockWritten, 3),
  figure(result.perBlockRead, 3),
  figure(result.cpuPerMebibyte, 0),
]);
print(table(columns, rows, 2));

print('\nOn the host, real time');
for (const { task, median, rounds } of host) print(`${task}: ${median.toFixed(1)} ms (median of ${rounds})`);

print('\nThe screens in Chromium, real time, best of three\n');
if (screens) print(measures(screens));
else print('not measured: they need Chromium (CHROMIUM says where it is) and `npm run build:screens`');

print('\nMemory of the host, seen from outside\n');
if (memory) print(measures(memory));
else print('not measured: this system does not tell the memory of a process');

print('\nThe application as it is installed\n');
print(measures(packages));

print('\nClients of a signed repository on loopback, each on average\n');
print(
  table(
    ['step', 'clients', 'requests', 'at most', 'body bytes', 'sent', 'received', 'CPU ms'],
    catalog.costs.map(({ step, clients: some, requests, atMost, body, up, down, cpu }) => [
      step,
      String(some),
      figure(requests, 3),
      String(atMost),
      ...[body, up, down].map((bytes) => figure(bytes, 0)),
      figure(cpu, 1),
    ]),
    1,
  ),
);
const [residentBefore, residentAfter] = catalog.resident;
print(
  `\n${catalog.clients} clients in ${catalog.seconds.toFixed(0)} s, ${catalog.wrong.length} of them with a wrong end; ` +
    `targets.json with ${catalog.releases} releases: ${catalog.targets} bytes; ` +
    `memory of the process: ${residentBefore.toFixed(0)} → ${residentAfter.toFixed(0)} MB`,
);

print(`\n${JSON.stringify({ version: 1, updates, host, screens, memory, packages, catalog })}`);

const over = [
  ...updates.filter(isOver).map(({ scenario, device }) => `${scenario}, ${device}`),
  ...[...(screens ?? []), ...(memory ?? []), ...packages]
    .filter(({ value, atMost }) => value > atMost)
    .map(({ task }) => task),
  ...catalog.costs.filter(({ requests, atMost }) => requests > atMost).map(({ step }) => step),
];
for (const what of over) print(`over its limit: ${what}`);
for (const has of new Set(catalog.wrong)) print(`a client of the repository ended with ${has}`);
process.exitCode = over.length > 0 || catalog.wrong.length > 0 ? 1 : 0;

function measures(results: readonly ScreenResult[]): string {
  return table(
    ['what', 'measured', 'at most', 'unit'],
    results.map(({ task, value, atMost, unit }) => [task, value.toFixed(0), String(atMost), unit]),
    1,
  );
}

function isOver({ ratio, atMost, perBlockWritten, perBlockRead }: UpdateResult): boolean {
  if (atMost === undefined) return false;
  return (
    ratio > atMost ||
    (perBlockWritten ?? 0) > MOST_PER_BLOCK_WRITTEN ||
    (perBlockRead ?? 0) > MOST_PER_BLOCK_READ
  );
}

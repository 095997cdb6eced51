/** All kernel tests, one after the other: there is only one host controller. Arguments choose files by name. */

const files = [
  'conversation',
  'deadline',
  'unplug',
  'hotplug',
  'sharing',
  'permission',
  'process',
  'journey',
];

const chosen = process.argv.slice(2);
for (const file of files.filter((name) => chosen.length === 0 || chosen.includes(name))) {
  await import(`./${file}.test.js`);
}

/** By then an adapter that lets go of everything has let the process end by itself. */
const END_LIMIT_MS = 15_000;
setTimeout(() => {
  process.stderr.write('✗ something keeps the process alive\n');
  process.exit(1);
}, END_LIMIT_MS).unref();

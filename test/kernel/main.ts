/** All kernel tests, one after the other: there is only one host controller. Names choose files; options behind them are theirs. */

const tests = [
  'conversation',
  'deadline',
  'unplug',
  'hotplug',
  'torn',
  'sharing',
  'permission',
  'process',
  'journey',
  'app',
  'peers',
  'soak',
];

const words = process.argv.slice(2);
const options = words.findIndex((word) => word.startsWith('--'));
const chosen = options < 0 ? words : words.slice(0, options);
for (const file of chosen.length === 0 ? tests : chosen) {
  await import(`./${file}.test.js`);
}

/** By then an adapter that lets go of everything has let the process end by itself. */
const END_LIMIT_MS = 15_000;
setTimeout(() => {
  process.stderr.write('✗ something keeps the process alive\n');
  process.exit(1);
}, END_LIMIT_MS).unref();

/**
 * All kernel tests, one after the other: there is only one host controller. Names choose files, or one of the two halves,
 * which two guests can take side by side; options behind them are those of the files.
 */

const halves: Readonly<Record<string, readonly string[]>> = {
  adapter: [
    'conversation',
    'deadline',
    'unplug',
    'hotplug',
    'torn',
    'sharing',
    'permission',
    'process',
    'journey',
  ],
  programs: ['app', 'peers', 'soak'],
};

const words = process.argv.slice(2);
const options = words.findIndex((word) => word.startsWith('--'));
const chosen = options < 0 ? words : words.slice(0, options);
const named = chosen.length === 0 ? Object.keys(halves) : chosen;
for (const file of named.flatMap((name) => halves[name] ?? [name])) {
  await import(`./${file}.test.js`);
}

/** By then an adapter that lets go of everything has let the process end by itself. */
const END_LIMIT_MS = 15_000;
setTimeout(() => {
  process.stderr.write('✗ something keeps the process alive\n');
  process.exit(1);
}, END_LIMIT_MS).unref();

import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

/**
 * The floors of the house, lowest first: a room imports only from floors below it and from shared/.
 * `virtual/` implements the port of `usb/` and is seen by nothing but the hosts' demo mode, entry points and tests.
 */
const floors = [
  ['usb', 'firmware', 'stm32'],
  ['dfuse'],
  ['flash', 'devices'],
  ['catalog', 'diagnostics'],
  ['update'],
  ['hosts'],
];
const rooms = floors.flat();
const roomsBelow = (floor) => floors.slice(0, floor).flat();

const allowed = [
  { from: 'shared', allow: ['shared'] },
  ...floors.flatMap((floor, height) =>
    floor.map((room) => ({ from: room, allow: ['shared', room, ...roomsBelow(height)] })),
  ),
  { from: 'virtual', allow: ['shared', 'usb', 'firmware', 'stm32', 'dfuse', 'virtual'] },
  { from: 'hosts', allow: ['virtual'] },
  { from: 'entry', allow: ['shared', 'virtual', ...rooms] },
  { from: 'test', allow: ['shared', 'virtual', 'entry', 'test', 'scripts', ...rooms] },
  { from: 'scripts', allow: ['shared', 'scripts', ...rooms] },
];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { boundaries },
    settings: {
      'import/resolver': { node: { extensions: ['.ts', '.js'] } },
      'boundaries/elements': [
        { type: 'test', pattern: '**/*.test.ts', mode: 'full' },
        { type: 'test', pattern: 'test/**', mode: 'full' },
        { type: 'shared', pattern: 'shared/**', mode: 'full' },
        { type: 'scripts', pattern: 'scripts/**', mode: 'full' },
        { type: 'virtual', pattern: 'src-main/virtual/**', mode: 'full' },
        ...rooms.map((room) => ({ type: room, pattern: `src-main/${room}/**`, mode: 'full' })),
        { type: 'entry', pattern: 'src-main/*.ts', mode: 'full' },
      ],
    },
    rules: {
      'boundaries/element-types': ['error', { default: 'disallow', rules: allowed }],
      'boundaries/no-unknown-files': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // shared/ runs on both sides of the contract: no Node, no DOM, no USB.
    files: ['shared/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(node:|usb$|electron)', message: 'shared/ is pure TypeScript' }] },
      ],
    },
  },
  { files: ['eslint.config.js'], ...tseslint.configs.disableTypeChecked },
  { files: ['eslint.config.js'], rules: { 'boundaries/element-types': 'off' } },
);

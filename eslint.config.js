import boundaries from 'eslint-plugin-boundaries';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * The floors of the house, lowest first: a room imports only from floors below it and from shared/. `virtual/`
 * implements the port of usb/ and is seen by nothing but hosts, entry points and tests. The screens know shared/ alone.
 */
const floors = [
  ['usb', 'firmware', 'stm32', 'log', 'files'],
  ['dfuse'],
  ['flash', 'devices'],
  ['catalog', 'diagnostics'],
  ['update'],
  ['services'],
  ['hosts'],
];
const rooms = floors.flat();
const below = (floor) => floors.slice(0, floor).flat();

const mayImport = {
  shared: ['shared'],
  ...Object.fromEntries(
    floors.flatMap((floor, height) => floor.map((room) => [room, ['shared', room, ...below(height)]])),
  ),
  virtual: ['shared', 'virtual', 'usb', 'firmware', 'stm32', 'dfuse'],
  hosts: ['shared', 'virtual', ...rooms],
  screens: ['shared', 'screens'],
  entry: ['shared', 'virtual', ...rooms],
  // Some take pictures of the screens, in a browser as tests have it.
  scripts: ['shared', 'virtual', 'scripts', 'test', ...rooms],
  test: ['shared', 'virtual', 'entry', 'scripts', 'test', ...rooms],
};

const element = (type, pattern) => ({ type, pattern, partialMatch: false });

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', 'test-results/', 'site/', 'src-renderer/paraglide/'] },
  ...tseslint.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { boundaries },
    settings: {
      'import/resolver': { node: { extensions: ['.ts', '.js'] } },
      'boundaries/elements': [
        element('test', 'test/**'),
        element('shared', 'shared/**'),
        element('scripts', 'scripts/**'),
        element('screens', 'src-renderer/**'),
        element('virtual', 'src-main/virtual/**'),
        ...rooms.map((room) => element(room, `src-main/${room}/**`)),
        element('entry', 'src-main/**'),
      ],
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: Object.entries(mayImport).map(([from, to]) => ({
            from: { element: { type: from } },
            allow: to.map((type) => ({ to: { element: { type } } })),
          })),
        },
      ],
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
    // shared/ runs on both sides of the contract: no Node, no USB, no Electron.
    files: ['shared/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(node:|usb$|electron)', message: 'shared/ is pure TypeScript.' }] },
      ],
    },
  },
  {
    // The screens run in a browser's sandbox: nothing of Node, and of shared/ no schema, only its types.
    files: ['src-renderer/**/*.{ts,svelte}'],
    languageOptions: { globals: globals.browser },
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(node:|usb$|electron|ws$|zod$)', message: 'The screens run in a sandbox.' },
            {
              regex:
                'shared/(bundle|catalog|contract|device|diagnosis|failure|finding|firmware|host-check|identity|incident|job|locale|log|messages|product|progress|release|settings)\\.ts$',
              message: 'Schemas stay on the main side; the screens take types.',
              allowTypeImports: true,
            },
          ],
        },
      ],
      'svelte/no-at-html-tags': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    // Types of components are checked by svelte-check; here each of them would have the whole program typed anew.
    files: ['**/*.svelte'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { parserOptions: { parser: tseslint.parser, projectService: false, program: null } },
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      'svelte/no-unused-props': 'off',
      'svelte/require-store-reactive-access': 'off',
    },
  },
  { files: ['eslint.config.js'], ...tseslint.configs.disableTypeChecked },
  // A test may look at any room.
  { files: ['**/*.test.ts', 'eslint.config.js'], rules: { 'boundaries/dependencies': 'off' } },
);

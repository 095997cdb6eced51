/** What the checks ask of a computer: files, and programs. A test and a demo bring one of their own. */

export interface Computer {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  /**
   * Runs a program by its name, without a shell: an argument is passed on as it is. Never rejects.
   * @param args must not come from outside the program
   */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
}

export interface RunOptions {
  /** What it reads on its standard input; nothing if absent. */
  readonly input?: string;
  /** Milliseconds; then it is ended. */
  readonly patience?: number;
}

export type Ran =
  /** `out` and `err` byte by byte: the code page of a console is nobody's to know, and what matters is ASCII. */
  | { readonly kind: 'ended'; readonly code: number; readonly out: string; readonly err: string }
  /** There is no such program, or it may not be run. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'silent' };

/** Whatever is not there, or may not be read, is undefined. */
export interface Files {
  read(path: string): Promise<string | undefined>;
  /** Names in a folder. */
  list(path: string): Promise<readonly string[] | undefined>;
  /** Where a symbolic link leads. */
  link(path: string): Promise<string | undefined>;
  exists(path: string): Promise<boolean>;
}

/** What a program printed where it ended well. */
export async function output(
  computer: Computer,
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  const ran = await computer.run(program, args);
  return ran.kind === 'ended' && ran.code === 0 ? ran.out : undefined;
}

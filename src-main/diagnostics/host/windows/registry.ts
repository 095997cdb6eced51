/** Values as `reg query` prints them: a name, a type that is the same in every language, and what it is. */

const LINE = /^ {4}(.+?) {4}REG_[A-Z_]+ {4}(.*)$/;

/** Names in small letters. The value without a name is told in the language of the system, and nobody asks for it. */
export function parseRegistry(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const [, name, value] = LINE.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name.trim().toLowerCase(), value.trim()]];
    }),
  );
}

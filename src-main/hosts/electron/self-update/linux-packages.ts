/**
 * A .deb or .rpm is installed by root, and a person types a password before: time in which somebody else could put
 * another file in its place. So root takes a copy of its own first, verifies that, and installs what it verified.
 */
import { spawnSync } from 'node:child_process';
import { StepwiseError } from '../../../../shared/failure.ts';
import type { SignedFile } from '../../../catalog/signed-file.ts';

/** Exit code of the script. */
const NOT_WHAT_WAS_SIGNED = 3;
/** Arguments: file, SHA-256, extension. A folder by `mktemp -d` is its maker's alone. */
const VERIFY = `
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -- "$1" "$folder/package.$3"
echo "$2  $folder/package.$3" | sha256sum --check --status - || exit ${NOT_WHAT_WAS_SIGNED}
cd "$folder"
`;

const INSTALL = {
  deb: `
export DEBIAN_FRONTEND=noninteractive
command -v apt-get >/dev/null && { apt-get --yes --no-install-recommends install ./package.deb; exit; }
dpkg --install package.deb`,
  rpm: `
for tool in dnf yum; do
  command -v $tool >/dev/null && { $tool install --nogpgcheck --assumeyes ./package.rpm; exit; }
done
command -v zypper >/dev/null && { zypper --non-interactive --no-refresh install --allow-unsigned-rpm ./package.rpm; exit; }
rpm --upgrade ./package.rpm`,
} as const;

/** The person closed the window that asks for the password, or may not (pkexec(1)). */
const NOT_AUTHORIZED = [126, 127];

export interface RootCommand {
  /** What runs a command as root; nothing where the program is root itself. */
  readonly asRoot: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws not-trusted, not-allowed where nobody gave a password, host-file */
export function installLinuxPackage(
  kind: keyof typeof INSTALL,
  path: string,
  signed: SignedFile,
  { asRoot, environment }: RootCommand,
): void {
  const script = ['/bin/sh', '-c', `${VERIFY}${INSTALL[kind]}`, 'install', path, signed.sha256, kind];
  const [command = '', ...args] = [...asRoot, ...script];
  const { status, stderr, error } = spawnSync(command, args, { env: environment, encoding: 'utf8' });
  if (status === 0) return;
  if (status === NOT_WHAT_WAS_SIGNED)
    throw new StepwiseError('not-trusted', {
      file: signed.target,
      detail: 'what lies here to be installed is not what was signed',
    });
  if (asRoot.length > 0 && NOT_AUTHORIZED.includes(status ?? 0))
    throw new StepwiseError('not-allowed', { what: 'installing programs on this computer' });
  const detail = error?.message ?? stderr.trim();
  throw new StepwiseError('host-file', { path, operation: 'install', detail }, { cause: error });
}

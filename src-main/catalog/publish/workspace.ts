/**
 * The folder from which a maker publishes:
 *
 *     repository.json   whose keys are to count for what, and for how long signatures hold
 *     keys/             keys of whoever works here (key-folder.ts)
 *     staged/           what the next signature will change
 *     public/           what is uploaded: metadata/ and targets/
 */
import { join } from 'node:path';
import { z } from 'zod';
import { StepwiseError } from '../../../shared/failure.ts';
import { replaceFile, type Files } from '../../files/files.ts';
import { publicKey } from './ed25519.ts';
import type { NamedKey } from './key-folder.ts';
import { roleNames, type RoleName, type Roles } from './metadata.ts';

const storedKey = z.object({ name: z.string(), point: z.string().regex(/^[0-9a-f]{64}$/) }).readonly();
const storedRole = z
  .object({
    keys: z.array(storedKey).readonly(),
    threshold: z.int().min(1),
    /** How long a signature of this role holds. */
    days: z.int().min(1).max(3650),
  })
  .readonly();
export const settings = z
  .object({
    schema: z.literal(1),
    roles: z
      .object({ root: storedRole, targets: storedRole, snapshot: storedRole, timestamp: storedRole })
      .readonly(),
    /** IDs of keys that nobody can sign with any more. */
    lost: z.array(z.string()).readonly(),
  })
  .readonly();
export type Settings = z.infer<typeof settings>;

/** Root and targets need a person, snapshot and timestamp a machine that runs now and then. */
export const DEFAULT_DAYS: Readonly<Record<RoleName, number>> = {
  root: 365,
  targets: 365,
  snapshot: 30,
  timestamp: 14,
};

export interface Workspace {
  readonly files: Files;
  readonly folder: string;
}

export const settingsPath = ({ folder }: Workspace) => join(folder, 'repository.json');
export const publicFolder = ({ folder }: Workspace) => join(folder, 'public');
export const metadataFolder = (workspace: Workspace) => join(publicFolder(workspace), 'metadata');
export const stagedFolder = ({ folder }: Workspace) => join(folder, 'staged');

export function emptySettings(days: Readonly<Record<RoleName, number>> = DEFAULT_DAYS): Settings {
  const role = (name: RoleName) => ({ keys: [], threshold: 1, days: days[name] });
  return {
    schema: 1,
    roles: {
      root: role('root'),
      targets: role('targets'),
      snapshot: role('snapshot'),
      timestamp: role('timestamp'),
    },
    lost: [],
  };
}

/** @throws usage where the folder is no workspace. @throws host-file */
export async function readSettings(workspace: Workspace): Promise<Settings> {
  const path = settingsPath(workspace);
  const found = await readJson(workspace, path, settings);
  if (found) return found;
  const problem = `${workspace.folder} is no repository: there is no repository.json. \`stepwise repo init\` begins one.`;
  throw new StepwiseError('usage', { problem });
}

export function writeSettings(workspace: Workspace, changed: Settings): Promise<void> {
  return writeJson(workspace, settingsPath(workspace), changed);
}

/** The roles as root.json is to have them. @throws usage where a role has fewer keys than it asks for */
export function wantedRoles({ roles }: Settings): Roles {
  for (const role of roleNames) {
    const { keys, threshold } = roles[role];
    if (keys.length < threshold)
      throw new StepwiseError('usage', {
        problem: `The role ${role} asks for ${threshold} signatures and has ${keys.length} keys. \`stepwise repo key generate NAME --for ${role}\` makes one.`,
      });
  }
  const of = (role: RoleName) => ({
    keys: roles[role].keys.map(({ point }) => publicKey(point)),
    threshold: roles[role].threshold,
  });
  return { root: of('root'), targets: of('targets'), snapshot: of('snapshot'), timestamp: of('timestamp') };
}

/** Every key that has a name here. */
export function namedKeys({ roles }: Settings): readonly NamedKey[] {
  return roleNames.flatMap((role) =>
    roles[role].keys.map(({ name, point }) => ({ name, ...publicKey(point) })),
  );
}

/** Undefined where there is no such file. @throws usage where it is none of ours */
export async function readJson<T extends z.ZodType>(
  { files }: Workspace,
  path: string,
  schema: T,
): Promise<z.infer<T> | undefined> {
  const bytes = await files.read(path);
  if (!bytes) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    const problem = `${path} cannot be understood. It was changed by hand, or by a newer Stepwise.`;
    throw new StepwiseError('usage', { problem }, { cause });
  }
}

export function writeJson({ files }: Workspace, path: string, value: object): Promise<void> {
  return replaceFile(files, path, Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
}

import { readFile } from 'node:fs/promises';
import { type Environment } from './docker-host.js';

/** A `--build-secret` that cannot be used. */
export class BuildSecretError extends Error {
  override readonly name = 'BuildSecretError';
}

/**
 * Reads the secrets that build steps may mount, each given as `id=NAME,src=FILE` or
 * `id=NAME,env=VARIABLE`, the forms of Docker's own `--secret`. Rejects with a `BuildSecretError`,
 * which names the secret but never its content.
 */
export async function readBuildSecrets(
  given: readonly string[],
  env: Environment,
): Promise<Map<string, Buffer>> {
  const secrets = new Map<string, Buffer>();
  for (const text of given) {
    const fields = new Map(
      text.split(',').map((part): [string, string] => {
        const equals = part.indexOf('=');
        return equals < 0 ? [part, ''] : [part.slice(0, equals).trim(), part.slice(equals + 1)];
      }),
    );
    const id = fields.get('id');
    const file = fields.get('src') ?? fields.get('source');
    const variable = fields.get('env');
    if (!id || (file === undefined) === (variable === undefined)) {
      throw new BuildSecretError(
        `--build-secret takes id=NAME,src=FILE or id=NAME,env=VARIABLE, not "${text}"`,
      );
    }
    secrets.set(id, await readSecret(id, file, variable, env));
  }
  return secrets;
}

async function readSecret(
  id: string,
  file: string | undefined,
  variable: string | undefined,
  env: Environment,
): Promise<Buffer> {
  if (file !== undefined) {
    try {
      return await readFile(file);
    } catch (error) {
      throw new BuildSecretError(`Secret ${id}: ${(error as Error).message}`, { cause: error });
    }
  }
  const value = env[variable ?? ''];
  if (value !== undefined) return Buffer.from(value);
  throw new BuildSecretError(`Secret ${id}: the environment has no variable ${variable}`);
}

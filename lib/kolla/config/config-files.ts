/** What parsing needs of the file system; the edge implements it. Paths are text as users give it. */
export interface ConfigFiles {
  /** Absolute path, with `~` expanded. */
  resolve(path: string): string;
  exists(path: string): boolean;
  /** Text of a file, or why there is none. Throws `ConfigError` for any other reason. */
  read(path: string): { readonly text: string } | { readonly problem: 'missing' | 'denied' };
  /** Paths of the `*.conf` files in a folder, by name; hidden ones left out. */
  listConf(folder: string): readonly string[];
}

/** Where configuration is looked for when the command line does not say. */
export interface DefaultPlaces {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** The first existing `kolla.conf` and the first existing `kolla-build.conf`, and likewise the
 *  folders named so with `.d`. Source: oslo.config: cfg.py find_config_files @10.7.0. */
export function findDefaultPlaces(
  files: ConfigFiles,
  env: Readonly<Record<string, string | undefined>>,
): DefaultPlaces {
  const snaps = [env['SNAP_COMMON'], env['SNAP']].filter(
    (root) => root !== undefined && root !== '',
  );
  const folders = [
    files.resolve('~/.kolla'),
    files.resolve('~'),
    '/etc/kolla',
    '/etc',
    ...snaps.map((root) => `${root}/etc/kolla`),
  ];
  const find = (extension: string): string[] =>
    ['kolla', 'kolla-build'].flatMap((name) => {
      const path = folders
        .map((folder) => `${folder}/${name}${extension}`)
        .find((candidate) => files.exists(candidate));
      return path === undefined ? [] : [path];
    });
  return { files: find('.conf'), folders: find('.conf.d') };
}

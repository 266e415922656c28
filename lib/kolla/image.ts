import type { Status } from './status.js';

/** Where software for an image comes from: its own section, or one of its plugins and additions. */
export interface ImageSource {
  readonly type: 'local' | 'git' | 'url';
  /** Address or path, interpolated. */
  readonly source: string | null;
  /** Name of the section, which also names the archive. */
  readonly name: string;
  /** Git only. */
  readonly reference?: string | null;
  readonly enabled: boolean;
  /** Debian architecture to hex digest. */
  readonly sha256: ReadonlyMap<string, string> | null;
}

/** One image of the collection. `parent`, `children` and `status` are filled in by the steps that
 *  find them out; everything else is known once its Dockerfile is rendered. */
export interface Image {
  /** Name of its folder. */
  readonly name: string;
  /** `[<registry>/]<namespace>/<prefix><name>:<tag>` */
  canonicalName: string;
  /** Its folder, relative to the collection, with forward slashes; empty for the top folder. */
  readonly folder: string;
  /** Its folder in the working directory. */
  readonly path: string;
  /** File that its template was read from. */
  readonly template?: string | undefined;
  /** What its `FROM` line names; empty if it has none. */
  parentName: string;
  parent?: Image | undefined;
  readonly children: Image[];
  status: Status;
  readonly source?: ImageSource | undefined;
  readonly plugins: readonly ImageSource[];
  readonly additions: readonly ImageSource[];
  /** Sections of plugins and additions that do not say where they come from. */
  readonly untypedSources: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  /** Text of its Dockerfile; `null` if it was not rendered or could not be. */
  readonly dockerfile: string | null;
  /** Why it could not be rendered. */
  readonly failure?: Error | undefined;
}

/** Name of the image whose template lies in `folder`. Source: kolla: image/kolla_worker.py. */
export function imageName(folder: string, top = 'docker'): string {
  return folder === '' ? top : folder.slice(folder.lastIndexOf('/') + 1);
}

/** Full name of an image without its tag. */
export const untagged = ({ canonicalName }: Pick<Image, 'canonicalName'>): string =>
  canonicalName.slice(0, canonicalName.lastIndexOf(':'));

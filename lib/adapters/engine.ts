/** What one build needs. */
export interface BuildRequest {
  /** Full name with tag. */
  readonly name: string;
  /** Further names of the same image. */
  readonly alsoNamed: readonly string[];
  /** Folder with the Dockerfile. */
  readonly contextDir: string;
  /** Ask registries for a newer base image. */
  readonly pull: boolean;
  /** False if the engine has all images that the build needs. */
  readonly fetches?: boolean;
  readonly cache: boolean;
  /** The engine itself makes one layer of what the image adds to its parent. */
  readonly squash?: boolean;
  /** Keep the intermediate containers of a failed build. */
  readonly keep: boolean;
  readonly networkMode: string | null;
  readonly platform: string | null;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly cacheFrom: readonly string[];
  /** Put what `cacheFrom` of another build needs into the image. */
  readonly inlineCache: boolean;
  /** Secrets that steps may mount, by id. */
  readonly secrets: ReadonlyMap<string, Buffer>;
  readonly signal?: AbortSignal | undefined;
}

/** An image as the engine knows it. */
export interface EngineImage {
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly repoDigests: readonly string[];
}

/** What an engine is, found out when connecting. */
export interface EngineInfo {
  readonly version: string;
  readonly apiVersion: string;
  readonly buildkit: boolean;
  /** It can make one layer of what an image adds to its parent. */
  readonly squashes?: boolean;
  /** What users should know about how this engine builds. */
  readonly warning?: string;
}

/** What a signal can stop. */
export interface Stoppable {
  readonly signal?: AbortSignal | undefined;
}

/** A container engine. Every method rejects with an `EngineError`. */
export interface Engine {
  readonly kind: 'docker' | 'podman';
  connect(): Promise<EngineInfo>;
  /** Builds an image and returns its id. `onLine` gets the log, line by line, as it comes. */
  build(request: BuildRequest, onLine: (line: string) => void): Promise<string>;
  /** Pushes an image; returns the digest that the registry gave it, where it says so. */
  push(name: string, options?: Stoppable): Promise<string | undefined>;
  /** `undefined` if the engine has no such image. */
  inspect(name: string, options?: Stoppable): Promise<EngineImage | undefined>;
  /** Layers of an image with the names that each of them bears, the newest first. */
  history(
    name: string,
    options?: Stoppable,
  ): Promise<readonly { readonly id: string; readonly tags: readonly string[] }[]>;
  tag(id: string, name: string, options?: Stoppable): Promise<void>;
  /** Fetches an image and returns its id. */
  pull(name: string, options?: Stoppable): Promise<string>;
}

/**
 * Why an engine did not do what it was asked:
 * `unreachable` nobody answers; `lost` the connection broke off; `build` a step of the Dockerfile
 * failed; `push` the registry refused; `request` the engine refused; `cancelled` we stopped it.
 */
export type EngineFailure = 'unreachable' | 'lost' | 'build' | 'push' | 'request' | 'cancelled';

/** A failure of the engine. `message` is for users and holds no credentials. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  constructor(
    readonly failure: EngineFailure,
    message: string,
    options: { cause?: unknown; statusCode?: number | undefined } = {},
  ) {
    super(message, { cause: options.cause });
    this.statusCode = options.statusCode;
  }
  /** HTTP status of the engine's answer, where it gave one. */
  readonly statusCode: number | undefined;
}

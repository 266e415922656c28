import { Environment } from '../jinja/environment.js';
import type { BaseLoader } from '../jinja/loader.js';
import { SandboxedEnvironment } from '../jinja/sandbox.js';
import { customizable } from './customizable.js';
import { Environ } from './environ.js';
import { templateFunctions } from './methods.js';
import { mirrorEntries } from './mirrors.js';
import type { Options } from './options.js';
import { mergeOverrides, type OverrideFile } from './overrides.js';
import type { ReposDeps } from './repos-call.js';
import type { SeriesFacts } from './series-facts.js';
import { OverrideLoader, TEMPLATE_FILE, TreeLoader, type TemplateTexts } from './tree-loader.js';
import { usersFactory } from './users.js';
import { templateVariables, type RunFacts } from './variables.js';

/** Everything that the Dockerfiles of a run depend on. */
export interface RenderInput {
  readonly options: Options;
  readonly facts: SeriesFacts;
  readonly run: RunFacts;
  /** The collection. */
  readonly templates: TemplateTexts;
  readonly overrides: readonly OverrideFile[];
  /** What overrides may import, where that is asked for. */
  readonly overrideImports?: TemplateTexts | undefined;
  /** Variables of the process, which templates see as `env`. */
  readonly env: ReadonlyMap<string, string>;
  readonly readRepos: ReposDeps['readRepos'];
  /** Hears what the user should know. */
  readonly warn: (message: string) => void;
  readonly onRepoError: (message: string) => void;
}

/** Renders the template of one image: the folder of the image, relative to the collection, and its
 *  name. Throws the TemplateErrors and Python errors of the template, with their places. */
export type RenderImage = (folder: string, name: string) => string;

/**
 * A function that renders Dockerfiles as kolla does. Templates are compiled once; variables, and
 * what a template may change in them, are fresh for each image, except for `rpm_setup`, which kolla
 * shares between images. Source: kolla: image/kolla_worker.py create_dockerfiles.
 */
export function createRenderer(input: RenderInput): RenderImage {
  const { options, facts, run } = input;
  const makeEnvironment = environmentFactory(input);
  const tree = makeEnvironment(new TreeLoader(input.templates));
  const shared = templateVariables(options, facts, run);
  const users = usersFactory(options, facts);
  const environ = new Environ(input.env);
  const override = input.overrides.length > 0 ? mergeOverrides(input.overrides) : undefined;
  for (const warning of override?.warnings ?? []) input.warn(warning);
  const overlay = override && makeEnvironment(new OverrideLoader(override, input.overrideImports));
  const pip = facts.traits.pipArguments ? pipArguments(options) : [];

  return (folder, name) => {
    tree.invalidateCache();
    overlay?.invalidateCache();
    const variables = new Map(shared);
    variables.set('image_name', name);
    variables.set('users', users());
    let template = tree.getTemplate(folder === '' ? TEMPLATE_FILE : `${folder}/${TEMPLATE_FILE}`);
    if (override && overlay) {
      variables.set('parent_template', template);
      template = overlay.getTemplate(override.name);
    }
    variables.set('env', environ);
    const text = template.render(variables);
    return pip.length > 0 ? addAfterFrom(text, pip) : text;
  };
}

function environmentFactory(input: RenderInput): (loader: BaseLoader) => Environment {
  const { facts, options, readRepos, onRepoError } = input;
  const mirror = mirrorEntries(options.reposMirror);
  const functions = templateFunctions({ facts, readRepos, mirror, onError: onRepoError });
  return (loader) => {
    const settings = { loader, autoReload: false };
    const environment = facts.traits.jinjaSandbox
      ? new SandboxedEnvironment(settings)
      : new Environment(settings);
    environment.filters['customizable'] = customizable;
    for (const [name, fn] of functions) environment.globals[name] = fn;
    return environment;
  };
}

/** `ARG` lines for the settings of pip that are given. */
function pipArguments(options: Options): string[] {
  const values = [
    ['PIP_INDEX_URL', options.pipIndexUrl],
    ['PIP_TRUSTED_HOST', options.pipTrustedHost],
    ['PIP_EXTRA_INDEX_URL', options.pipExtraIndexUrl],
  ] as const;
  return values.filter(([, value]) => value).map(([name]) => `ARG ${name}`);
}

/** Puts lines behind the first `FROM`. */
function addAfterFrom(text: string, added: readonly string[]): string {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => /^FROM\s/i.test(line));
  return from === -1 ? text : lines.toSpliced(from + 1, 0, ...added).join('\n');
}

import {
  ChainableUndefined,
  ChoiceLoader,
  DebugUndefined,
  DictLoader,
  Environment,
  type EnvironmentOptions,
  FunctionLoader,
  ImmutableSandboxedEnvironment,
  PrefixLoader,
  SandboxedEnvironment,
  StrictUndefined,
  Undefined,
  meta,
  selectAutoescape,
  type Template,
} from '../../../lib/jinja/index.js';
import { repr } from '../../../lib/jinja/value/repr.js';
import { str } from '../../../lib/jinja/value/str.js';
import { type Answer, type CaseSpec, type LoaderSpec, type PythonOptions } from './case.js';
import { FINALIZERS, addLibrary, decode } from './host-library.js';

const CLASSES = {
  plain: Environment,
  sandboxed: SandboxedEnvironment,
  immutable: ImmutableSandboxedEnvironment,
};
const UNDEFINED = { Undefined, ChainableUndefined, DebugUndefined, StrictUndefined };

type Loader = NonNullable<EnvironmentOptions['loader']>;

function makeLoader(
  spec: LoaderSpec | undefined,
  templates: Readonly<Record<string, string>>,
): Loader | null {
  const inner = (part: LoaderSpec): DictLoader => makeLoader(part, templates) as DictLoader;
  if (spec === undefined) return new DictLoader(templates);
  if ('none' in spec) return null;
  if ('dict' in spec) return new DictLoader(spec.dict);
  if ('choice' in spec) return new ChoiceLoader(spec.choice.map(inner));
  if ('function' in spec) return new FunctionLoader((name) => spec.function[name]);
  const { loaders, delimiter } = spec.prefix;
  const mapping = new Map(Object.entries(loaders).map(([name, part]) => [name, inner(part)]));
  return new PrefixLoader(mapping, delimiter);
}

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const camelKeys = (options: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), value]));

function makeOptions(options: PythonOptions): EnvironmentOptions {
  const made = camelKeys(options);
  if ('undefined' in made) made['undefined'] = UNDEFINED[made['undefined'] as 'Undefined'];
  if ('finalize' in made) made['finalize'] = FINALIZERS[made['finalize'] as string];
  if (typeof made['autoescape'] === 'object')
    made['autoescape'] = selectAutoescape(camelKeys(made['autoescape']!));
  return made as EnvironmentOptions;
}

const decoded = (values: object | undefined): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, decode(value)]));

function makeEnvironment(spec: CaseSpec): Environment {
  const templates = { ...spec.templates, main: spec.template };
  const environment = new CLASSES[spec.environment ?? 'plain']({
    loader: makeLoader(spec.loader, templates),
    ...makeOptions(spec.options ?? {}),
  });
  if (spec.library) addLibrary(environment);
  Object.assign(environment.policies, decoded(spec.policies));
  Object.assign(environment.globals, decoded(spec.globals));
  return environment;
}

function moduleText(template: Template, context: Record<string, unknown>): string {
  const module = template.makeModule(context);
  const names = [...module.exports.keys()].sort();
  return [...names.map((name) => `${name}=${str(module.exported(name))}`), str(module)].join('\n');
}

function perform(spec: CaseSpec, environment: Environment): string {
  const context = decoded(spec.context);
  for (const [variable, name] of Object.entries(spec.context_templates ?? {}))
    context[variable] = environment.getTemplate(name);
  switch (spec.action ?? 'render') {
    case 'render':
      return environment.getTemplate('main').render(context);
    case 'from_string':
      return environment.fromString(spec.template).render(context);
    case 'select':
      return environment.selectTemplate(spec.names ?? []).render(context);
    case 'overlay':
      return environment
        .overlay(makeOptions(spec.overlay ?? {}))
        .getTemplate('main')
        .render(context);
    case 'expression': {
      const keep = spec.arguments?.['undefined_to_none'] === false;
      return repr(environment.compileExpression(spec.template, !keep)(context));
    }
    case 'module':
      return moduleText(environment.getTemplate('main'), context);
    case 'undeclared':
      return [...meta.findUndeclaredVariables(environment.parse(spec.template), environment)]
        .sort()
        .join(',');
    case 'referenced':
      return repr(meta.findReferencedTemplates(environment.parse(spec.template)));
    case 'list_templates':
      return repr(
        environment.listTemplates(spec.arguments?.['extensions'] as readonly string[] | undefined),
      );
  }
}

const hideAddresses = (text: string): string => text.replace(/0x[0-9a-f]{6,}/g, '0x…');

function describe(error: unknown): Answer {
  if (!(error instanceof Error)) throw error;
  const { name, message, lineno, templateName } = error as Error & {
    lineno?: number;
    templateName?: string | null;
  };
  if (name === 'RecursionError')
    return {
      error: { name, message: 'maximum recursion depth exceeded', line: null, template: null },
    };
  return {
    error: {
      name,
      message: hideAddresses(message),
      line: lineno ?? null,
      template: templateName ?? null,
    },
  };
}

/** What our engine makes of a case, in the oracle's form. */
export function ourAnswer(spec: CaseSpec): Answer {
  try {
    return { output: hideAddresses(perform(spec, makeEnvironment(spec))) };
  } catch (error) {
    return describe(error);
  }
}

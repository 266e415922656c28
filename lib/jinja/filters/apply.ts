import type { Context } from '../context.js';
import { FilterArgumentError } from '../errors.js';
import { passContext, pyFunction, type Kwargs } from '../value/callable.js';
import { Generator } from '../value/generator.js';
import { iterate } from '../value/iterate.js';
import { repr } from '../value/repr.js';
import { truth } from '../value/truth.js';
import { makeAttrgetter } from './attribute.js';
import type { Filter } from './builtin.js';

type Transform = (item: unknown) => unknown;

function mapper(context: Context, args: readonly unknown[], kwargs: Kwargs): Transform {
  const { environment } = context;
  if (args.length === 0 && kwargs.has('attribute')) {
    const { attribute, default: fallback = null, ...rest } = Object.fromEntries(kwargs);
    const [unexpected] = Object.keys(rest);
    if (unexpected !== undefined) {
      throw new FilterArgumentError(`Unexpected keyword argument ${repr(unexpected)}`);
    }
    return makeAttrgetter(environment, attribute, undefined, fallback);
  }
  if (args.length === 0) throw new FilterArgumentError('map requires a filter argument');
  const [name, ...filterArgs] = args;
  const named = kwargs.size > 0 ? kwargs : undefined;
  return (item) => environment.callFilter(name, item, filterArgs, named, context);
}

function* mapped(
  context: Context,
  value: unknown,
  args: readonly unknown[],
  kwargs: Kwargs,
): Iterable<unknown> {
  if (!truth(value)) return;
  const transform = mapper(context, args, kwargs);
  for (const item of iterate(value)) yield transform(item);
}

const map = passContext(
  pyFunction(
    'sync_do_map',
    'context, value, *args, **kwargs',
    (context: Context, value: unknown, args: unknown[], kwargs: Kwargs) =>
      new Generator(mapped(context, value, args, kwargs), 'sync_do_map'),
  ),
);

function predicate(
  context: Context,
  args: readonly unknown[],
  kwargs: Kwargs,
  byAttribute: boolean,
): (item: unknown) => boolean {
  const { environment } = context;
  let rest = args;
  let subject: Transform = (item) => item;
  if (byAttribute) {
    if (args.length === 0) throw new FilterArgumentError('Missing parameter for attribute name');
    subject = makeAttrgetter(environment, args[0]);
    rest = args.slice(1);
  }
  if (rest.length === 0) return (item) => truth(subject(item));
  const [name, ...testArgs] = rest;
  const named = kwargs.size > 0 ? kwargs : undefined;
  return (item) => truth(environment.callTest(name, subject(item), testArgs, named, context));
}

function* chosen(
  value: unknown,
  keep: boolean,
  test: () => (item: unknown) => boolean,
): Iterable<unknown> {
  if (!truth(value)) return;
  const accepts = test();
  for (const item of iterate(value)) if (accepts(item) === keep) yield item;
}

function chooser(name: string, keep: boolean, byAttribute: boolean): Filter {
  return passContext(
    pyFunction(
      name,
      'context, value, *args, **kwargs',
      (context: Context, value: unknown, args: unknown[], kwargs: Kwargs) => {
        const test = () => predicate(context, args, kwargs, byAttribute);
        return new Generator(chosen(value, keep, test), 'select_or_reject');
      },
    ),
  );
}

/** The filters that apply other filters and tests, lazily. Source: jinja2.filters @3.1.6 */
export const APPLYING_FILTERS = {
  map,
  reject: chooser('sync_do_reject', false, false),
  rejectattr: chooser('sync_do_rejectattr', false, true),
  select: chooser('sync_do_select', true, false),
  selectattr: chooser('sync_do_selectattr', true, true),
};

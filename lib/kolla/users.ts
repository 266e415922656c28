import { LazyMap } from '../jinja/lazy-map.js';
import type { Options } from './options.js';
import type { SeriesFacts } from './series-facts.js';

/** What templates see under `users.<name>`; `None` where nobody gave a number. */
export interface User {
  readonly uid: number | null;
  readonly gid: number | null;
  readonly group?: string | null;
}

const SUFFIX = '-user';

/**
 * A function that makes the `users` variable: user name to `uid`, `gid` and, where the series has it,
 * `group`, one for each `*-user` section that the series declares or a file holds. Each call returns
 * fresh maps, since a template may change what it is given.
 * Source: kolla: image/kolla_worker.py get_users.
 */
export function usersFactory(
  options: Pick<Options, 'sections' | 'user'>,
  facts: SeriesFacts,
): () => Map<string, User> {
  const users = options.sections
    .filter((section) => section.endsWith(SUFFIX))
    .map((section) => {
      const { uid, gid, group } = options.user(section);
      const name = section.slice(0, -SUFFIX.length);
      return { name, uid, gid, group };
    });
  const { userGroups } = facts.traits;
  return () => new Users(users, userGroups);
}

type KnownUser = User & { readonly name: string };

/** Few templates of many look at users, so each gets its copies when it does. */
class Users extends LazyMap<User> {
  constructor(
    private readonly known: readonly KnownUser[],
    private readonly groups: boolean,
  ) {
    super();
  }

  protected override fill(): void {
    for (const { name, uid, gid, group } of this.known) {
      this.set(name, this.groups ? { uid, gid, group: group ?? null } : { uid, gid });
    }
  }
}

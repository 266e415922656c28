import { isDict } from '../jinja/value/dict.js';

/** Raised for a `--repos-mirror` that does not say what stands for what. */
export class MirrorError extends Error {
  override name = 'MirrorError';
}

const ADDRESS_FIELDS = ['url', 'baseurl', 'metalink', 'mirrorlist', 'gpgkey'];

/**
 * A function that puts mirrors into a repository entry: each address in it that starts with FROM
 * starts with TO instead, for `mirrors` of the form `FROM=TO`. The longest FROM wins. The entry given
 * is left as it is. Throws `MirrorError`.
 */
export function mirrorEntries(mirrors: readonly string[]): (entry: unknown) => unknown {
  const map = mirrors.map(parseMirror).sort((a, b) => b.from.length - a.from.length);
  if (map.length === 0) return (entry) => entry;
  const redirect = (address: string): string => {
    const mirror = map.find(({ from }) => startsWith(address, from));
    return mirror ? mirror.to + address.slice(mirror.from.length) : address;
  };
  const inText = (text: string): string => text.replace(/[^\s]+/g, redirect);
  return (entry) => {
    if (typeof entry === 'string') return inText(entry);
    if (!isDict(entry) || entry instanceof Map) return entry;
    const mirrored: Record<string, unknown> = { ...entry };
    for (const field of ADDRESS_FIELDS) {
      const value = mirrored[field];
      if (typeof value === 'string') mirrored[field] = inText(value);
    }
    return mirrored;
  };
}

function parseMirror(text: string): { from: string; to: string } {
  const [, from, to] = /^([a-z]+:\/\/[^\s=]+)=([a-z]+:\/\/\S+)$/i.exec(text) ?? [];
  if (from === undefined || to === undefined) {
    throw new MirrorError(
      `--repos-mirror takes FROM=TO with two addresses, as in ` +
        `https://apt.grafana.com=https://mirror.example/grafana, not ${text}`,
    );
  }
  return { from: from.replace(/\/+$/, ''), to: to.replace(/\/+$/, '') };
}

/** `https://a.example` is no beginning of `https://a.example.org`. */
function startsWith(address: string, from: string): boolean {
  if (!address.startsWith(from)) return false;
  const next = address.charAt(from.length);
  return next === '' || next === '/' || next === '?';
}

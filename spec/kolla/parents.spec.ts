import { describe, expect, it } from 'vitest';
import { findParents, ImageGraphError, readParentName } from '../../lib/kolla/parents.js';
import { makeImage } from './make-options.js';

describe('readParentName', () => {
  it.each([
    ['a plain line', 'FROM kolla/base:1', 'kolla/base:1'],
    ['the first of several stages', 'FROM a AS b\nFROM b', 'a'],
    ['a line that is not the first', 'ARG X\n\nFROM a\n', 'a'],
    ['a comment behind', 'FROM a # b', 'a'],
    ['any word that starts with FROM', 'FROMAGE a', 'a'],
    ['two blanks, so nothing', 'FROM  a', ''],
    ['lower case, so nothing', 'from a', ''],
    ['an indented line, so nothing', ' FROM a', ''],
    ['a platform, which kolla takes for the parent', 'FROM --platform=x a', '--platform=x'],
    ['a tab, where kolla crashes', 'FROM\ta', 'a'],
    ['Windows line ends', 'FROM a\r\nRUN x\r\n', 'a'],
    ['no FROM at all', 'RUN x', ''],
  ])('reads %s', (_case, text, parent) => {
    expect(readParentName(text)).toBe(parent);
  });

  it('takes from in any case where the series does', () => {
    expect(readParentName('from a', true)).toBe('a');
  });
});

describe('findParents', () => {
  it('links images by their full names, children in the order of the images', () => {
    const [child, parent, second] = [
      makeImage('child', 'parent'),
      makeImage('parent'),
      makeImage('second', 'parent'),
    ];
    findParents([child, parent, second]);
    expect(child.parent).toBe(parent);
    expect(parent.parent).toBeUndefined();
    expect(parent.children).toEqual([child, second]);
  });

  it('refuses two images of one name and names both files', () => {
    const images = [makeImage('a', '', 'x/a'), makeImage('a', '', 'y/a')];
    expect(() => findParents(images)).toThrow(ImageGraphError);
    expect(() => findParents(images)).toThrow('/w/x/a/Dockerfile.j2 and /w/y/a/Dockerfile.j2');
  });

  it.each([
    ['itself', [makeImage('a', 'a')]],
    ['each other', [makeImage('a', 'b'), makeImage('b', 'a'), makeImage('c', 'b')]],
  ])('refuses images that stand on %s', (_case, images) => {
    expect(() => findParents(images)).toThrow(
      /in a circle.*\/w\/a\/Dockerfile\.j2 is FROM kolla\/[ab]:1/,
    );
  });
});

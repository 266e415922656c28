const addresses = new WeakMap<object, number>();
let next = 0x7f00_0000_1000;

/**
 * A stand-in for the memory address that CPython prints in default reprs
 * (`<function f at 0x7f...>`): stable per object, different between objects.
 */
export function address(object: object): string {
  let at = addresses.get(object);
  if (at === undefined) {
    at = next;
    next += 0x40;
    addresses.set(object, at);
  }
  return `0x${at.toString(16)}`;
}

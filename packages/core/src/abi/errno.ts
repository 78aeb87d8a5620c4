/** Error numbers of the calls this library models, as Linux numbers them on x86-64. */

export const EPERM = 1;
export const ENOENT = 2;
export const E2BIG = 7;
export const EBADF = 9;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EACCES = 13;
export const EFAULT = 14;
export const EBUSY = 16;
export const EEXIST = 17;
export const ENODEV = 19;
export const EINVAL = 22;
export const ENOSPC = 28;
export const ENOSYS = 38;
export const EOVERFLOW = 75;
export const EOPNOTSUPP = 95;

const NAMES: ReadonlyMap<number, string> = new Map([
  [EPERM, "EPERM"],
  [ENOENT, "ENOENT"],
  [E2BIG, "E2BIG"],
  [EBADF, "EBADF"],
  [EAGAIN, "EAGAIN"],
  [ENOMEM, "ENOMEM"],
  [EACCES, "EACCES"],
  [EFAULT, "EFAULT"],
  [EBUSY, "EBUSY"],
  [EEXIST, "EEXIST"],
  [ENODEV, "ENODEV"],
  [EINVAL, "EINVAL"],
  [ENOSPC, "ENOSPC"],
  [ENOSYS, "ENOSYS"],
  [EOVERFLOW, "EOVERFLOW"],
  [EOPNOTSUPP, "EOPNOTSUPP"],
]);

/**
 * The name of an error number, given either way round: `errnoName(12)` and `errnoName(-12)` are "ENOMEM".
 * A number without a name here comes back as "errno N".
 */
export function errnoName(code: number): string {
  const number = Math.abs(code);
  return NAMES.get(number) ?? `errno ${number}`;
}

/** The number of an errno name, or undefined when the library does not model it. */
export function errnoNumber(name: string): number | undefined {
  for (const [number, known] of NAMES) if (known === name) return number;
  return undefined;
}

/** Whether the result of a call is an error (a negative errno). Addresses and 0 are not. */
export function isError(result: number): boolean {
  return result < 0;
}

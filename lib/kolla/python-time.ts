const two = (value: number): string => String(value).padStart(2, '0');

const fraction = (microseconds: number): string =>
  microseconds === 0 ? '' : `.${String(microseconds).padStart(6, '0')}`;

/** A local point in time as Python's `str(datetime)` prints it: `2026-04-01 12:00:00.123000`. */
export function pythonDateTime(time: {
  getFullYear(): number;
  getMonth(): number;
  getDate(): number;
  getHours(): number;
  getMinutes(): number;
  getSeconds(): number;
  getMilliseconds(): number;
}): string {
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${date} ${clock}${fraction(time.getMilliseconds() * 1000)}`;
}

/** A duration in milliseconds as Python's `str(timedelta)` prints it: `0:01:02.500000`. */
export function pythonDuration(milliseconds: number): string {
  const total = Math.max(0, Math.round(milliseconds * 1000));
  const seconds = Math.floor(total / 1e6);
  const days = Math.floor(seconds / 86400);
  const prefix = days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `;
  const rest = seconds % 86400;
  const clock = `${Math.floor(rest / 3600)}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return `${prefix}${clock}${fraction(total % 1e6)}`;
}

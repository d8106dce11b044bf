// Numbers and times as people read them.

const exact = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });
const whole = new Intl.NumberFormat('en');
const none = '–';
const counts = { node: 'nodes', accelerator: 'accelerators', machine: 'machines', alarm: 'alarms' };

export const count = value => value === null || value === undefined ? none : whole.format(value);

/** "1 node", "2 nodes". */
export const counted = (value, noun) => `${count(value)} ${value === 1 ? noun : counts[noun]}`;

/** A UCUM unit as it is written on an instrument: "m/s2" is m/s², "Cel" is °C. */
export const unitText = unit => unit
  .replace(/^Cel$/, '°C').replace(/^\//, '1/')
  .replace(/([a-zA-Zµ])([23])(?![0-9a-zA-Z])/g, (_, letter, power) => letter + (power === '2' ? '²' : '³'));

/** A measured value with as many digits as help: 4 significant ones. */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return none;
  }

  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) {
    return value.toExponential(2);
  }

  return whole.format(0) === '0' && size >= 1000 ? whole.format(Math.round(value * 10) / 10) : String(Number(value.toPrecision(4)));
}

export const percent = share => share === null || share === undefined ? none : `${(share * 100).toFixed(share < 0.9995 ? 1 : 0)} %`;

export function bytes(value) {
  if (!value) {
    return none;
  }

  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  return `${Number((value / 1024 ** step).toPrecision(3))} ${units[step]}`;
}

/** A length of time: "4 min 10 s". */
export function duration(ms) {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 1) {
    return seconds < 0.01 ? 'a moment' : `${Math.round(ms)} ms`;
  }

  const parts = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const first = parts.findIndex(([size]) => seconds >= size);
  const [size, unit] = parts[first];
  const head = Math.floor(seconds / size);
  const next = parts[first + 1];
  const rest = next ? Math.floor((seconds - head * size) / next[0]) : 0;
  return rest && head < 10 ? `${head} ${unit} ${rest} ${next[1]}` : `${head} ${unit}`;
}

/** When something was: a clock time today, a date and time otherwise. */
export function moment(us, nowMs = Date.now()) {
  if (us === null || us === undefined) {
    return none;
  }

  const time = new Date(us / 1000);
  return day.format(time) === day.format(nowMs) ? clock.format(time) : `${day.format(time)}, ${clock.format(time)}`;
}

/** A clock time with milliseconds. */
export const instant = us => exact.format(new Date(us / 1000));

/** How long ago something was; a date where that is long. */
export function ago(us, nowMs) {
  if (us === null || us === undefined) {
    return none;
  }

  const ms = nowMs - us / 1000;
  return ms < 2000 && ms > -60000 ? 'now' : ms >= 0 && ms < 86400000 ? `${duration(ms)} ago` : moment(us, nowMs);
}

// What the grid said last. Views read it; only the live connection writes it.

export const state = {
  connection: 'connecting',
  retryAtMs: null,
  enterprise: null,
  sites: new Map(),
  lines: new Map(),
  grid: null,
  grids: [],
  lost: [],
  machineKey: null,
  machine: null,
  machineFault: null,
  clockOffsetMs: 0,
};

const listeners = new Set();
let pending = false;

export const onChange = listener => listeners.add(listener);

/** Tells the views, at most once in a while: a burst of changes is one drawing. */
export function changed() {
  if (pending) {
    return;
  }

  pending = true;
  setTimeout(() => {
    pending = false;
    listeners.forEach(listener => listener());
  }, 40);
}

/** The grid's time, so that ages are right on a computer whose clock is not. */
export const nowMs = () => Date.now() + state.clockOffsetMs;

const gridsKept = 16;

export const take = {
  enterprise(value) {
    state.enterprise = value;
    keep(state.sites, value.sites);
  },
  site(value) {
    state.sites.set(value.site, value);
    const lines = value.lines.map(line => line.line);
    for (const key of state.lines.keys()) {
      if (key.startsWith(`${value.site}/`) && !lines.includes(key)) {
        state.lines.delete(key);
      }
    }
  },
  line(value) {
    state.lines.set(value.summary.line, value);
  },
  grid(value) {
    state.grid = value;
    state.grids = [...state.grids, value].slice(-gridsKept);
  },
  machine(value) {
    if (value.summary.machine === state.machineKey) {
      state.machine = value;
      state.machineFault = null;
    }
  },
  lost(value) {
    state.lost = value.assets;
  },
  heartbeat(value) {
    state.clockOffsetMs = value.timeMs - Date.now();
  },
};

function keep(map, keys) {
  for (const key of map.keys()) {
    if (!keys.includes(key)) {
      map.delete(key);
    }
  }
}

const urgency = { unacknowledged: 0, acknowledged: 1, returnedToNormal: 2, shelved: 3, normal: 4 };
export const priorities = ['critical', 'high', 'medium', 'low'];

export const byUrgency = (a, b) =>
  urgency[a.condition] - urgency[b.condition]
  || priorities.indexOf(a.priority) - priorities.indexOf(b.priority)
  || (b.raisedUs ?? 0) - (a.raisedUs ?? 0);

/** Whether every site and every line was read since the page was opened. */
export const isWhole = () => state.enterprise !== null && state.enterprise.sites.every(site =>
  state.sites.get(site)?.lines.every(line => state.lines.has(line.line)));

/** Every machine's summary, and every alarm that is not normal, the most urgent first. */
export const machines = () => [...state.lines.values()].flatMap(line => line.machines);
export const alarms = () => machines().flatMap(machine => machine.alarms).filter(alarm => alarm.condition !== 'normal').sort(byUrgency);
export const titleOf = key => machines().find(machine => machine.machine === key)?.title || key.split('/').at(-1);

// The page: where it is, what it shows, and what a press does.

import { h, render } from './dom.js';
import { state, onChange, changed, alarms, isWhole, titleOf } from './store.js';
import { connect } from './live.js';
import { plantView } from './plant.js';
import { alarmsView, setFilter } from './alarms.js';
import { computeView } from './compute.js';
import { machineView, showAllCharts } from './machine.js';
import { hover, reset, setRange, seriesOf } from './series.js';
import { worst } from './parts.js';
import { ask, askOperator, operator } from './commands.js';
import { counted, moment, number } from './format.js';
import { session, refresh, signOut } from './session.js';
import { closeAgain } from './again.js';
import * as sessions from './sessions.js';

const main = document.getElementById('main');
const views = [['#/', 'Plant'], ['#/alarms', 'Alarms'], ['#/compute', 'Compute']];
const alarmKey = alarm => `${alarm.machine} ${alarm.name} ${alarm.raisings}`;
let announced = null;

function place() {
  const [kind = '', ...rest] = location.hash.replace(/^#\/?/, '').split('/').map(part => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { kind, key: rest.filter(Boolean).join('/') };
}

function content({ kind, key }) {
  switch (kind) {
    case 'alarms': return alarmsView();
    case 'compute': return computeView();
    case 'machines': return machineView(key);
    case 'sessions': return sessions.sessionsView();
    case 'sites':
    case 'lines': return plantView(key);
    default: return plantView(null);
  }
}

function draw() {
  const at = place();
  const open = alarms().filter(alarm => alarm.condition === 'unacknowledged' || alarm.condition === 'returnedToNormal');
  const view = at.kind === 'alarms' || at.kind === 'compute' || at.kind === 'sessions' ? `#/${at.kind}` : '#/';
  render(document.getElementById('nav'), views.map(([href, text]) => h('a', { href, 'aria-current': href === view ? 'page' : null }, text,
    text === 'Alarms' && open.length > 0 && h(`span.badge.alert.${worst(open)}`, { title: 'Not acknowledged' }, open.length, h('span.hidden-visually', null, ' not acknowledged')))));
  drawStatus();
  render(main, content(at));
  const title = state.machine && at.kind === 'machines' ? state.machine.summary.title || at.key : views.find(([href]) => href === view)?.[1] ?? 'Sessions';
  document.title = `${open.length ? `(${open.length}) ` : ''}${title} – IndustrialTwin`;
  announce(open);
}

/** Says to those who do not look which alarms are new since the plant was known whole. */
function announce(open) {
  if (!isWhole()) {
    return;
  }

  const fresh = announced ? open.filter(alarm => !announced.has(alarmKey(alarm))) : [];
  announced = new Set(open.map(alarmKey));
  if (fresh.length) {
    const said = fresh.slice(0, 3).map(alarm => `${alarm.name}, ${titleOf(alarm.machine)}, ${alarm.priority} priority`);
    render(document.getElementById('announce'), `New: ${said.join('; ')}. ${counted(open.length, 'alarm')} not acknowledged.`);
  }
}

function drawStatus() {
  const signs = { live: ['●', 'Live'], lost: ['▲', 'No connection'], connecting: ['○', 'Connecting'] };
  const [shape, word] = signs[state.connection];
  render(document.getElementById('status'),
    h(`span.connection.${state.connection}`, null, h('span.shape', { 'aria-hidden': 'true' }, shape), ' ', word),
    session.name
      ? h('span.person', null,
        h('a', { href: '#/sessions', title: `Signed in as ${session.name}, ${session.role}. Where else?`, 'aria-current': place().kind === 'sessions' ? 'page' : null }, session.name),
        h('button.quiet', { type: 'button', 'data-action': 'sign-out' }, 'Sign out'))
      : h('button.quiet', { type: 'button', 'data-action': 'operator', title: 'Your name for acknowledging' }, operator() || 'Set your name'));
  render(document.getElementById('notice'), state.connection === 'lost'
    ? h('p.warning', null, h('span.shape', { 'aria-hidden': 'true' }, '▲ '), 'The connection to the grid is lost. What you see may be old. Trying again by itself…')
    : state.lost.length > 0
      ? h('p.warning', null, h('span.shape', { 'aria-hidden': 'true' }, '▲ '), `Not reachable now, so what is shown of it may be old: ${state.lost.map(one => `${one.asset} (${one.detail.toLowerCase()})`).join(', ')}.`)
      : null);
}

/** Goes where the address says; another machine means another stream. */
async function go() {
  const { kind, key } = place();
  const wanted = kind === 'machines' ? key : null;
  if (kind === 'sessions') {
    sessions.read();
  }

  if (wanted !== state.machineKey) {
    state.machineKey = wanted;
    state.machine = null;
    state.machineFault = null;
    reset(wanted);
    if (wanted) {
      await find(wanted);
    }

    // An overview stream serves the other views as it is.
    if (wanted === state.machineKey) {
      connect();
    }
  }

  changed();
}

async function find(key) {
  try {
    const answer = await fetch(`api/v1/machines/${key.split('/').map(encodeURIComponent).join('/')}`, { signal: AbortSignal.timeout(10000) });
    const found = await answer.json();
    if (state.machineKey !== key) {
      return;
    }

    if (answer.ok) {
      state.machine = found;
    } else if (answer.status === 404 || answer.status === 400) {
      state.machineFault = { title: 'There is no such machine', detail: found.detail ?? key };
    }
  } catch {
    // No answer: the stream says the same and goes on trying.
  }
}

const actions = {
  acknowledge: target => ask('acknowledge', target.dataset.machine, target.dataset.alarm),
  shelve: target => ask('shelve', target.dataset.machine, target.dataset.alarm),
  unshelve: target => ask('unshelve', target.dataset.machine, target.dataset.alarm),
  operator: () => askOperator(),
  'sign-out': () => signOut(),
  'end-session': target => sessions.end(target.dataset.id, target.dataset.name),
  'end-other-sessions': () => sessions.endOthers(),
  'whose-sessions': target => sessions.show(target.dataset.value),
  'close-again': () => closeAgain(),
  close: () => document.getElementById('dialog').close(),
  filter: target => setFilter(target.dataset.value),
  range: target => setRange(target.dataset.value),
  'show-all': () => showAllCharts(),
  skip: () => main.focus(),
};

document.addEventListener('click', event => {
  const target = event.target.closest('[data-action]');
  if (target) {
    if (target.dataset.action === 'skip') {
      event.preventDefault();
    }

    actions[target.dataset.action](target);
    changed();
    return;
  }

  const row = event.target.closest('[data-go]');
  if (row && !event.target.closest('a, button') && !String(getSelection())) {
    location.hash = row.dataset.go;
  }
});

document.addEventListener('pointermove', event => {
  const area = event.target.closest?.('[data-chart]');
  const id = area?.closest('[data-key]')?.dataset.key ?? null;
  const points = id && seriesOf(id)?.points;
  if (points?.length) {
    const box = area.querySelector('svg').getBoundingClientRect();
    const { from, to } = area.dataset;
    const time = Number(from) + (event.clientX - box.left) / box.width * (to - from);
    const nearest = points.reduce((best, point) => Math.abs(point.t - time) < Math.abs(best.t - time) ? point : best);
    Object.assign(hover, { id, text: `${number(nearest.v)} at ${moment(nearest.t)}` });
    changed();
  } else if (hover.id) {
    hover.id = null;
    changed();
  }
});

addEventListener('hashchange', () => {
  go();
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
});

onChange(draw);
refresh().then(changed);
if (place().kind === 'machines') {
  go();
} else {
  connect();
  if (sessions.isShown()) {
    sessions.read();
  }
}

draw();

// Where people are signed in, and how that is ended.

import { h } from './dom.js';
import { changed } from './store.js';
import { session } from './session.js';
import { send } from './again.js';
import { toast } from './commands.js';
import { since, empty } from './parts.js';
import { moment } from './format.js';

const timeoutMs = 10000;
const readEveryMs = 10000;
const whoses = { '': 'Mine', '/all': 'Everybody’s' };
const ways = { key: 'access key', provider: 'identity provider' };
let whose = '';
let sessions = null;
let fault = null;

export const isShown = () => location.hash.startsWith('#/sessions');

/** Reads the list anew. */
export async function read() {
  const asked = whose;
  try {
    const answer = await fetch(`api/v1/sessions${asked}`, { signal: AbortSignal.timeout(timeoutMs) });
    const found = await answer.json();
    if (asked === whose) {
      [sessions, fault] = answer.ok ? [found.sessions, null] : [null, found.detail ?? `The server answered ${answer.status}.`];
    }
  } catch {
    fault = 'There is no connection.';
  }

  changed();
}

export function show(value) {
  [whose, sessions, fault] = [value, null, null];
  read();
}

export async function end(id, name) {
  await act(`api/v1/sessions/${id}`, () => `The session of ${name} has ended.`);
}

export async function endOthers() {
  await act('api/v1/sessions', found => `Signed out everywhere else: ${found.ended}.`);
}


async function act(path, done) {
  try {
    const answer = await send(path, { method: 'DELETE' });
    const found = await answer.json().catch(() => null);
    toast(answer.ok ? done(found) : found?.detail ?? `The server answered ${answer.status}.`, !answer.ok);
  } catch (error) {
    toast(`Not done: ${error.name === 'TimeoutError' ? 'the server did not answer in time' : 'there is no connection'}. Try again.`, true);
  }

  await read();
}

export function sessionsView() {
  if (!session.required) {
    return [h('h1', null, 'Sessions'), empty('Nobody signs in here', 'Only this computer reaches the silo, so nobody is asked who it is.')];
  }

  return [
    h('div.head', null, h('h1', null, 'Sessions'),
      session.role === 'administrator' && h('div.choice', { role: 'group', 'aria-label': 'Whose sessions' }, Object.entries(whoses).map(([value, text]) =>
        h('button', { type: 'button', 'data-action': 'whose-sessions', 'data-value': value, 'aria-pressed': String(whose === value) }, text)))),
    fault && h('p.warning', { role: 'alert' }, h('span.shape', { 'aria-hidden': 'true' }, '▲ '), fault),
    sessions === null
      ? !fault && h('p.waiting', null, 'Reading the sessions…')
      : h('div.scroll.panel', { tabindex: 0, role: 'region', 'aria-label': 'Sessions' }, table()),
    whose === '' && sessions?.some(one => !one.isThis) && h('div', null, h('button', { type: 'button', 'data-action': 'end-other-sessions' }, 'End all others')),
  ];
}

function table() {
  return h('table.sessions', null,
    h('thead', null, h('tr', null,
      [whose !== '' && 'Person', 'From', 'Signed in', 'Last used', 'Ends'].filter(Boolean).map(text => h('th', { scope: 'col' }, text)),
      h('th', { scope: 'col' }, h('span.hidden-visually', null, 'Commands')))),
    h('tbody', null, sessions.map(row)));
}

function row(one) {
  const name = `the session of ${one.name} from ${one.from}, begun ${moment(one.begunUs)}`;
  return h('tr', { 'data-key': one.id },
    whose !== '' && h('th', { scope: 'row' }, one.name, h('small', null, `${one.role} of ${one.scopes.join(', ')}${one.tenant ? `, ${one.tenant}` : ''}`)),
    h(whose === '' ? 'th' : 'td', whose === '' ? { scope: 'row' } : null, one.from, one.isThis && h('span.badge', null, 'this one'), h('small.agent', null, one.agent || 'a browser that does not say which')),
    h('td', null, since(one.begunUs), h('small', null, `by ${ways[one.way] ?? one.way}`)),
    h('td', null, since(one.usedUs)),
    h('td', null, moment(Math.min(one.endsUs, one.untilUs))),
    h('td', null, h('span.buttons', null, one.isThis
      ? h('button', { type: 'button', 'data-action': 'sign-out' }, 'Sign out')
      : h('button', { type: 'button', 'data-action': 'end-session', 'data-id': one.id, 'data-name': one.name, 'aria-label': `End ${name}` }, 'End'))));
}

setInterval(() => {
  if (isShown() && !document.hidden && session.name) {
    read();
  }
}, readEveryMs);

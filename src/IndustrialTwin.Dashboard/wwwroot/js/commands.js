// What an operator does to an alarm.

import { h, render } from './dom.js';
import { titleOf } from './store.js';
import { session } from './session.js';
import { send as sendCommand } from './again.js';

const operatorKey = 'itwin.operator';
const dialog = document.getElementById('dialog');
const toasts = document.getElementById('toasts');
const done = { acknowledge: 'Acknowledged', shelve: 'Shelved', unshelve: 'Brought back' };
const minutes = { 15: '15 minutes', 30: '30 minutes', 60: '1 hour', 240: '4 hours', 480: '8 hours', 1440: '1 day', 10080: '7 days' };
let submit = null;

export function operator() {
  if (session.name) {
    return session.name; // Who signed in: the server writes the same, whatever is sent.
  }

  try {
    return localStorage.getItem(operatorKey) ?? '';
  } catch {
    return '';
  }
}

function keepOperator(name) {
  try {
    localStorage.setItem(operatorKey, name);
  } catch {
    // The browser keeps nothing for this page: it asks again next time.
  }
}

/** Acknowledging takes one press once the name is known; shelving always asks for how long. */
export function ask(action, machine, alarm) {
  if (action !== 'shelve' && operator()) {
    return send(action, machine, alarm, { operator: operator() });
  }

  const title = { acknowledge: 'Acknowledge', shelve: 'Shelve', unshelve: 'Unshelve' }[action];
  return open(`${title} “${alarm}”`, `${titleOf(machine)} (${machine})`, title, [
    action === 'shelve' && h('label', null, 'For how long', h('select', { name: 'minutes' }, Object.entries(minutes).map(([value, text]) => h('option', { value }, text)))),
    action === 'shelve' && h('label', null, 'Why (optional)', h('input', { name: 'comment', maxlength: 1024, autocomplete: 'off' })),
  ], fields => send(action, machine, alarm, {
    operator: fields.get('operator').trim(),
    comment: fields.get('comment')?.trim() || null,
    minutes: action === 'shelve' ? Number(fields.get('minutes')) : null,
  }));
}

export function askOperator() {
  open('Who are you?', 'Your name is kept in this browser and written beside what you acknowledge or shelve.', 'Keep', [], () => {});
}

function open(title, text, button, fields, then) {
  submit = then;
  render(dialog, h('form', { method: 'dialog', 'data-form': 'command' },
    h('h2', { id: 'dialog-title' }, title),
    h('p.quiet', null, text),
    h('label', null, 'Your name', h('input', { name: 'operator', required: true, maxlength: 128, autocomplete: 'name', readonly: session.name ? true : null })),
    fields,
    h('div.buttons', null, h('button', { type: 'button', 'data-action': 'close' }, 'Cancel'), h('button.primary', { type: 'submit' }, button))));
  const name = dialog.querySelector('[name=operator]');
  name.value = operator();
  dialog.showModal();
  (name.value ? dialog.querySelector('select') ?? name : name).focus();
}

dialog.addEventListener('submit', event => {
  event.preventDefault();
  const fields = new FormData(event.target);
  const name = fields.get('operator').trim();
  if (name) {
    keepOperator(name);
    dialog.close();
    submit?.(fields);
  }
});

async function send(action, machine, alarm, body) {
  try {
    const answer = await sendCommand(`api/v1/machines/${machine}/alarms/${encodeURIComponent(alarm)}/${action}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const found = await answer.json().catch(() => null);
    toast(answer.ok ? `${done[action]}: ${alarm}, ${titleOf(machine)}` : found?.detail ?? `The server answered ${answer.status}.`, !answer.ok);
  } catch (fault) {
    toast(`Not done: ${fault.name === 'TimeoutError' ? 'the server did not answer in time' : 'there is no connection'}. Try again.`, true);
  }
}

export function toast(text, isFault = false) {
  const note = h(`p.toast${isFault ? '.fault' : ''}`, null, h('span.shape', { 'aria-hidden': 'true' }, isFault ? '▲ ' : '✓ '), text);
  toasts.append(note);
  setTimeout(() => note.remove(), isFault ? 9000 : 4000);
}

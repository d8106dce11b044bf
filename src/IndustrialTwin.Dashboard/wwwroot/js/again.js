// Sends a command. Where the server wants to know again who asks, it asks, and sends the command once more.

import { h, render } from './dom.js';
import { session, refresh } from './session.js';

const timeoutMs = 10000;
const signInAgain = 'urn:itwin:sign-in-again';
const dialog = document.getElementById('again');
let answered = null;

export async function send(path, options) {
  const once = () => fetch(path, { ...options, signal: AbortSignal.timeout(timeoutMs) });
  const answer = await once();
  if (answer.status !== 401) {
    return answer;
  }

  const problem = await answer.clone().json().catch(() => null);
  if (problem?.type !== signInAgain) {
    refresh(); // The session has ended.
    return answer;
  }

  return await isSignedInAgain(problem.detail) ? once() : answer;
}

function isSignedInAgain(why) {
  answered?.(false);
  render(dialog, h('form', { method: 'dialog' },
    h('h2', { id: 'again-title' }, 'Sign in again'),
    h('p.quiet', null, why),
    h('label', null, 'Access key or token', h('input', { name: 'key', type: 'password', required: true, autocomplete: 'current-password', maxlength: 16384 })),
    h('p.warning', { role: 'alert', hidden: true }),
    h('div.buttons', null, h('button', { type: 'button', 'data-action': 'close-again' }, 'Cancel'), h('button.primary', { type: 'submit' }, 'Sign in'))));
  const key = dialog.querySelector('input');
  key.value = '';
  dialog.showModal();
  key.focus();
  return new Promise(resolve => {
    answered = resolve;
  });
}

function tell(text) {
  const fault = dialog.querySelector('.warning');
  fault.textContent = `▲ ${text}`;
  fault.hidden = false;
}

function over(isDone) {
  dialog.close();
  answered?.(isDone);
  answered = null;
}

export const closeAgain = () => over(false);

dialog.addEventListener('cancel', () => over(false));
dialog.addEventListener('submit', async event => {
  event.preventDefault();
  const key = dialog.querySelector('input');
  try {
    const answer = await fetch('api/v1/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ key: key.value.trim() }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const found = await answer.json().catch(() => null);
    key.value = '';
    if (!answer.ok) {
      tell(found?.detail ?? `The server answered ${answer.status}.`);
    } else if (found.id !== session.id) {
      location.reload(); // Somebody else: what the one before began is not gone on with.
    } else {
      over(true);
    }
  } catch {
    tell('There is no connection. Try again.');
  }

  key.focus();
});

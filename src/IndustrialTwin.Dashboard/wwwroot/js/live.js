// The live connection: one stream a page, which reconnects by itself and says when it is not there.

import { state, take, changed } from './store.js';
import { session, refresh } from './session.js';

const silenceMaxMs = 5000;
const pausesMs = [500, 1000, 2000, 4000];
const hiddenMaxMs = 30000;

let source = null;
let heardAtMs = 0;
let failures = 0;
let retry = null;
let hidden = null;

/** Connects, or connects anew where another machine is wanted. */
export function connect() {
  clearTimeout(retry);
  source?.close();
  const query = state.machineKey && !state.machineFault ? `?machine=${encodeURIComponent(state.machineKey)}` : '';
  source = new EventSource(`api/v1/live${query}`);
  heardAtMs = Date.now();

  // What the server cannot reach it says anew; a server that was started meanwhile knows nothing of what the one before said.
  source.onopen = () => {
    state.lost = [];
  };
  for (const [kind, takeIt] of Object.entries(take)) {
    source.addEventListener(kind, message => {
      heardAtMs = Date.now();
      if (state.connection !== 'live') {
        state.connection = 'live';
        state.retryAtMs = null;
        failures = 0;
      }

      takeIt(JSON.parse(message.data));
      changed();
    });
  }

  source.onerror = () => lose();
}

function lose() {
  source?.close();
  source = null;
  clearTimeout(retry);
  const pause = pausesMs[Math.min(failures, pausesMs.length - 1)];
  failures++;
  if (session.required) {
    refresh(); // The session may have ended.
  }

  // The first try comes at once, so that a hiccup does not alarm anybody.
  if (failures > 1 || state.connection !== 'live') {
    state.connection = 'lost';
  }

  state.retryAtMs = Date.now() + pause;
  retry = setTimeout(connect, pause);
  changed();
}

setInterval(() => {
  if (source && Date.now() - heardAtMs > silenceMaxMs) {
    state.connection = 'lost';
    lose();
  }

  changed();
}, 1000);

// A page that nobody sees gives its connection back.
document.addEventListener('visibilitychange', () => {
  clearTimeout(hidden);
  if (document.hidden) {
    hidden = setTimeout(() => {
      source?.close();
      source = null;
      clearTimeout(retry);
    }, hiddenMaxMs);
  } else if (!source) {
    connect();
  }
});

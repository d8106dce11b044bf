// Who is signed in, where somebody has to be.

export const session = { required: false, name: null, id: null };

/** Finds out; sends to the sign-in page where nobody is signed in. Without an answer it stays as it is: the stream says what is wrong. */
export async function refresh() {
  try {
    const answer = await fetch('api/v1/session', { signal: AbortSignal.timeout(10000) });
    if (answer.ok) {
      Object.assign(session, { name: null, role: null }, await answer.json());
      if (session.required && !session.name) {
        location.replace(`sign-in.html${location.hash}`);
      }
    }
  } catch {
    // No answer.
  }
}

export async function signOut() {
  try {
    await fetch('api/v1/session', { method: 'DELETE', signal: AbortSignal.timeout(10000) });
  } finally {
    location.replace('sign-in.html');
  }
}

// Without anybody at it a session ends by itself. What the page asks for of its own accord does not count.
const tellEveryMs = 60000;
let toldAtMs = 0;

for (const sign of ['pointerdown', 'keydown']) {
  addEventListener(sign, () => {
    if (session.name && Date.now() - toldAtMs > tellEveryMs) {
      toldAtMs = Date.now();
      fetch('api/v1/session/active', { method: 'POST', signal: AbortSignal.timeout(10000) }).catch(() => { toldAtMs = 0; });
    }
  }, { capture: true, passive: true });
}

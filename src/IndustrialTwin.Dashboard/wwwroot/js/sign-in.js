// Signs in: an access key or a token becomes a session, which this page's scripts cannot read.

const form = document.getElementById('sign-in');
const fault = document.getElementById('fault');
const key = form.querySelector('input');

function home() {
  location.replace(`./${location.hash}`);
}

form.addEventListener('submit', async event => {
  event.preventDefault();
  fault.textContent = '';
  try {
    const answer = await fetch('api/v1/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ key: key.value.trim() }),
      signal: AbortSignal.timeout(10000),
    });
    key.value = '';
    if (answer.ok) {
      home();
      return;
    }

    const found = await answer.json().catch(() => null);
    fault.textContent = `▲ ${found?.detail ?? `The server answered ${answer.status}.`}`;
  } catch {
    fault.textContent = '▲ There is no connection. Try again.';
  }

  key.focus();
});

const answer = await fetch('api/v1/session').catch(() => null);
const session = answer?.ok ? await answer.json() : null;
if (session && (!session.required || session.name)) {
  home();
} else if (session?.notice) {
  const notice = document.getElementById('notice');
  notice.textContent = session.notice; // The owner's own words, before anybody signs in.
  notice.hidden = false;
}

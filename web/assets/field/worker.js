// The service worker of /field/: keeps the page's own parts (`self.shell`, written in by the server), so that it opens
// without a signal. It keeps nothing else: no answer of ours that knows a household ever passes through its cache.
const NAME = `fangfan-field-${self.version}`;

async function fetched(address) {
  const answer = await fetch(address, { cache: 'no-cache', credentials: 'same-origin' });
  if (!answer.ok || answer.redirected) throw new Error(address); // signed out: the parts of before stay
  return answer;
}

async function install() {
  const answers = await Promise.all(self.shell.map(fetched));
  const cache = await caches.open(NAME);
  await Promise.all(answers.map((answer, n) => cache.put(self.shell[n], answer)));
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith('fangfan-field-') && name !== NAME) await caches.delete(name);
  await self.clients.claim();
}

async function kept(request, path) {
  const answer = await (await caches.open(NAME)).match(path);
  return answer || fetch(request);
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method === 'GET' && origin === self.location.origin && self.shell.includes(pathname)) {
    event.respondWith(kept(event.request, pathname));
  }
});

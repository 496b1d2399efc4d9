// What is kept on a phone is sealed: AES-GCM with a key that only the PIN gives (PBKDF2). The key never leaves WebCrypto.
const ROUNDS = 600_000;
const text = new TextEncoder();

export const salt = () => crypto.getRandomValues(new Uint8Array(16));

/** The key of a PIN. Half a second on a phone, for whoever guesses too. */
export async function keyOf(pin, salted) {
  const given = await crypto.subtle.importKey('raw', text.encode(pin.normalize('NFKC')), 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt: salted, iterations: ROUNDS }, given, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** Bytes sealed for the place `id`: what is moved to another place does not open. */
export async function seal(key, id, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, sealed: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: text.encode(id) }, key, bytes) };
}

/** The bytes; throws where the key or the place is another. */
export async function unseal(key, id, { iv, sealed }) {
  return crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: text.encode(id) }, key, sealed);
}

export const sealJson = (key, id, value) => seal(key, id, text.encode(JSON.stringify(value)));
export const unsealJson = async (key, id, row) => JSON.parse(new TextDecoder().decode(await unseal(key, id, row)));

/** SHA-256 in hex: a photograph's name here and on the server. */
export async function digest(bytes) {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { UserError } from '../problem';

/** Names under which a machine answers itself. */
const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|::1)$/i;
/** Names of the services that give a cloud machine's credentials to whoever asks from inside. */
const METADATA = /^(metadata|metadata\.google\.internal|instance-data(\.ec2\.internal)?)\.?$/i;

/** Whether a host's name says that it is this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/**
 * Checks an address that came from a file before anything is sent to it. Loopback may be plain HTTP; everything else is HTTPS, is no
 * metadata service, and carries no user name.
 *
 * @throws UserError `address-refused`
 */
export function checkAddress(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused(text, 'is not an address.');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw refused(text, 'is not HTTPS.', 'Plain HTTP is taken for this machine (127.0.0.1) alone.');
  if (url.username !== '' || url.password !== '')
    throw refused(url.host, 'carries a user or password.', 'Name them as secrets: {secret: NAME}.');
  const bare = url.hostname.replace(/^\[|\]$/g, '');
  if (METADATA.test(url.hostname) || (isIP(bare) !== 0 && isInternal(bare)))
    throw refused(url.host, 'is a link-local or metadata address.', 'Those give away credentials of the machine.');
  return url;
}

/** Link-local, metadata and unspecified addresses: nothing that is deployed to lives there. */
export function isInternal(address: string): boolean {
  const plain = mapped(address.toLowerCase());
  if (isIP(plain) === 4) {
    const [a = 0, b = 0, c = 0, d = 0] = plain.split('.').map(Number);
    return a === 0 || (a === 169 && b === 254) || a >= 224 || (a === 100 && b === 100 && c === 100 && d === 200);
  }
  return plain === '::' || /^fe[89ab]/.test(plain) || /^ff/.test(plain) || /^fd00:ec2:/.test(plain);
}

/** `::ffff:169.254.169.254` and `::ffff:a9fe:a9fe` are the IPv4 address inside. */
function mapped(address: string): string {
  const found = /^(?:::ffff:|64:ff9b::)(.+)$/.exec(address)?.[1];
  if (found === undefined) return address;
  if (isIP(found) === 4) return found;
  const [high = '0', low = '0'] = found.split(':');
  const [h, l] = [parseInt(high, 16), parseInt(low, 16)];
  return [h >> 8, h & 255, l >> 8, l & 255].join('.');
}

/** Resolves a name and refuses internal addresses at the moment of connecting, so that a name can't change its mind in between. */
export const guardedLookup: LookupFunction = (host, options, done) => {
  systemLookup(host, options, (error, address, family) => {
    const found = Array.isArray(address) ? address.map((one) => one.address) : [address];
    const bad = error === null ? found.find((one) => isInternal(one)) : undefined;
    if (bad !== undefined) done(refused(host, `leads to ${bad}, a link-local or metadata address.`), address, family);
    else done(error, address, family);
  });
};

function refused(what: string, why: string, hint?: string): UserError {
  return new UserError({
    code: 'address-refused',
    message: `${what.slice(0, 200)} ${why}`,
    hint: hint ?? 'Correct it in targets.yaml.',
  });
}

import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { UserError } from '../problem';

/** `signature.json` of a bundle: who vouches for its digest. Lies beside bundle.json and is not part of the digest. */
export interface BundleSignature {
  readonly format: 1;
  readonly algorithm: 'Ed25519';
  readonly digest: string;
  /** Public key, 32 bytes in base64. */
  readonly key: string;
  readonly signature: string;
}

export const SIGNATURE_FILE = 'signature.json';

/** What is signed: says what the digest is of, so that a signature can't be used for something else. */
const message = (digest: string): Buffer => Buffer.from(`ml-lifecycle bundle 1\n${digest}\n`);

/**
 * Signs a digest.
 * @param pem private key, as `openssl genpkey -algorithm ed25519` writes it
 * @throws UserError `signing-key`
 */
export function signDigest(digest: string, pem: string): BundleSignature {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw badKey();
  }
  if (key.asymmetricKeyType !== 'ed25519') throw badKey();
  return {
    format: 1,
    algorithm: 'Ed25519',
    digest,
    key: rawKey(createPublicKey(key)),
    signature: sign(null, message(digest), key).toString('base64'),
  };
}

/** Whether the signature is one of that digest, by the key that it names. */
export function isSigned(signature: unknown, digest: string): signature is BundleSignature {
  const { format, algorithm, digest: signed, key, signature: bytes } = (signature ?? {}) as Partial<BundleSignature>;
  if (format !== 1 || algorithm !== 'Ed25519' || signed !== digest) return false;
  if (typeof key !== 'string' || typeof bytes !== 'string') return false;
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key, 'base64').toString('base64url') };
    return verify(null, message(digest), createPublicKey({ key: jwk, format: 'jwk' }), Buffer.from(bytes, 'base64'));
  } catch {
    return false;
  }
}

/** Public keys (base64) that bundles must be signed by, from `LIFECYCLE_TRUSTED_KEYS`; undefined when nobody asks for signatures. */
export function trustedKeys(env: NodeJS.ProcessEnv = process.env): readonly string[] | undefined {
  const keys = (env['LIFECYCLE_TRUSTED_KEYS'] ?? '').split(/[\s,]+/).filter(Boolean);
  return keys.length === 0 ? undefined : keys;
}

function rawKey(key: KeyObject): string {
  const { x = '' } = key.export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('base64');
}

function badKey(): UserError {
  return new UserError({
    code: 'signing-key',
    message: 'The key to sign with is not a private Ed25519 key in PEM.',
    hint: 'Make one with `openssl genpkey -algorithm ed25519` and keep it as a secret.',
  });
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { GatewayError, quoted } from '#diagnostic';
import { demand, type Identity } from './identity.ts';
import {
  KEY_BYTES,
  keyOf,
  newKey,
  readKeyFile,
  removeKeyFile,
  replaceKeyFile,
  type SecretKey,
  writeKeyFile,
} from './key-file.ts';
import { ACCESS_LIMITS } from './limits.ts';
import { checkSecretName, isSecretName } from './names.ts';
import { resolveText } from './references.ts';
import type { AccessStore, SecretRow, SecretSummary } from './store.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a sink needs to log in elsewhere: encrypted at rest, given to sinks, shown to nobody. */
export class Secrets {
  readonly #store: Pick<AccessStore, 'secrets' | 'audit' | 'transaction'>;
  readonly #file: string;
  #key: SecretKey | null = null;

  /** @param key_file made when the first secret is put */
  constructor(store: Pick<AccessStore, 'secrets' | 'audit' | 'transaction'>, key_file: string) {
    this.#store = store;
    this.#file = key_file;
  }

  /** Names, never values. @throws GatewayError forbidden */
  list(by: Identity): readonly SecretSummary[] {
    demand(by, 'edit');
    return this.#store.secrets.list();
  }

  /** Creates or replaces. @throws GatewayError forbidden, name-invalid, secret-invalid, secret-unreadable */
  put(by: Identity, name: string, value: string): SecretSummary {
    demand(by, 'admin');
    checkSecretName(name);
    checkValue(name, value);
    const key = this.#keyToWrite();
    return this.#store.transaction(() => {
      const summary = this.#store.secrets.put({ name, ...seal(key, name, value), key_id: key.id, by: by.name });
      this.#audit(by, 'secret.put', name);
      return summary;
    });
  }

  /** @throws GatewayError forbidden, secret-missing */
  remove(by: Identity, name: string): void {
    demand(by, 'admin');
    this.#store.transaction(() => {
      if (!this.#row(name)) throw missing(name);
      this.#store.secrets.remove(name);
      this.#audit(by, 'secret.remove', name);
    });
  }

  /** For sinks only. @throws GatewayError secret-missing, secret-unreadable */
  resolve(name: string): string {
    const row = this.#row(name);
    if (!row) throw missing(name);
    return open(this.#keyOf(row), row);
  }

  /** `resolve` of outlets: a text with the values of its secrets in place. @throws GatewayError secret-missing, secret-unreadable */
  readonly resolveText = (text: string): string => resolveText(text, name => this.resolve(name));

  /** Which of these names are no secrets; to be said before a deploy. */
  missing(names: readonly string[]): string[] {
    return names.filter(name => !this.#row(name));
  }

  /**
   * Encrypts all again with another key and puts that in the place of the old; whenever it is interrupted, all can be read.
   * @param key 32 bytes; default: new random ones. @returns how many there are
   * @throws GatewayError forbidden, secret-unreadable: nothing has changed
   */
  rotate(by: Identity, key?: Uint8Array): number {
    demand(by, 'admin');
    if (key && key.length !== KEY_BYTES)
      throw new GatewayError('secret-invalid', 'key', `it is not ${KEY_BYTES} bytes`);
    const fresh = key ? keyOf(Buffer.from(key)) : newKey();
    const values = this.#store.secrets.list().map(({ name }) => [name, this.resolve(name)] as const);
    removeKeyFile(this.#freshFile);
    writeKeyFile(this.#freshFile, fresh);
    this.#store.transaction(() => {
      for (const [name, value] of values)
        this.#store.secrets.put({ name, ...seal(fresh, name, value), key_id: fresh.id, by: by.name });
      this.#audit(by, 'secret.rotate', null);
    });
    replaceKeyFile(this.#freshFile, this.#file);
    this.#key = fresh;
    return values.length;
  }

  /** Beside the key file while keys are changed. */
  get #freshFile(): string {
    return `${this.#file}.new`;
  }

  #row(name: string): SecretRow | null {
    return isSecretName(name) ? this.#store.secrets.get(name) : null;
  }

  #keyToWrite(): SecretKey {
    const [row] = this.#store.secrets.list();
    // Two keys at once would lock out what the other has encrypted.
    if (row) return this.#keyOf(row);
    this.#key = readKeyFile(this.#file);
    if (this.#key) return this.#key;
    const key = newKey();
    writeKeyFile(this.#file, key);
    this.#key = key;
    return key;
  }

  #keyOf({ key_id }: SecretSummary): SecretKey {
    if (this.#key?.id === key_id) return this.#key;
    const key = readKeyFile(this.#file);
    if (key?.id !== key_id) {
      // A rotation was interrupted when the secrets had their new key already, and its file not yet its place.
      const fresh = readKeyFile(this.#freshFile);
      if (fresh?.id !== key_id)
        throw new GatewayError(
          'secret-unreadable',
          this.#file,
          key
            ? `the secrets were encrypted with another key (${key_id}, this is ${key.id})`
            : 'the key file is not there',
        );
      replaceKeyFile(this.#freshFile, this.#file);
      this.#key = fresh;
      return fresh;
    }
    this.#key = key;
    return key;
  }

  #audit(by: Identity, action: string, target: string | null): void {
    this.#store.audit.append({ actor: by.name, action, target, address: by.address });
  }
}

const missing = (name: string): GatewayError => new GatewayError('secret-missing', quoted(name));

/** @throws GatewayError secret-invalid */
function checkValue(name: string, value: string): void {
  const refuse = (why: string): never => {
    throw new GatewayError('secret-invalid', quoted(name), why);
  };
  if (value === '') refuse('it is empty');
  if (!value.isWellFormed()) refuse('it is not well-formed Unicode');
  if (Buffer.byteLength(value) > ACCESS_LIMITS.secret_bytes)
    refuse(`it has more than ${ACCESS_LIMITS.secret_bytes} bytes`);
}

/** The name is authenticated with it: a row that is put in the place of another does not open. */
function seal({ bytes }: SecretKey, name: string, value: string): Pick<SecretRow, 'nonce' | 'ciphertext'> {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, bytes, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(name));
  return { nonce, ciphertext: Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]) };
}

function open({ bytes }: SecretKey, { name, nonce, ciphertext }: SecretRow): string {
  try {
    const at = ciphertext.length - TAG_BYTES;
    const decipher = createDecipheriv(CIPHER, bytes, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(name))
      .setAuthTag(ciphertext.subarray(at));
    return Buffer.concat([decipher.update(ciphertext.subarray(0, at)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new GatewayError('secret-unreadable', quoted(name), 'it was changed on the disk', error);
  }
}

/** What the world did wrong: one table, code → text and HTTP status. docs/errors.md explains each under its own heading. */
export const GATEWAY_ERRORS = {
  'file-not-found': { text: 'The file cannot be read.', status: 404 },
  'listen-failed': { text: 'The gateway cannot listen on this address.', status: 503 },
  'address-invalid': { text: 'The address is not one of tcp://HOST:PORT or ipc://PATH.', status: 400 },
  'ingest-full': { text: 'No more flows can be fed by this ingest.', status: 507 },
  'pattern-invalid': {
    text: 'The tag pattern is malformed: + and # stand for whole levels, # comes last.',
    status: 400,
  },
  'peer-rejected': { text: 'A peer that is not an nng PUSH socket was turned away.', status: 502 },
  'message-too-long': { text: 'A driver sent a message longer than the limit.', status: 413 },
  'connection-lost': { text: 'The connection was lost.', status: 502 },
  'file-unwritable': { text: 'The sink cannot write its file.', status: 507 },
  'mqtt-unreachable': { text: 'The MQTT broker cannot be reached.', status: 502 },
  'mqtt-refused': { text: 'The MQTT broker refused the message for good.', status: 502 },
  'http-failed': { text: 'The HTTP endpoint did not take the message.', status: 502 },
  'outputs-dropped': { text: 'Outputs that waited on disk were dropped.', status: 507 },
  'letters-dropped': { text: 'Errors of a node are not kept as dead letters.', status: 507 },
  'sink-props-invalid': { text: 'The props of the sink do not say where its output goes.', status: 400 },
  'fusion-failed': { text: 'Fusion failed.', status: 500 },
  'artifact-invalid': { text: 'The file is not a fused flow.', status: 400 },
  'configure-failed': { text: 'A node refused its configuration.', status: 422 },
  'storage-failed': { text: 'The gateway cannot read or write its storage.', status: 507 },
  'storage-full': { text: 'The storage has reached its limit.', status: 507 },
  'recording-invalid': { text: 'The file is not a recording.', status: 400 },
  'state-needed': { text: 'The flow needs a folder for its state.', status: 400 },
  'state-mismatch': { text: 'The state in the folder cannot be taken up.', status: 409 },
  'state-lost': { text: 'A node begins empty: its state could not be handed to the new version.', status: 500 },
  'data-locked': { text: 'Another process uses the data directory.', status: 503 },
  'data-newer': { text: 'The data directory was written by a newer version of Fusewire.', status: 500 },
  'data-corrupt': { text: 'The data directory is damaged.', status: 500 },
  'blob-damaged': { text: 'A stored file is not what was stored.', status: 500 },
  'backup-damaged': { text: 'The backup is damaged, or is none.', status: 400 },
  'not-found': { text: 'There is no such thing.', status: 404 },
  exists: { text: 'It is there already.', status: 409 },
  'in-use': { text: 'It is in use.', status: 409 },
  conflict: { text: 'It has been changed since.', status: 412 },
  'node-version-taken': { text: 'The library has this version of the node with other content.', status: 409 },
  'idempotency-mismatch': { text: 'The idempotency key was used for another request.', status: 422 },
  'cursor-invalid': { text: 'The cursor is not one of this list.', status: 400 },
  'too-large': { text: 'It is larger than the limit.', status: 413 },
  unauthenticated: { text: 'This needs a login or a token.', status: 401 },
  forbidden: { text: 'This is not allowed.', status: 403 },
  'csrf-failed': { text: 'The request may come from another site.', status: 403 },
  'login-failed': { text: 'The login was refused.', status: 401 },
  'login-throttled': { text: 'There were too many logins.', status: 429 },
  'password-weak': { text: 'The password cannot be taken.', status: 422 },
  'name-invalid': { text: 'The name cannot be taken.', status: 422 },
  'last-admin': { text: 'The last admin stays.', status: 409 },
  'secret-missing': { text: 'There is no such secret.', status: 422 },
  'secret-invalid': { text: 'The value cannot be kept as a secret.', status: 422 },
  'secret-unreadable': { text: 'The secrets cannot be decrypted.', status: 500 },
  'idempotency-busy': { text: 'The first request with this idempotency key is under way.', status: 409 },
  'request-invalid': { text: 'The request is not of the shape that the route takes.', status: 400 },
  'path-unknown': { text: 'The API has no such path.', status: 404 },
  'method-not-allowed': { text: 'The path does not take this method.', status: 405 },
  'body-too-large': { text: 'The body is larger than the route takes.', status: 413 },
  'media-type-unsupported': { text: 'The route does not take a body of this media type.', status: 415 },
  'precondition-missing': { text: 'The request needs the header If-Match.', status: 428 },
  'host-refused': { text: 'The gateway does not answer to this host name.', status: 421 },
  'streams-exhausted': { text: 'Too many listen to events already.', status: 503 },
  'server-busy': { text: 'The gateway has too much in hand.', status: 503 },
  'tls-invalid': { text: 'The certificate or its key cannot be used.', status: 500 },
  internal: { text: 'A bug of the gateway.', status: 500 },
  busy: { text: 'Too much is under way.', status: 503 },
  'flow-refused': { text: 'The flow has errors.', status: 422 },
  'not-running': { text: 'The flow does not run.', status: 409 },
  'not-deployed': { text: 'No version of the flow is deployed.', status: 409 },
  'flow-faulted': { text: 'The flow keeps failing and was stopped.', status: 500 },
  'gateway-unreachable': { text: 'No gateway answers.', status: 502 },
  'answer-invalid': { text: 'What answers is not a gateway of this version.', status: 502 },
} as const;
export type GatewayErrorCode = keyof typeof GATEWAY_ERRORS;

export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;
  /** Address, file, node: what it is about. */
  readonly where: string;
  /** What is said of it beyond the text of the code. */
  readonly detail: string;

  constructor(code: GatewayErrorCode, where: string, detail = '', cause?: unknown) {
    super(`${GATEWAY_ERRORS[code].text} ${where}${detail === '' ? '' : `: ${detail}`}`, { cause });
    this.code = code;
    this.where = where;
    this.detail = detail;
  }
}

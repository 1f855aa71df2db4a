/** What the world did wrong: one table, code → text and HTTP status. docs/errors.md explains each under its own heading. */
export const GATEWAY_ERRORS = {
  'file-not-found': { text: 'The file cannot be read.', status: 404 },
  'listen-failed': { text: 'The gateway cannot listen on this address.', status: 503 },
  'address-invalid': { text: 'The address is not one of tcp://HOST:PORT or ipc://PATH.', status: 400 },
  'peer-rejected': { text: 'A peer that is not an nng PUSH socket was turned away.', status: 502 },
  'message-too-long': { text: 'A driver sent a message longer than the limit.', status: 413 },
  'connection-lost': { text: 'The connection was lost.', status: 502 },
  'file-unwritable': { text: 'The sink cannot write its file.', status: 507 },
  'mqtt-unreachable': { text: 'The MQTT broker cannot be reached.', status: 502 },
  'mqtt-refused': { text: 'The MQTT broker refused the message for good.', status: 502 },
  'http-failed': { text: 'The HTTP endpoint did not take the message.', status: 502 },
  'outputs-dropped': { text: 'Outputs that waited on disk were dropped.', status: 507 },
  'sink-props-invalid': { text: 'The props of the sink do not say where its output goes.', status: 400 },
  'fusion-failed': { text: 'Fusion failed.', status: 500 },
  'artifact-invalid': { text: 'The file is not a fused flow.', status: 400 },
  'configure-failed': { text: 'A node refused its configuration.', status: 422 },
  'storage-failed': { text: 'The gateway cannot read or write its storage.', status: 507 },
  'storage-full': { text: 'The storage has reached its limit.', status: 507 },
  'recording-invalid': { text: 'The file is not a recording.', status: 400 },
  'state-needed': { text: 'The flow needs a folder for its state.', status: 400 },
  'state-mismatch': { text: 'The state in the folder cannot be taken up.', status: 409 },
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

  constructor(code: GatewayErrorCode, where: string, detail = '', cause?: unknown) {
    super(`${GATEWAY_ERRORS[code].text} ${where}${detail === '' ? '' : `: ${detail}`}`, { cause });
    this.code = code;
    this.where = where;
  }
}

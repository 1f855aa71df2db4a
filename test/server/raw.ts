import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import type { Listening } from '#server';

/** A connection with everything that came over it. */
export class Raw {
  readonly socket: Socket;
  text = '';
  readonly closed: Promise<void>;

  constructor(server: Listening) {
    this.socket = connect(server.port, '127.0.0.1');
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.text += text;
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise(resolve => this.socket.on('close', () => resolve()));
  }

  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text) && !this.socket.destroyed) await new Promise(resolve => setTimeout(resolve, 2));
    assert.match(this.text, pattern);
  }
}
/** Headers of every request. */
export const HEAD = 'Host: localhost\r\nAuthorization: Bearer admin\r\n';

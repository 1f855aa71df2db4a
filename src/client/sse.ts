import { GatewayError } from '#diagnostic';
import { CLIENT_LIMITS } from './limits.ts';

export interface ServerEvent {
  readonly data: string;
  /** Last id that the stream named; empty: none. */
  readonly id: string;
}

/** Server-sent events, as the HTML standard reads them, out of text that comes in pieces cut anywhere. */
export class EventParser {
  /** ms, when the server named it. */
  retry_ms: number | null = null;
  readonly #where: string;
  readonly #most: number;
  #rest = '';
  /** Of `#rest`: so far no line ends in it. */
  #seen = 0;
  #afterReturn = false;
  #data: string[] = [];
  #chars = 0;
  #id = '';

  /** @param most UTF-16 units of one event */
  constructor(where: string, most: number = CLIENT_LIMITS.event_chars) {
    this.#where = where;
    this.#most = most;
  }

  /** @throws GatewayError answer-invalid: an event beyond the limit */
  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    this.#rest += this.#afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') this.#afterReturn = false;
    let start = 0;
    let at = this.#seen;
    for (; at < this.#rest.length; at += 1) {
      const char = this.#rest.charCodeAt(at);
      if (char !== 0x0a && char !== 0x0d) continue;
      this.#line(this.#rest.slice(start, at), events);
      // CR LF is one end of a line, also when the cut goes through it.
      if (char === 0x0d && at + 1 === this.#rest.length) this.#afterReturn = true;
      else if (char === 0x0d && this.#rest.charCodeAt(at + 1) === 0x0a) at += 1;
      start = at + 1;
    }
    this.#rest = this.#rest.slice(start);
    this.#seen = this.#rest.length;
    if (this.#rest.length + this.#chars > this.#most)
      throw new GatewayError('answer-invalid', this.#where, `an event of more than ${this.#most} characters`);
    return events;
  }

  #line(line: string, events: ServerEvent[]): void {
    if (line === '') {
      if (this.#data.length > 0) events.push({ data: this.#data.join('\n'), id: this.#id });
      this.#data = [];
      this.#chars = 0;
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') {
      this.#data.push(value);
      this.#chars += value.length + 1;
    } else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^\d{1,6}$/.test(value)) this.retry_ms = Number(value);
  }
}

import { payloadOf } from '#engine';
import { type Letters, letterDto, type Service } from '#service';
import type { Handlers } from '../handlers.ts';

type LetterHandlers = Pick<
  Handlers,
  | 'listDeadLetters'
  | 'getDeadLetter'
  | 'getDeadLetterMessage'
  | 'exportDeadLetters'
  | 'retryDeadLetters'
  | 'dropDeadLetters'
>;

export function letterHandlers(service: Service): LetterHandlers {
  const changed = (flow: string): void => service.news.changed({ what: 'dead-letters', flow, id: null });
  return {
    listDeadLetters: async ({ params, query }) => service.letters(params.flow).list(query),
    async getDeadLetter({ params }) {
      const letter = service.letters(params.flow).get(params.letter);
      return { ...letterDto(letter), message: payloadOf(letter.message) };
    },
    getDeadLetterMessage: async ({ params }) => ({
      bytes: service.letters(params.flow).get(params.letter).message,
      name: `${params.flow}-${params.letter}.bin`,
    }),
    exportDeadLetters: async ({ params }) => ({
      bytes: lines(service.letters(params.flow)),
      name: `${params.flow}-dead-letters.jsonl`,
    }),
    async retryDeadLetters({ params, body }) {
      const done = service.letters(params.flow).retry(body.ids);
      changed(params.flow);
      return { ...done };
    },
    async dropDeadLetters({ params, body }) {
      const done = service.letters(params.flow).drop(body.ids);
      changed(params.flow);
      return { ...done };
    },
  };
}

async function* lines(letters: Letters): AsyncGenerator<Uint8Array> {
  for (const letter of letters.full())
    yield Buffer.from(
      `${JSON.stringify({ ...letterDto(letter), message_base64: Buffer.from(letter.message).toString('base64') })}\n`,
    );
}

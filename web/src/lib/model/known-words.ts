/**
 * Says in another language what the gateway says in English, as far as it is known by its words. The table holds sentences
 * of errors (`The file cannot be read.`: a place and a detail may follow) and details, with `{{name}}` for what changes.
 */
const DEEPEST = 4;

type Saying = (text: string, deeper: (text: string) => string) => string | null;

/** @returns what says a text; one that is not known stays as it is */
export function knownWords(table: Readonly<Record<string, string>>): (text: string) => string {
  const sayings = Object.entries(table).map(([known, said]) =>
    /^[A-Z][^{]*\.$/.test(known) ? sentence(known, said) : template(known, said),
  );
  const say = (text: string, depth: number): string => {
    if (depth === DEEPEST) return text;
    for (const saying of sayings) {
      const found = saying(text, inner => say(inner, depth + 1));
      if (found !== null) return found;
    }
    return text;
  };
  return text => say(text, 0);
}

function sentence(known: string, said: string): Saying {
  return (text, deeper) => {
    if (!text.startsWith(known)) return null;
    const [where = '', ...detail] = text.slice(known.length).trim().split(': ');
    // A place is a name, and stays, unless it is a sentence too.
    return `${said}${where.endsWith('.') ? deeper(where) : where}${detail.length > 0 ? `：${deeper(detail.join(': '))}` : ''}`;
  };
}

/** Values that are words of the gateway themselves; the others are names and numbers. */
const WORDS = new Set(['rest', 'until', 'what', 'reason', 'message']);

function template(known: string, said: string): Saying {
  const parts = known.split(/\{\{(\w+)\}\}/);
  return (text, deeper) => {
    const values = valuesOf(parts, text);
    if (!values) return null;
    const value = (name: string): string => values.get(name) ?? '';
    return said.replace(/\{\{(\w+)\}\}/g, (_, name: string) => (WORDS.has(name) ? deeper(value(name)) : value(name)));
  };
}

/**
 * What stands between the pieces of a template, each piece where it is first found: a node writes some of these texts, and no
 * text of its making may take longer than its length. @param parts pieces, with the names of the values between them
 */
function valuesOf(parts: readonly string[], text: string): Map<string, string> | null {
  const values = new Map<string, string>();
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return text === first ? values : null;
  if (!text.startsWith(first) || !text.endsWith(last)) return null;
  const end = text.length - last.length;
  let at = first.length;
  for (let i = 1; i < parts.length; i += 2) {
    const next = i === parts.length - 2 ? end : text.indexOf(parts[i + 1]!, at);
    if (next < at || next > end) return null;
    values.set(parts[i]!, text.slice(at, next));
    at = next + parts[i + 1]!.length;
  }
  return values;
}

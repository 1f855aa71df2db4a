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
    return `${said}${deeper(where)}${detail.length > 0 ? `：${deeper(detail.join(': '))}` : ''}`;
  };
}

function template(known: string, said: string): Saying {
  const parts = known.split(/\{\{(\w+)\}\}/);
  const escaped = parts.map((part, i) => (i % 2 ? `(?<${part}>.*?)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  const pattern = new RegExp(`^${escaped.join('')}$`, 's');
  return (text, deeper) => {
    const found = pattern.exec(text);
    return found && said.replace(/\{\{(\w+)\}\}/g, (_, name: string) => deeper(found.groups?.[name] ?? ''));
  };
}

import type { z } from 'zod';

type Values = Readonly<Record<string, unknown>>;

/** Path and query of a call. Parameters are held against the route's shape: none leads out of its place in the path. */
export function addressOf(
  route: { readonly path: string; readonly params?: z.ZodType | undefined },
  params: Values | undefined,
  query: Values | undefined,
): string {
  const read = route.params?.safeParse(params);
  if (read && !read.success) {
    const [issue] = read.error.issues;
    const name = String(issue?.path[0] ?? 'params');
    throw new BadCall(`${JSON.stringify(params?.[name] ?? null)} is no ${name}: ${issue?.message}`);
  }
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const part = encodeURIComponent(String(params?.[name]));
    if (/^\.{1,2}$/.test(part)) throw new BadCall(`${JSON.stringify(part)} is no ${name}`);
    return part;
  });
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  return given.length === 0 ? path : `${path}?${search}`;
}

/** The caller gave what the route does not take; nothing was sent. */
export class BadCall extends TypeError {
  override readonly name = 'BadCall';
}

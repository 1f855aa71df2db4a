import { GATEWAY_ERRORS, GatewayError } from '#diagnostic';

/** `${…}` in a prop: perhaps a reference to a secret; what it means `resolve` knows. */
const REFERENCE = /\$\{[^{}]*\}/g;
/** Shorter values stand in any text by chance. */
const MASKED_CHARS_MIN = 4;
const MASK = '***';

/** Props with the values of secrets in them, and how to keep these out of what is shown. */
export interface FilledProps {
  readonly props: Record<string, unknown>;
  readonly mask: (text: string) => string;
  readonly maskError: (error: GatewayError) => GatewayError;
}

/** Where there are no secrets, a reference to one must not go out as it stands. */
function refuse(reference: string): string {
  if (!reference.startsWith('${secret:')) return reference;
  throw new GatewayError('secret-missing', reference, 'secrets are kept by fusewire serve');
}

/** @param props JSON. @throws what `resolve` throws; without it GatewayError secret-missing */
export function fillProps(props: string, resolve: (text: string) => string = refuse): FilledProps {
  const values = new Set<string>();
  const fill = (reference: string): string => {
    const value = resolve(reference);
    if (value !== reference) for (const form of formsOf(value)) values.add(form);
    return value;
  };
  const filled = JSON.parse(props, (_, value: unknown) =>
    typeof value === 'string' ? value.replace(REFERENCE, fill) : value,
  ) as Record<string, unknown>;
  // The longest first: one may hold another.
  const masked = [...values].filter(one => one.length >= MASKED_CHARS_MIN).sort((a, b) => b.length - a.length);
  const mask = (text: string): string => masked.reduce((rest, value) => rest.replaceAll(value, MASK), text);
  return { props: filled, mask, maskError: error => (values.size === 0 ? error : maskError(error, mask)) };
}

/** As a secret shows in texts of errors: as it is, in a URL, in JSON. */
function formsOf(value: string): string[] {
  const plain = value.toWellFormed();
  // A URL escapes some characters of its user part, encodeURIComponent more.
  const url = `http://${plain.replaceAll(/[/?#@:\\[\]\s]/g, encodeURIComponent)}@x`;
  const inUrl = URL.canParse(url) ? new URL(url).username : plain;
  return [plain, plain.trim(), encodeURIComponent(plain), inUrl, JSON.stringify(plain).slice(1, -1)];
}

function maskError(error: GatewayError, mask: (text: string) => string): GatewayError {
  const { code, where, message } = error;
  // Without its cause, which may hold what is masked here.
  return new GatewayError(code, mask(where), mask(message.slice(`${GATEWAY_ERRORS[code].text} ${where}: `.length)));
}

import { type Components, parsePartialReference } from '@portolan/prompt-template';

/** A partial that templates of a workspace may refer to. */
export interface ReferablePartial {
  readonly slug: string;
  readonly id: string;
  /** Of its active versions. */
  readonly numbers: readonly number[];
}

const LISTED_MAX = 20;

/** The slugs or ids that a template's references name, each once. */
export const namedPartials = ({ partials }: Components): readonly string[] => [
  ...new Set(partials.flatMap((reference) => parsePartialReference(reference)?.prompt ?? [])),
];

/** The references of a template that no partial answers to, as written. */
export const missingPartials = ({ partials }: Components, there: readonly ReferablePartial[]): readonly string[] =>
  partials.filter((written) => {
    const reference = parsePartialReference(written);
    const found = there.find(({ slug, id }) => slug === reference?.prompt || id === reference?.prompt);
    if (reference === undefined || found === undefined) return true;
    return reference.version.kind === 'number' && !found.numbers.includes(reference.version.number);
  });

/** What to tell somebody who saved a template that calls will fail with. */
export const partialWarnings = (missing: readonly string[]): readonly string[] =>
  missing
    .slice(0, LISTED_MAX)
    .map((reference) => `There is no partial ${reference} in this workspace: calls fail until there is.`);

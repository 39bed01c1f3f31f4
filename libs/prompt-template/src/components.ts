import { PromptError } from './errors.ts';
import { type Node, parseTemplate } from './parse.ts';
import { namedPartial, type Variables } from './values.ts';

/** What a template needs, each name once, in the order of first use. Stored with a version, so that readers need not parse. */
export interface Components {
  /** Names of values outside of every section. */
  readonly variables: readonly string[];
  /** References of stored partials, as written. */
  readonly partials: readonly string[];
  /** Names of variables whose values are the references of partials. */
  readonly variablePartials: readonly string[];
  readonly sections: readonly string[];
  /** Names of values inside of sections; `{{.}}` is none. */
  readonly sectionVariables: readonly string[];
}

/** @throws PromptError  `template`, as `parseTemplate` */
export const components = (template: string): Components => {
  const found = {
    variables: new Set<string>(),
    partials: new Set<string>(),
    variablePartials: new Set<string>(),
    sections: new Set<string>(),
    sectionVariables: new Set<string>(),
  };
  const visit = (nodes: readonly Node[], inSection: boolean): void => {
    for (const node of nodes) {
      if (node.kind === 'value' && node.name !== '.') {
        (inSection ? found.sectionVariables : found.variables).add(node.name);
      } else if (node.kind === 'partial') {
        (node.isVariable ? found.variablePartials : found.partials).add(node.name);
      } else if (node.kind === 'section') {
        found.sections.add(node.name);
        visit(node.children, true);
      }
    }
  };
  visit(parseTemplate(template), false);
  return {
    variables: [...found.variables],
    partials: [...found.partials],
    variablePartials: [...found.variablePartials],
    sections: [...found.sections],
    sectionVariables: [...found.sectionVariables],
  };
};

/**
 * The references of all partials to fetch before a template can be rendered with these variables, each once.
 * @throws PromptError  `missing_variable_partials`: a variable that should name a partial is no text, or empty
 */
export const partialReferences = (
  { partials, variablePartials }: Pick<Components, 'partials' | 'variablePartials'>,
  variables: Variables,
): readonly string[] => {
  const named = variablePartials.map((name) => ({ name, reference: namedPartial(variables, name) }));
  const missing = named.filter(({ reference }) => reference === undefined).map(({ name }) => name);
  if (missing.length > 0) throw new PromptError('missing_variable_partials', ...missing);
  return [...new Set([...partials, ...named.flatMap(({ reference }) => reference ?? [])])];
};

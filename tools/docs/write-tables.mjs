const code = (text) => `\`${text}\``;
const list = (names) => names.map(code).join(', ');
const row = (cells) => `| ${cells.join(' | ')} |`;

/** A Markdown table. @param rows  lists of cells, each already Markdown */
export const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/**
 * Every error that we make ourselves.
 * @param codes       rows by name: `{ http, type?, code, retryable }`
 * @param meanings    one sentence or two by name
 * @throws when one of the names has no meaning
 */
export const errorsTable = (codes, meanings) =>
  table(
    ['status', '`error.type`', '`error.code`', 'may pass', 'meaning'],
    Object.entries(codes).map(([name, { http, type = name, code: short, retryable }]) => {
      if (meanings[name] === undefined)
        throw new Error(`the error ${name} has no meaning in tools/docs/error-meanings.mjs`);
      return [String(http), code(type), short === null ? '' : code(short), retryable ? 'yes' : '', meanings[name]];
    }),
  );

const CALLS = ['chatComplete', 'complete', 'embed'];

/** The providers that can be called, those with the same endpoints in one row, most first. */
export const providersTable = (providers) => {
  const groups = new Map();
  for (const { id, endpoints } of providers) {
    const marks = CALLS.map((name) => (endpoints[name] === undefined ? '–' : 'yes'));
    const key = marks.join();
    groups.set(key, { marks, ids: [...(groups.get(key)?.ids ?? []), id] });
  }
  const rows = [...groups.values()].sort((a, b) => b.ids.length - a.ids.length);
  return table(
    ['chat', 'completions', 'embeddings', '`provider`'],
    rows.map(({ marks, ids }) => [...marks, list(ids.toSorted())]),
  );
};

/** The field without which a provider has no address, or undefined. */
const neededField = ({ baseUrl }) => {
  try {
    baseUrl({ settings: {} });
    return undefined;
  } catch (error) {
    return error.param;
  }
};

/** What a target must say besides its provider, so that there is an address to call. */
export const addressTable = (providers) => {
  const byField = new Map();
  for (const provider of providers) {
    const field = neededField(provider);
    if (field !== undefined) byField.set(field, [...(byField.get(field) ?? []), provider.id]);
  }
  return table(
    ['needs', '`provider`'],
    [...byField].map(([field, ids]) => [code(field), list(ids.toSorted())]),
  );
};

/** Names that configs may use and nobody answers to yet. */
export const notYetList = (known, providers) => {
  const callable = new Set(providers.map(({ id }) => id));
  return list([...known].filter((name) => !callable.has(name)).toSorted());
};

/** The model names of the rehearsal provider that are worth showing. */
export const rehearsalTable = (models) =>
  table(
    ['model', 'what it does'],
    models.map(({ id, description }) => [code(id), description]),
  );

/** The table inside the first docstring that has one. @param source  text of a module */
export const docstringTable = (source) => [...source.matchAll(/^ \* (\|.*\|)$/gm)].map(([, line]) => line).join('\n');

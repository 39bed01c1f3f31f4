const HEADER = `# Every variable of every service, with what holds when it is absent. Written by npm run env:example; do not edit.
# A line without # is required. No secret has its value in a variable: the files named here hold them.
`;

const exampleLine = ({ name, required, whenAbsent }) => `${required ? '' : '# '}${name}=${whenAbsent ?? ''}`;

/**
 * The text of .env.example.
 * @param services  `{ title, variables }`, variables as `readEnv` returns them
 */
export const exampleText = (services) =>
  [
    HEADER,
    ...services.map(
      ({ title, variables }) =>
        `# ── ${title}\n\n${variables.map((variable) => `# ${variable.text}\n${exampleLine(variable)}\n`).join('\n')}`,
    ),
  ].join('\n');

const cell = (text) => text.replaceAll('|', '\\|');

/** A Markdown table with one row for each variable. */
export const variablesTable = (variables) =>
  [
    '| variable | when absent | meaning |',
    '| --- | --- | --- |',
    ...variables.map(({ name, text, required, whenAbsent }) => {
      const absent = whenAbsent === undefined ? (required ? '**required**' : '') : `\`${whenAbsent}\``;
      return `| \`${name}\` | ${absent} | ${cell(text)} |`;
    }),
  ].join('\n');

/** A Markdown table of the options of the standalone command. */
export const optionsTable = (options) =>
  [
    '| flag | variable | when absent | meaning |',
    '| --- | --- | --- | --- |',
    ...options.map(({ flag, value, variable, whenAbsent, text }) => {
      const code = (content) => (content ? `\`${content}\`` : '');
      return `| ${code(flag && [flag, value].filter(Boolean).join(' '))} | ${code(variable)} | ${whenAbsent ?? ''} | ${cell(text)} |`;
    }),
  ].join('\n');

/**
 * A document with the part between `<!-- name -->` and `<!-- /name -->` replaced.
 * @throws when the marks are not there
 */
export const fillMarked = (document, name, content) => {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = document.indexOf(start);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the marks ${start} and ${end} are missing`);
  return `${document.slice(0, from + start.length)}\n\n${content}\n\n${document.slice(to)}`;
};

// Plain JavaScript, because `npm start -- --help` answers from this file before anything is installed.

/** Every option of the standalone command, in the order of the help text. */
export const OPTIONS = [
  {
    flag: '--port',
    value: 'PORT',
    variable: 'PORTOLAN_PORT',
    whenAbsent: '8787',
    text: 'Port of the gateway; 0 takes a free one.',
  },
  {
    flag: '--host',
    value: 'HOST',
    variable: 'PORTOLAN_HOST',
    whenAbsent: '127.0.0.1',
    text: 'Address the gateway listens on; 0.0.0.0 opens it to the network.',
  },
  {
    flag: '--data-dir',
    value: 'DIR',
    variable: 'PORTOLAN_DATA_DIR',
    whenAbsent: '.portolan',
    text: 'Folder of the databases, keys and logs. One running platform owns it.',
  },
  {
    variable: 'PORTOLAN_API_KEY',
    whenAbsent: 'made at the first start',
    text:
      'The API key that clients send; without it the one kept in DIR/api-key. ' +
      'A variable only: arguments are visible to every user of a machine.',
  },
  { flag: '--help', text: 'Shows this text.' },
];

const NOTES = `A flag wins over its variable. LOG_LEVEL and those GATEWAY_…, CONTROL_PLANE_… and VAULT_… variables that this
command does not set itself reach their service as they are; .env.example lists them.`;

const TEXT_WIDTH = 94;

const wrap = (text) => {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== '' && last.length + 1 + word.length > TEXT_WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => `      ${line}`).join('\n');
};

const renderOption = ({ flag, value, variable, whenAbsent, text }) => {
  const names = [flag && (value ? `${flag} ${value}` : flag), variable].filter(Boolean).join(', ');
  return `  ${names}${whenAbsent === undefined ? '' : ` (${whenAbsent})`}\n${wrap(text)}`;
};

/** The text of `--help`. */
export const renderHelp = () => `Usage: npm start -- [options]

Runs the whole platform on this machine: gateway, control plane and vault, and a rehearsal provider that needs no account.

${OPTIONS.map(renderOption).join('\n')}

${NOTES}
`;

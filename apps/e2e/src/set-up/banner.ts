/** What a start prints, as far as clients need it. */
export interface BannerFacts {
  /** With `/v1`. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly adminKeyFile: string;
}

/** @returns nothing until the last line of the banner is there */
export function readBanner(printed: string): BannerFacts | undefined {
  if (!printed.includes('Ctrl-C')) return undefined;
  const apiUrl = /^\s*Gateway\s+(\S+)$/m.exec(printed)?.[1];
  const apiKey = /^\s*API key\s+(\S+)$/m.exec(printed)?.[1];
  const adminKeyFile = /^\s*Admin key\s+in (.+)$/m.exec(printed)?.[1];
  if (apiUrl === undefined || apiKey === undefined || adminKeyFile === undefined) return undefined;
  return { apiUrl, apiKey, adminKeyFile };
}

/** A first call as it is printed, by words of its heading. */
export function printedSnippet(printed: string, client: string): string {
  const sections = printed.split(/^── /m).slice(1);
  const section = sections.find((text) => text.split('\n', 1)[0]?.includes(client));
  if (section === undefined) throw new Error(`nothing is printed for ${client}:\n${printed}`);
  return section
    .slice(section.indexOf('\n'))
    .replace(/^Ctrl-C.*$/m, '')
    .trim();
}

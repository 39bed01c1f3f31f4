const FENCE = /^( *)(`{3,})([^\n`]*)\n([\s\S]*?)^\1\2`*[ \t]*$/gm;

/**
 * The fenced blocks of a Markdown text.
 * @returns `{ language, words, text, line }`: `words` is the rest of the info string, `line` counts from 1
 */
export const fencedBlocks = (markdown) =>
  [...markdown.matchAll(FENCE)].map(({ 1: indent, 3: info, 4: body, index }) => {
    const [language = '', ...words] = info.trim().split(/\s+/);
    return {
      language,
      words,
      text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: markdown.slice(0, index).split('\n').length,
    };
  });

/** Targets of the links in a Markdown text, outside of code. */
export const linkTargets = (markdown) =>
  [
    ...markdown
      .replaceAll(FENCE, '')
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^()\s]+)\)/g),
  ].map(([, target]) => target);

/** Names that the headings of a Markdown text can be linked by. */
export const anchors = (markdown) =>
  [...markdown.replaceAll(FENCE, '').matchAll(/^#+ +(.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );

import { type SettingsSection, SWITCHES, type SwitchName } from '@portolan/access-control';
import * as z from 'zod';

/** The names of all switches. */
export const SWITCH_NAMES = Object.keys(SWITCHES).filter((name): name is SwitchName => Object.hasOwn(SWITCHES, name));

/** Sections that an organization can open to its workspaces. */
export const SECTIONS: readonly SettingsSection[] = [...new Set(SWITCH_NAMES.map((name) => SWITCHES[name].section))];

const isSection = (text: string): text is SettingsSection => SECTIONS.some((section) => section === text);

/** Every switch by its name: true, false, or null for its default. */
export const switchesField = () =>
  z.strictObject(
    Object.fromEntries(
      SWITCH_NAMES.map((name) => [name, z.boolean({ error: 'must be true, false or null' }).nullish()] as const),
    ),
  );

export const sectionsField = () =>
  z
    .array(z.string().refine(isSection, { error: `must be one of ${SECTIONS.join(', ')}` }))
    .max(SECTIONS.length)
    .transform((sections) => [...new Set(sections)]);

export const requestLoggingField = () => z.enum(['full', 'metrics'], { error: 'must be "full" or "metrics"' });

/** Switches after a change: null takes one back to its default. */
export const changedSwitches = (
  before: Readonly<Partial<Record<string, boolean>>>,
  given: Readonly<Record<string, boolean | null | undefined>> | null | undefined,
): Record<string, boolean> => {
  const after = new Map<string, boolean>();
  for (const [name, value] of Object.entries(given === null ? {} : before))
    if (value !== undefined) after.set(name, value);
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === null) after.delete(name);
    else if (value !== undefined) after.set(name, value);
  }
  return Object.fromEntries(after);
};

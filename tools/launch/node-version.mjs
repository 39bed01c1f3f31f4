/** The oldest Node.js that everything here runs on, as [major, minor]. */
export const OLDEST_NODE = [20, 19];

/**
 * Says in one sentence why this Node.js cannot be used.
 * @param version  as in `process.versions.node`, for example "20.19.0"
 * @returns undefined when it can
 */
export const nodeVersionProblem = (version) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [needMajor, needMinor] = OLDEST_NODE;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return undefined;
  return `Portolan needs Node.js ${needMajor}.${needMinor} or newer (24 LTS is recommended); this is ${version}.`;
};

/** Ends the process with the sentence above when this Node.js is too old. */
export const requireNode = () => {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem === undefined) return;
  process.stderr.write(`${problem}\n`);
  process.exit(1);
};

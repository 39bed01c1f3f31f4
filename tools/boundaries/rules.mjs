import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path/posix';

/**
 * Who may know whom. The check is a pure function over projects as data:
 * `{ name, root, tags, dependencies, files: [{ path, imports }] }`, where `path` counts from the workspace root, `imports` are
 * the specifiers as written, and `dependencies` are the package names the project's own package.json declares.
 */

/** Project types by what they may import from each other. `testing` may always be imported by tests. */
const MAY_IMPORT = {
  app: ['kit', 'store', 'providers', 'catalog', 'schema', 'proto'],
  providers: ['schema'],
  catalog: ['schema'],
  store: ['kit', 'proto'],
  kit: ['proto'],
  schema: [],
  proto: [],
  testing: ['kit', 'proto', 'providers'],
  e2e: ['testing', 'proto'],
  bench: ['testing', 'kit', 'proto'],
};

/** What every test may import besides: shapes to fill, and stores to stand on. */
const TESTS_MAY_IMPORT = new Set(['schema', 'store']);

const RUNTIMES = {
  node: ['node', 'any'],
  any: ['any'],
  web: ['any', 'web'],
};

const NETWORK_AND_DISK =
  /^(undici|fastify|@fastify\/.*|pg|ioredis|node:(https?|http2|net|tls|dgram|dns|fs|child_process)(\/.*)?)$/;

/** Packages that no project of these types may import: what they do is pure. */
const BANNED = { providers: NETWORK_AND_DISK, catalog: NETWORK_AND_DISK, schema: NETWORK_AND_DISK };

const NODE_ONLY_PACKAGE = /^(undici|fastify|@fastify\/.*|pino|pg|ioredis|kafkajs|bullmq|@grpc\/.*)$/;

/** Node's own modules that a `runtime:any` project may use all the same, each with its reason. */
export const NODE_MODULES_ALLOWED_ANYWHERE = {
  '@portolan/providers': {
    'node:crypto': 'request signing; the console imports no provider code',
    'node:buffer': 'base64 of binary frames',
  },
};

/** Types none of whose files run in production. */
const NEVER_SHIPPED = new Set(['testing', 'e2e', 'bench']);

export const isTestFile = (path) =>
  /\.(test|conformance)\.[cm]?tsx?$/.test(path) || /\/(testing|__fixtures__)\//.test(path) || /\.test\.mjs$/.test(path);

const tagValues = (project, key) =>
  project.tags.filter((tag) => tag.startsWith(`${key}:`)).map((tag) => tag.slice(key.length + 1));

const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

const findProject = (projects, path) => projects.find(({ root }) => path.startsWith(`${root}/`));

const tagProblems = (project) => {
  const type = tagValues(project, 'type');
  const runtime = tagValues(project, 'runtime');
  return [
    ...(type.length === 1 && type[0] in MAY_IMPORT ? [] : ['needs exactly one known type: tag']),
    ...(runtime.length === 1 && runtime[0] in RUNTIMES ? [] : ['needs exactly one known runtime: tag']),
  ].map((problem) => ({ rule: 'tags', where: project.name, problem }));
};

/** What is wrong with one import of a sibling project, as [rule, problem] or undefined. */
const siblingProblem = ({ type, runtime, inTest }, target) => {
  const targetType = tagValues(target, 'type')[0];
  if (targetType === 'testing') {
    return inTest || MAY_IMPORT[type].includes('testing')
      ? undefined
      : ['testing', `imports ${target.name}, which is for tests only`];
  }
  if (!MAY_IMPORT[type].includes(targetType) && !(inTest && TESTS_MAY_IMPORT.has(targetType))) {
    return ['type', `type:${type} may not import ${target.name} (type:${targetType})`];
  }
  const targetRuntime = tagValues(target, 'runtime')[0];
  return inTest || RUNTIMES[runtime].includes(targetRuntime)
    ? undefined
    : ['runtime', `runtime:${runtime} may not import ${target.name} (runtime:${targetRuntime})`];
};

/** What is wrong with one import of a package or of one of Node's own modules. */
const externalProblem = ({ project, type, runtime, inTest }, specifier, allowedAnywhere) => {
  const builtin = isBuiltin(specifier);
  if (!inTest && BANNED[type]?.test(builtin ? specifier : packageOf(specifier))) {
    return ['banned', `type:${type} may not import ${specifier}`];
  }
  if (!inTest && runtime !== 'node') {
    const nodeOnly = builtin || NODE_ONLY_PACKAGE.test(packageOf(specifier));
    if (nodeOnly && !allowedAnywhere[project.name]?.[specifier]) {
      return ['runtime', `runtime:${runtime} may not import ${specifier}`];
    }
  }
  if (builtin || inTest || NEVER_SHIPPED.has(type) || project.dependencies.includes(packageOf(specifier)))
    return undefined;
  return ['undeclared', `imports ${packageOf(specifier)}, which its package.json does not declare`];
};

const importProblem = (projects, origin, file, specifier, allowedAnywhere) => {
  if (specifier.startsWith('.')) {
    const path = join(dirname(file.path), specifier);
    const target = findProject(projects, path);
    if (target !== origin.project) return ['relative', `reaches out of its project with ${specifier}`];
    return isTestFile(path) && !origin.inTest ? ['testing', `imports test code with ${specifier}`] : undefined;
  }
  const target = projects.find(({ name }) => name === packageOf(specifier));
  if (target === undefined) return externalProblem(origin, specifier, allowedAnywhere);
  if (specifier !== target.name) return ['deep', `imports ${specifier}; ${target.name} opens through its index only`];
  return target === origin.project ? ['self', 'imports its own package by name'] : siblingProblem(origin, target);
};

const productionEdges = (projects) =>
  new Map(
    projects.map((project) => {
      const specifiers = project.files.filter(({ path }) => !isTestFile(path)).flatMap(({ imports }) => imports);
      const targets = projects.filter(
        ({ name }) => name !== project.name && specifiers.some((s) => packageOf(s) === name),
      );
      return [project.name, targets.map(({ name }) => name)];
    }),
  );

/** Every cycle once, as the names along it. */
const cycles = (edges) => {
  const found = [];
  const done = new Set();
  const visit = (name, path) => {
    if (path.includes(name)) return found.push([...path.slice(path.indexOf(name)), name]);
    if (done.has(name)) return undefined;
    for (const next of edges.get(name) ?? []) visit(next, [...path, name]);
    return done.add(name);
  };
  for (const name of edges.keys()) visit(name, []);
  return found;
};

/**
 * Every broken rule.
 * @returns `{ rule, where, problem }`, where `where` is a file or a project
 */
export const checkBoundaries = (projects, allowedAnywhere = NODE_MODULES_ALLOWED_ANYWHERE) => {
  const untagged = projects.flatMap(tagProblems);
  if (untagged.length > 0) return untagged;
  const imports = projects.flatMap((project) =>
    project.files.flatMap((file) => {
      const [type] = tagValues(project, 'type');
      const [runtime] = tagValues(project, 'runtime');
      const origin = { project, type, runtime, inTest: isTestFile(file.path) };
      return file.imports.flatMap((specifier) => {
        const found = importProblem(projects, origin, file, specifier, allowedAnywhere);
        return found === undefined ? [] : [{ rule: found[0], where: file.path, problem: found[1] }];
      });
    }),
  );
  const circles = cycles(productionEdges(projects)).map((names) => ({
    rule: 'cycle',
    where: names[0],
    problem: `is part of the cycle ${names.join(' -> ')}`,
  }));
  return [...imports, ...circles];
};

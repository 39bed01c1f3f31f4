import { Portkey } from 'portkey-ai';
import { callNode } from './call-node.ts';
import type { Json } from './json.ts';
import type { Door } from './manage.ts';
import { type CallResult, pythonProblem, runPython } from './python.ts';

type Params = Readonly<Record<string, unknown>>;

/** The management side of a published client library. Methods and parameters are named as in Python; Node's are the same in its own spelling. */
export interface ManagementSdk {
  /** Begins with the reason in capitals when it cannot run here. */
  readonly name: string;
  readonly canRun: boolean;
  call(door: Door, path: string, params: Params): Promise<CallResult>;
}

/** Parameters that Node's methods take by their place, in this order. */
const BY_PLACE: Readonly<Record<string, readonly string[]>> = {
  prompts: ['prompt_slug', 'partial_slug', 'version_id'],
  labels: ['label_id'],
  collections: ['collection_id'],
};
/** Those that make or list take no such parameter: there it is a field like any other. */
const NAMES_NOTHING =
  /^(prompts|labels|collections)\.(create|list|render)$|^prompts\.(partials|completions)\.(create|list)$/;

/** Parameters that Node spells in a way of its own. */
const SPELLED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  admin: { user_id: 'userId', invite_id: 'inviteId', workspace_id: 'workspaceId' },
  api_keys: { sub_type: 'sub-type' },
  prompts: { prompt_id: 'promptID' },
  generations: { prompt_id: 'promptID' },
  feedback: { feedback_id: 'feedbackID' },
};

const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The arguments of a method of Node's client. */
const nodeArguments = (path: string, params: Params): readonly unknown[] => {
  const area = path.split('.')[0] ?? '';
  const placed = NAMES_NOTHING.test(path) ? [] : (BY_PLACE[area] ?? []).filter((name) => name in params);
  const named = Object.entries(params)
    .filter(([name]) => !placed.includes(name))
    .map(([name, value]) => [SPELLED[area]?.[name] ?? name, value] as const);
  const body = named.length > 0 || placed.length === 0 ? [Object.fromEntries(named)] : [];
  return [...placed.map((name) => params[name]), ...body];
};

export const nodeManagement: ManagementSdk = {
  name: 'portkey-ai for Node',
  canRun: true,
  call: ({ apiUrl, apiKey }, path, params) =>
    callNode(new Portkey({ baseURL: apiUrl, apiKey }), path, path.split('.').map(camel), nodeArguments(path, params)),
};

export const pythonManagement: ManagementSdk = {
  name: `${pythonProblem}portkey-ai for Python`,
  canRun: pythonProblem === '',
  async call({ apiUrl, apiKey }, path, params) {
    const options = { client: 'portkey', base_url: apiUrl, api_key: apiKey, headers: {} };
    const result = (await runPython('sdk_calls.py', { options, calls: [{ id: path, path, params }] })).get(path);
    if (result === undefined) throw new Error(`there is no result of ${path}`);
    return result;
  },
};

/** The value of a call that has to succeed. */
export const successOf = ({ id, value, error }: CallResult): Json => {
  if (error !== null) throw new Error(`${id} raised ${JSON.stringify(error)}`);
  return value;
};

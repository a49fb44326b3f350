// Ask the services, through this page's own origin. Paths, parameters, bodies and replies are checked by the compiler
// against the services' own descriptions (routes.ts).
import { encodeKey } from "../text/keys";
import type { IngestRoutes, MetadataRoutes, SearchRoutes } from "./routes";

interface Routes {
  metadata: MetadataRoutes;
  search: SearchRoutes;
  ingest: IngestRoutes;
}
type Service = keyof Routes;
type Method = "get" | "put" | "post" | "delete";
type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type PathOf<Route> = Route extends `${Method} ${infer Path}` ? Path : never;
type Body<Operation> = Operation extends { body: infer Taken } ? Taken : never;
type Reply<Operation> = Operation extends { reply: infer Given } ? Given : never;
type Query<Operation> = Operation extends { query: infer Asked } ? Asked : never;

export interface Options<Route, Operation> {
  path?: Record<Names<PathOf<Route> & string>, string>;
  query?: Query<Operation>;
  body?: Body<Operation>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface Answer<Data> {
  data: Data;
  etag: string | null;
}

/** What went wrong, as the services say it; status 0 when nobody answered at all. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId = "",
  ) {
    super(message);
  }
}

let actor = "";

/** Say who edits from now on: sent with every request, recorded by the services. */
export function actAs(person: string): void {
  actor = /^[\x20-\x7e]*$/.test(person) ? person : encodeURIComponent(person);
}

export async function call<S extends Service, R extends keyof Routes[S] & string>(
  service: S,
  route: R,
  options: Options<R, Routes[S][R]> = {},
): Promise<Answer<Reply<Routes[S][R]>>> {
  const [method = "get", template = ""] = route.split(" ");
  const response = await send(service, method, urlOf(template, options.path ?? {}, options.query ?? {}), options);
  const text = await response.text();
  if (!response.ok) throw problemOf(response.status, text);
  return { data: (text ? JSON.parse(text) : null) as Reply<Routes[S][R]>, etag: response.headers.get("ETag") };
}

/** The data alone, for those who need no entity tag. */
export async function ask<S extends Service, R extends keyof Routes[S] & string>(
  service: S,
  route: R,
  options: Options<R, Routes[S][R]> = {},
): Promise<Reply<Routes[S][R]>> {
  return (await call(service, route, options)).data;
}

async function send(
  service: Service,
  method: string,
  url: string,
  options: { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal },
): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (actor) headers["X-Fram-Actor"] = actor;
  const init: RequestInit = { method: method.toUpperCase(), headers };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  try {
    return await fetch(`/api/${service}${url}`, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, "unreachable", "Fram does not answer. Is it running, and are you connected?");
  }
}

export function urlOf(template: string, path: Record<string, string>, query: object): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeKey(path[name] ?? ""));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, string | number | boolean | null | undefined][]) {
    if (value !== undefined && value !== null && value !== "") asked.set(name, String(value));
  }
  const text = asked.toString();
  return text ? `${filled}?${text}` : filled;
}


export function problemOf(status: number, text: string): Problem {
  try {
    const told = JSON.parse(text) as Partial<Record<"message" | "code" | "request_id", string>>;
    if (told.message) return new Problem(status, told.code ?? "unknown", told.message, told.request_id);
  } catch {
    // not one of ours: a proxy on the way, perhaps
  }
  return new Problem(status, "unknown", `The answer was ${status}, without a reason.`);
}

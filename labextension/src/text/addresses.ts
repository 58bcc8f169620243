/** `repo[@ref][/path]`, the one way to say where something is. */
export function address(repo: string, ref = '', path = ''): string {
  return repo + (ref ? `@${ref}` : '') + (path ? `/${path}` : '');
}

/** A commit id as people read it; ids may carry the name of their hash. */
export function short(id: string, length = 8): string {
  return id.replace(/^[a-z0-9]+:/, '').slice(0, length);
}

/** A ref as people read it: a whole commit id is cut, a name is not. */
export function brief(ref: string): string {
  return /^([a-z0-9]+:)?[0-9a-f]{40,}$/.test(ref) ? short(ref) : ref;
}

export interface IAddress {
  repo: string;
  ref: string;
  path: string;
}

/** Take an address apart, as `address` puts it together. */
export function parse(text: string): IAddress {
  const slash = text.indexOf('/');
  const head = slash < 0 ? text : text.slice(0, slash);
  const path = slash < 0 ? '' : text.slice(slash + 1);
  const at = head.indexOf('@');
  return at < 0
    ? { repo: head, ref: '', path }
    : { repo: head.slice(0, at), ref: head.slice(at + 1), path };
}

/** The table's name in SQL: `flights.flights` at the default ref, else `"flights@ref".flights`. */
export function sqlName(repo: string, ref: string, path: string): string {
  return `${quote(ref ? `${repo}@${ref}` : repo)}.${quote(path)}`;
}

function quote(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

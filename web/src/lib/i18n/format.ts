// A small subset of ICU MessageFormat: {name}, {n, plural, …} with # and {x, select, …}.

export type Values = Record<string, string | number>;
type Node =
  | string
  | { name: string }
  | { name: string; kind: 'plural' | 'select'; cases: Map<string, Node[]> };

const cache = new Map<string, Node[]>();

/** Fills a pattern with values. */
export function format(pattern: string, values: Values, locale: string): string {
  let nodes = cache.get(pattern);
  if (nodes === undefined) {
    nodes = new Parser(pattern).nodes();
    cache.set(pattern, nodes);
  }
  return render(nodes, values, locale, undefined);
}

function render(nodes: Node[], values: Values, locale: string, count: number | undefined): string {
  return nodes.map((node) => renderNode(node, values, locale, count)).join('');
}

function renderNode(node: Node, values: Values, locale: string, count: number | undefined): string {
  if (typeof node === 'string') {
    return count === undefined ? node : node.replaceAll('#', count.toLocaleString(locale));
  }
  const value = values[node.name];
  if (!('kind' in node)) {
    return typeof value === 'number' ? value.toLocaleString(locale) : (value ?? `{${node.name}}`);
  }
  const other = node.cases.get('other') ?? [];
  if (node.kind === 'select') return render(node.cases.get(String(value)) ?? other, values, locale, count);
  const number = Number(value);
  const category = new Intl.PluralRules(locale).select(number);
  const chosen = node.cases.get(`=${number}`) ?? node.cases.get(category) ?? other;
  return render(chosen, values, locale, number);
}

class Parser {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  nodes(): Node[] {
    const nodes: Node[] = [];
    while (this.at < this.text.length && this.text[this.at] !== '}') {
      nodes.push(this.text[this.at] === '{' ? this.argument() : this.until(/[{}]/));
    }
    return nodes;
  }

  private argument(): Node {
    this.at += 1;
    const name = this.until(/[,}]/).trim();
    if (this.take('}')) return { name };
    this.at += 1;
    const kind = this.until(/,/).trim();
    if (kind !== 'plural' && kind !== 'select') throw new Error(`unknown format ${kind} in ${this.text}`);
    this.at += 1;
    const cases = new Map<string, Node[]>();
    while (!this.take('}')) {
      if (this.at >= this.text.length) throw new Error(`unclosed pattern ${this.text}`);
      const label = this.until(/\{/).trim();
      this.at += 1;
      cases.set(label, this.nodes());
      this.at += 1;
      while (this.text[this.at] === ' ') this.at += 1;
    }
    return { name, kind, cases };
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private until(stop: RegExp): string {
    const start = this.at;
    while (this.at < this.text.length && !stop.test(this.text[this.at] ?? '')) this.at += 1;
    return this.text.slice(start, this.at);
  }
}

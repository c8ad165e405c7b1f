"""Order, identity and hashes in sets and dictionaries."""

from __future__ import annotations

from table import Case

CASES = (
    Case(
        name="the order of small sets of text",
        steps=("words = 'the quick brown fox jumps over a lazy dog and runs far away from here'.split()\n"
               "sets = [{*words[i:i + n]} for i in range(10) for n in range(2, 6)]", "sets.append(set(words))",
               "print(sets)"),
    ),
    Case(
        name="the order of a set that was once larger",
        steps=("s = set(range(200))\nfor i in range(200):\n    if i not in (1, 64, 130): s.discard(i)", "t = {64, 1, 130}", "print(s, t, s == t)"),
    ),
    Case(
        name="the order of frozen sets and of sets in one another",
        steps=("f = frozenset([8, 16, 0, 24]); g = frozenset([24, 0, 16, 8])\nouter = {f, frozenset({'b', 'a', 'c'})}", "both = [f, g]", "print(both, outer, both[0] == both[1])"),
    ),
    Case(
        name="the order of a set as it grows on",
        steps=("s = {8, 16}", "s.add(0)", "s.update([32, 24])\nprint(s, list(s - {16}))"),
    ),
    Case(
        name="a set that a loop empties",
        steps=("todo = {'delta', 'alpha', 'charlie', 'bravo'}", "first = todo.pop()", "print(first, [todo.pop() for _ in range(3)])"),
    ),
    Case(
        name="keys hashed by identity",
        steps=("class K: pass\na, b = K(), K()\nd = {a: 'a', b: 'b'}; s = {a}; f = frozenset([b])", "d[a] += '!'", "print(d[a], d[b], a in s, b in f, K() in s)"),
    ),
    Case(
        name="keys whose hash comes from their state, which holds the dictionary",
        steps=("class K:\n    def __init__(self, n): self.n = n\n    def __hash__(self): return hash(self.n)\n    def __eq__(self, o): return self.n == o.n\n"
               "k = K(1); d = {k: 1}; k.home = d", "d[K(2)] = 2", "print(d[K(1)], d[K(2)], k.home is d)"),
    ),
    Case(
        name="the order of dictionaries, also after deletion",
        steps=("d = {'b': 1, 'a': 2, 'c': 3}\ndel d['b']", "d['b'] = 4", "print(d, list(d.items()), d.popitem())"),
    ),
    Case(
        name="sentinels by identity, in defaults, values and a closure",
        steps=("MISSING = object()\nclass Empty: pass\nNONE = Empty()\ndef f(x=MISSING): return x is MISSING\n"
               "def make():\n    mark = object()\n    return lambda x=mark: x is mark\ng = make()\nd = {'k': MISSING, MISSING: NONE}",
               "d['again'] = d['k']", "print(f(), f(1), g(), g(2), d[MISSING] is NONE, d['again'] is MISSING)"),
    ),
    Case(
        name="small integers, texts and tuples compared by identity",
        steps=("a = 5; b = 'text'; t = (1, [2])\nu = t", "t2 = t", "print(a is 5 + 0, u is t, t2 is t, t[1] is u[1])\nt[1].append(3)\nprint(u)"),
    ),
    Case(
        name="iterators at their position: zip, map, enumerate, reversed, chain, count",
        steps=("import itertools as it\nxs = [1, 2, 3, 4]\nz = zip(xs, 'abcd'); m = map(str, xs); e = enumerate(xs); r = reversed(xs)\nc = it.count(5); h = it.chain(xs, 'x')",
               "next(z), next(m), next(e), next(r), next(c), next(h)", "xs.append(9)\nprint(list(z), list(m), next(e), list(r), next(c), list(h))"),
    ),
    Case(
        name="a deque, a heap, an ordered dictionary and a chain of maps in use",
        steps=("from collections import ChainMap, OrderedDict, deque\nimport heapq\nq = deque([3, 1], maxlen=3); h = [5, 2]; heapq.heapify(h)\nbase = {'a': 1}; c = ChainMap({}, base); o = OrderedDict(a=1, b=2)",
               "q.append(4); q.rotate(1); heapq.heappush(h, 1); c['b'] = 2; o.move_to_end('a')", "base['a'] = 9\nprint(q, h, dict(c), list(o))"),
    ),
    Case(
        name="bytes, arrays of the standard library, ranges, slices, complex numbers, ellipsis",
        steps=("import array\nb = bytearray(b'ab'); a = array.array('i', [1, 2]); r = range(0, 10, 3); s = slice(1, None); z = 1 + 2j; e = ...; n = float('nan')",
               "b += b'c'; a.append(3)", "print(b, a, list(r), [0, 1, 2][s], z, e is Ellipsis, n != n, -0.0)"),
    ),
    Case(
        name="a set from which elements were removed keeps its order",
        steps=("s = set(range(100)) | {1000}\nfor i in range(100):\n    if i not in {3, 50}: s.remove(i)", "print(s)", "s.add(8)\nprint(s)"),
    ),
    Case(
        name="a set of strings, its copy, a union and a frozen one keep their order",
        steps=("words = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron'.split()\ns = set(words)\ncopy = set(s)\nunion = set(words[::2]) | set(words[1::2])\n"
               "box = {'f': frozenset(union), 'nested': {frozenset(s)}}\norders = [list(x) for x in (s, copy, union, box['f'], *box['nested'])]",
               "now = [list(x) for x in (s, copy, union, box['f'], *box['nested'])]\ns.discard('mu'); s.add('rho'); popped = [s.pop(), s.pop()]",
               "print(now == orders, list(s), popped)"),
    ),
    Case(
        name="sets of instances, whose order means nothing, are found in again",
        steps=("class C: pass\ncs = [C() for _ in range(20)]\ns = set(cs[::2]) | set(cs[1::2])", "print(all(c in s for c in cs), len(s), C() in s)"),
    ),
)  # fmt: skip

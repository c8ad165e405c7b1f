"""Shared cells and parameters: replayed in each step, and overridden once a step changed them."""

from __future__ import annotations

from table import Case, Warned

CASES = (
    Case(
        name="instances of a class from a shared cell",
        shared="class C:\n    def __init__(self, v): self.v = v",
        steps=("x = C(1)", "x.v += 1", "print(isinstance(x, C), type(x) is C, x.v)"),
    ),
    Case(
        name="only the instance is asked for",
        shared="k = 2\nclass C:\n    def f(self): return k",
        steps=("x = C()", "k = 9", "print(x.f())"),
    ),
    Case(
        name="a parameter is bound to another value, and later to its own",
        parameters="level = 2",
        shared="def up(): return level",
        steps=("level = 0\nprint(up())", "level = 2", "print(level, up())", "level = 0", "if up(): level = 2", "print(level, up())"),
    ),
    Case(
        name="a shared list is replaced, and later put back",
        shared="conf = [1]\nsize = 1\ndef both(): return conf, size",
        steps=("old = conf\nconf, size = 0, 0\nprint(both())", "if size == 0: conf, size = old, 1", "conf.append(2)\nprint(both(), old is conf)"),
    ),
    Case(
        name="a shared dictionary is mutated",
        shared="config = {'a': 1}",
        steps=("config['a'] = 2", "config['b'] = 3", "print(config)"),
    ),
    Case(
        name="a shared dictionary is mutated after something refers to it",
        shared="config = {'a': 1}",
        steps=("holder = [config]", "config['a'] = 2", "print(holder, holder[0] is config)"),
    ),
    Case(
        name="a shared dictionary is rebound after something refers to it",
        shared="config = {'a': 1}",
        steps=("holder = [config]", "config = {}", "print(holder, config)"),
    ),
    Case(
        name="a shared dictionary is mutated, then rebound, after something refers to it",
        shared="config = {'a': 1}",
        steps=("holder = [config]", "config['a'] = 2", "config = {}", "print(holder, config)", "holder[0]['b'] = 3",
               "config = holder[0]\nconfig['c'] = 4\nprint(holder)"),
    ),
    Case(
        name="a shared dictionary is mutated and rebound in one step after something refers to it",
        shared="config = {'a': 1}",
        steps=("holder = [config]", "config['a'] = 2\nkept = config\nconfig = {}",
               "print(holder, config, holder[0] is kept)\nkept['z'] = 1", "print(holder, config, kept)"),
    ),
    Case(
        name="a shared dictionary is mutated, then deleted, after something refers to it",
        shared="config = {'a': 1}",
        steps=("holder = [config]", "config['a'] = 2", "del config", "print(holder, 'config' in globals())"),
    ),
    Case(
        name="shared lists change and swap their names after something refers to them",
        shared="p = [1]\nq = [2]",
        steps=("h = [p, q]", "p.append(5)\np, q = q, p", "q.append(6)\nprint(h)", "print(h, p, q, h[0] is q, h[1] is p)",
               "p = 0; q = 0", "h[0].append(7)\nprint(h)"),
    ),
    Case(
        name="a shared class changes, and is defined anew after something refers to it",
        shared="class C:\n    n = 0\n    def f(self): return self.n",
        steps=("x = C()", "C.n = 5", "class C:\n    n = 9\ny = C()", "print(x.n, y.n, isinstance(x, C), x.f())",
               "type(x).n = 6\nz = type(x)()", "print(x.n, z.n, type(z) is type(x), y.n)"),
    ),
    Case(
        name="a shared list that shared classes and functions hold changes and is rebound",
        shared="xs = [1]\nclass D: held = xs\ndef f(to=xs): to.append(9)",
        steps=("h = [xs, f]; i = D()", "xs.append(2)\nf()", "xs = 0", "print(h[0], i.held, D.held is h[0], h[1] is f)",
               "D = 0\nf = 0", "i.held.append(3); h[1]()\nprint(h[0])"),
    ),
    Case(
        name="a part of a shared dictionary is mutated under another name",
        shared="config = {'xs': [1]}",
        steps=("xs = config['xs']", "xs.append(2)", "print(config)"),
    ),
    Case(
        name="a shared registry of functions",
        shared="registry = {}\ndef register(f):\n    registry[f.__name__] = f\n    return f",
        steps=("@register\ndef f(): return 1", "@register\ndef g(): return f() + 1",
               "print(sorted(registry), registry['f'] is f, g())"),
    ),
    Case(
        name="a shared class counts its instances",
        shared="class C:\n    n = 0\n    def __init__(self): C.n += 1",
        steps=("a = C()", "b = C()", "print(C.n, isinstance(a, C), isinstance(b, C))"),
    ),
    Case(
        name="shared objects change in a step that names only what refers to them",
        shared="class Base:\n    tally = [0]\nxs = []\nconf = {'k': []}",
        parameters="columns = ['a']",
        steps=("class D(Base): pass\nadd = xs.append\npart = conf['k']\nmore = columns.append",
               "D.tally.append(1); add(2); part.append(3); more('b')\nprint(len(part))",
               "print(Base.tally, D.tally is Base.tally, xs, conf, columns)\nadd(4); print(xs)"),
    ),
    Case(
        name="a shared constant is rebound",
        shared="k = 1\ndef f(): return k",
        steps=("k = 2", "print(f())", "print(f(), k)"),
    ),
    Case(
        name="a shared object that cannot be carried is made anew, and referred to",
        expected=Warned("ML108"),
        shared="import threading\nlock = threading.Lock()\nclass Safe:\n    def __init__(self): self.lock = lock",
        steps=("s = Safe()", "print(s.lock is lock)"),
    ),
    Case(
        name="a shared lru_cache function and a shared partial",
        expected=Warned("ML108"),
        shared="import functools\n@functools.cache\ndef f(x): return [x]\np = functools.partial(f, 3)",
        steps=("kept = [f, p]", "print(kept[0] is f, kept[1] is p, p())"),
    ),
    Case(
        name="a bound method of a shared class",
        shared="class C:\n    def m(self): return self.v",
        steps=("c = C(); c.v = 1; c.cb = c.m", "c.v = 2", "print(c.cb())"),
    ),
    Case(
        name="a bound method of a shared class, which then gets another method of that name",
        shared="class C:\n    def m(self): return 1",
        steps=("c = C(); f = c.m; g = C.m", "C.m = lambda self: 2", "print(f(), g(c), c.m(), f.__self__ is c)",
               "print(f(), f.__func__ is g, type(c) is C)"),
    ),
    Case(
        name="a parameter is rebound",
        parameters="n = 3",
        steps=("n = n + 1", "n *= 10", "print(n)"),
    ),
    Case(
        name="a parameter is bound back to its value",
        parameters="n = 3",
        steps=("n = 4", "n = 3", "print(n)"),
    ),
    Case(
        name="a list parameter is mutated over an alias",
        parameters="columns = ['a']",
        steps=("mine = columns", "mine.append('b')", "print(columns, mine is columns)"),
    ),
    Case(
        name="an untouched parameter stays with its cell",
        parameters="path = 'data.csv'",
        shared="limit = 5",
        steps=("x = len(path)", "x += limit", "print(x, path, limit)"),
    ),
    Case(
        name="a shared cell seeds, a step draws",
        shared="import random\nimport numpy as np\nrandom.seed(1); np.random.seed(1)",
        steps=("a = random.random(), np.random.rand()", "b = random.random(), np.random.rand()",
               "print(a != b, round(random.random(), 6), round(np.random.rand(), 6))"),
    ),
    Case(
        name="a shared cell changes the environment and sys.path once",
        shared="import os, sys\nos.environ['N'] = os.environ.get('N', '') + 'x'\nsys.path.append('extra')",
        steps=("os.environ['M'] = '1'\nsys.path.insert(0, 'first')", "sys.path.append('last')",
               "print(os.environ['N'], os.environ['M'], sys.path.count('extra'), sys.path[0], sys.path[-1])"),
    ),
)  # fmt: skip

"""How names are bound, read and deleted."""

from __future__ import annotations

from table import Case, Refused, Warned

CASES = (
    Case(
        name="comprehensions keep their variables, a walrus in one does not",
        steps=("i = 'outer'\nsquares = [i * i for i in range(3)]\nlast = [(seen := x) for x in (1, 2)]",
               "if (n := len(squares)) > 2: i += '!'",
               "print(i, n, seen, {k: v for k, v in zip('ab', squares)}, sum(x for x in last))"),
    ),
    Case(
        name="match binds by sequence, mapping, class and as",
        steps=("class P:\n    __match_args__ = ('x', 'y')\n    def __init__(self, x, y): self.x, self.y = x, y",
               "match [P(1, 2), {'k': 3, 'm': 4}, [5, 6, 7]]:\n"
               "    case [P(a, y=b), {'k': c, **rest}, [d, *tail] as whole]:\n        hit = True",
               "print(a, b, c, rest, d, tail, whole, hit)"),
    ),
    Case(
        name="a match that does not match binds nothing",
        steps=("v = 'before'\nmatch 5:\n    case str(v): pass\n    case _: other = 'no text'", "print(v, other)"),
    ),
    Case(
        name="with, for and its else, while, and what they leave bound",
        steps=("from contextlib import nullcontext\nwith (nullcontext([1]) as a, nullcontext(2) as b): inside = a",
               "for i, (j, *k) in enumerate(['abc', 'def']): a.append(j)\nelse:\n    done = i",
               "while b: b -= 1\nprint(a, b, inside is a, i, j, k, done)"),
    ),
    Case(
        name="the name of an exception is unbound after its handler",
        steps=("e = 'mine'\ntry:\n    1 / 0\nexcept ZeroDivisionError as e:\n    text = str(e)",
               "print(text, 'e' in globals())"),
    ),
    Case(
        name="the name of an exception takes an earlier step's variable with it, if its handler runs",
        steps=("e, f = 'mine', 'mine'",
               "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    pass\n"
               "try:\n    1 / 1\nexcept ZeroDivisionError as f:\n    pass",
               "print('e' in globals(), f)"),
    ),
    Case(
        name="a name is bound and deleted in a step that does not read it",
        steps=("import os\na, b, c = 'abc'",
               "a = 1\ndel a\nwith open(os.devnull) as b:\n    pass\ndel b\nif os.sep == 'x':\n    c = 1\n    del c",
               "try:\n    print(a)\nexcept NameError:\n    print('no a')\ntry:\n    print(b)\nexcept NameError:\n    print('no b')\n"
               "print(c)"),
    ),
    Case(
        name="an exception group, split",
        steps=("try:\n    raise ExceptionGroup('g', [ValueError('v'), TypeError('t')])\n"
               "except* ValueError as group:\n    values = group.exceptions\n"
               "except* TypeError as group:\n    types = [str(x) for x in group.exceptions]",
               "print(values, types)"),
    ),
    Case(
        name="an import that may fail, and what stands in for it",
        steps=("try:\n    import no_such_module as fast\nexcept ImportError:\n    import json as fast",
               "try:\n    from no_such_module import dumps\nexcept ImportError:\n    dumps = fast.dumps",
               "print(fast.__name__, dumps([1]))"),
    ),
    Case(
        name="a conditional definition, and another later",
        steps=("flag = 1\nif flag:\n    def f(): return 'then'\nelse:\n    def f(): return 'else'\nclass C: pass",
               "if flag > 1:\n    def f(): return 'never'\nif flag:\n    class C:\n        v = 2",
               "print(f(), C.v)"),
    ),
    Case(
        name="a name that is bound only on a path not taken",
        steps=("ready = False", "if ready:\n    data = [1]",
               "try:\n    print(data)\nexcept NameError:\n    print('no data')"),
    ),
    Case(
        name="a shadowed builtin, and the builtin again",
        steps=("list = [1, 2]\nmax = lambda *a: 'mine'", "print(list, max(1, 2))\ndel list", "print(list('ab'), max(3))"),
    ),
    Case(
        name="a star import of a module beside the notebook, over a name of the notebook",
        files={"tools.py": "__all__ = ['scale', 'RATE']\nRATE = 3\ndef scale(x): return x * RATE\n"},
        steps=("RATE = 1\nfrom tools import *", "RATE += 1", "print(RATE, scale(2))"),
    ),
    Case(
        name="unicode names, and one that is normalised",
        steps=("größe = 10 ** 40\nπ = 3.5\nﬁ = 'ligature'", "größe += 1\nfi += '!'", "print(größe, π, ﬁ)"),
    ),
    Case(
        name="names that begin with an underscore",
        steps=("_private = [1]\n__dunderish = 2\ndef _f(): return _private", "_private.append(__dunderish)",
               "print(_f(), _private, __dunderish)"),
    ),
    Case(
        name="names that begin with an underscore, read by a text",
        steps=("_private = [1]", "_private.append(2)", "print(eval('_private'), '_private' in globals())"),
    ),
    Case(
        name="global and nonlocal in nested functions",
        steps=("total = 0\ndef outer():\n    count = 0\n    def inner():\n        global total\n        nonlocal count\n"
               "        total += 1\n        count += 1\n        return count\n    return inner\ntick = outer()",
               "tick(); tick()", "print(tick(), total)"),
    ),
    Case(
        name="a global that only a function binds",
        steps=("def init():\n    global late\n    late = [1]", "init()", "late.append(2)\nprint(late)"),
    ),
    Case(
        name="unpacking, chained and augmented assignment, annotation without a value",
        steps=("a, *b = c = [1, 2, 3]\nx: int\ny: int = 5", "y **= 2\nb += [4]\nc *= 2", "print(a, b, c, y)"),
    ),
    Case(
        name="del of a slice, an item, an attribute and a name",
        steps=("xs = list(range(6)); d = {'a': 1, 'b': 2}\nclass C: pass\nc = C(); c.v = 1; gone = 1",
               "del xs[1:3], d['a'], c.v, gone", "print(xs, d, vars(c), 'gone' in globals())"),
    ),
    Case(
        name="the notebook's own module binds names",
        steps=("import __main__\nimport sys\n__main__.made = [1]\nsetattr(sys.modules['__main__'], 'other', made)",
               "made.append(2)", "print(made, other is made)"),
    ),
    Case(
        name="exec binds names, globals() and vars() do",
        steps=("exec('made = [1]\\ndef f(): return made')\nglobals()['other'] = 2\nvars()['third'] = 3",
               "made.append(other)", "print(f(), other, third, [k for k in ('made', 'none') if k in globals()])"),
    ),
    Case(
        name="a function of an earlier step reads and binds what texts name",
        steps=("def value(text): return eval(text)\ndef run(text): exec(text, globals())", "n = [1]\nrun('m = [2]')",
               "print(value('n + m'))\nrun('n.append(3); k = n')", "print(n, k is n)"),
    ),
    Case(
        name="instances of a shared class show what their texts name",
        shared="class Show:\n    def __init__(self, *texts): self.texts = texts\n"
               "    def __repr__(self): return ' '.join(f'{t}={eval(t)}' for t in self.texts)",
        steps=("a = [1]\nb = 2", "both = Show('a', 'b + 1')", "a.append(2)", "both"),
    ),
    Case(
        name="a function of an earlier step queries with a name",
        steps=("import pandas as pd\ndef above(df): return df.query('a > @limit').a.tolist()", "limit = 2",
               "print(above(pd.DataFrame({'a': [1, 2, 3]})))"),
    ),
    Case(
        name="type parameters of functions and classes",
        python=(3, 12),
        steps=("limit = 2\ndef first[T: int](xs: list[T]) -> T: return xs[limit - 1]\n"
               "class Box[T]:\n    def __init__(self, v: T): self.v = v\n    def get[U](self, other: U) -> T | U: return self.v or other",
               "limit -= 1\nbox = Box[int](3)", "print(first([1, 2]), box.get(1), isinstance(box, Box), Box.__type_params__)"),
    ),
    Case(
        name="f-strings with their own quotes inside",
        python=(3, 12),
        steps=("d = {'k': [1]}\nwidth = 6", "d['k'].append(width)", "print(f'{f'{d['k']}':>{width + 4}}', f'{'\\n'.join(['a', 'b'])}')"),
    ),
    Case(
        name="comprehensions in comprehensions, in classes and with lambdas",
        steps=("xs, ys, z = [1], [2], 3", "ys += [z]\nu = 'outer'",
               "class C:\n    both = [[x + z for x in xs] for _ in ys]\nfs = [lambda: (z, u) for u in ys]\n"
               "print(C.both, [f() for f in fs], {k: v for k, v in zip(xs, ys) if z}, {u for u in xs}, u)"),
    ),
    Case(
        name="text that reads names: eval, format, query, template",
        steps=("import pandas as pd\nlimit, key = 2, 'a'\ndf = pd.DataFrame({'a': [1, 2, 3]})",
               "limit -= 1\nword = 'limit'",
               "print(eval('limit + 1'), df.query('a > @limit').a.tolist(), f'{limit:>{len(key) + 2}}',\n"
               "      '{limit}'.format(**globals()), globals()[word])"),
    ),
    Case(
        name="a name is bound again as another kind of thing",
        steps=("x = 1\ndef y(): return x", "def x(): return 'function'\ny = [x]", "import math as x\nprint(x.pi, y[0]())"),
    ),
    Case(
        name="a function deletes a global",
        steps=("temp = 1\nkeep = 2\ndef drop():\n    global temp\n    del temp", "drop()", "print('temp' in globals(), keep)"),
    ),
    Case(
        name="annotations of the future",
        shared="from __future__ import annotations",
        steps=("def f(x: Later) -> Later: return x", "class Later: pass", "def g(y: Never): return y\nprint(f.__annotations__, g(1))"),
    ),
    Case(
        name="annotations of the future, imported in a step",
        steps=("from __future__ import annotations", "def g(y: Never): return y\nprint(g(1))"),
    ),
    Case(
        name="annotations of the future for one step's decorator, function and variable",
        steps=("from __future__ import annotations\nn: int = 1", "m: Never = 2\nclass C:\n    x: Nothing = n\nprint(C.__annotations__, m)"),
    ),
    Case(
        name="annotations of variables, read in a later step",
        steps=("x: int = 1\nprint(__annotations__)", "y: str = ''\nprint(sorted(__annotations__))"),
        expected=Refused("ML309"),
    ),
    Case(name="a name that nothing binds", steps=("x = 1", "print(x + undefined_name)"), expected=Refused("ML301")),
    Case(name="a name bound only below", steps=("print(later)", "later = 1"), expected=Refused("ML302")),
    Case(name="a name read after it was deleted", steps=("x = 1\ndel x", "print(x)"), expected=Refused("ML303")),
    Case(
        name="a function mentions a name that no cell binds, and is not called",
        steps=("def f(): return never_bound", "print(f.__name__)"),
        expected=Warned("ML306"),
    ),
    Case(
        name="imports of every form, used in other steps",
        steps=("import os.path as p, xml.etree.ElementTree\nfrom math import *\nfrom random import Random as R",
               "print(p.join('a', 'b'), sqrt(16), R(1).random())\n"
               "print(xml.etree.ElementTree.fromstring('<a b=\"1\"/>').attrib)",
               "import collections.abc\nprint(isinstance([], collections.abc.Sized))"),
    ),
    Case(
        name="names that come and go",
        steps=("x, y = 1, [1]\nfor i in range(3): pass", "del x\ny = y + [2]\nif len(y) > 5:\n    i = 'never'",
               "print('x' in dir(), y, i)"),
    ),
    Case(
        name="names that are deleted, and bound again where syntax does not say so for certain",
        parameters="n = 2",
        steps=("a, b, c = 1, 2, 3\ndef again():\n    global c\n    c = 4\ndel n, c\nif a > 5: del b\nprint([(n := i) for i in range(2)])",
               "again()\nprint(n, b, c)", "print(n, b, c)"),
    ),
    Case(
        name="a parameter deleted by a step that does not read it",
        parameters="m = 2",
        steps=("for m in range(3):\n    pass\ndel m", "print('m' in globals())"),
    ),
    Case(
        name="a deleted parameter, bound again by who misses it",
        parameters="n = 1",
        shared="k = [1]",
        steps=("del n, k", "def known(name):\n    return name in globals()\nprint(known('n'), known('k'))",
               "try:\n    n\nexcept NameError:\n    n = 5\nprint(n, known('k'))"),
    ),
)  # fmt: skip

"""Functions, closures and what decorates them."""

from __future__ import annotations

from table import Case, Warned

CASES = (
    Case(
        name="a function reads a global rebound later",
        steps=("k = 10\ndef f(x): return x * k", "k = 25", "print(f(2))"),
    ),
    Case(
        name="a function reads a global bound later, asked for by name",
        steps=("def f(): return k + 1", "k = 4", "print(f())"),
    ),
    Case(
        name="a function mutates a global",
        steps=("seen = []\ndef note(x): seen.append(x)", "note(1)", "note(2); print(seen)"),
    ),
    Case(
        name="a function assigns a global",
        steps=("n = 0\ndef up():\n    global n\n    n += 1", "up(); up()", "up(); print(n)"),
    ),
    Case(
        name="only the function is asked for, and what it reads comes with it",
        steps=("w = [3]\ndef g(): return w\ndef f(): return g()", "print(f())"),
    ),
    Case(
        name="functions that are called where they are defined",
        parameters="rate = 3",
        steps=(
            "days = {'mon': 1, 'tue': 2}",
            "def found(part):\n    return sorted(d for d in days if part in d)\nprint(found('u'))",
            "print([*map(lambda v: v * rate, days.values())])",
        ),
    ),
    Case(
        name="two functions share a closure cell",
        steps=(
            "def make():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n"
            "    def get(): return n\n    return up, get\nup, get = make()",
            "up()",
            "up(); print(get())",
        ),
    ),
    Case(
        name="a closure refers to itself",
        steps=(
            "def make():\n    def fact(n): return 1 if n < 2 else n * fact(n - 1)\n    return fact\n"
            "fact = make()",
            "print(fact(5), fact.__closure__[0].cell_contents is fact)",
        ),
    ),
    Case(
        name="closures refer to each other",
        steps=(
            "def make():\n    def even(n): return n == 0 or odd(n - 1)\n"
            "    def odd(n): return n != 0 and even(n - 1)\n    return even, odd\n"
            "even, odd = make()",
            "print(even(10), odd(7), even.__closure__[0].cell_contents is odd)",
        ),
    ),
    Case(
        name="recursion and mutual recursion over globals",
        steps=(
            "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
            "def a(n): return n if n < 1 else b(n - 1)\ndef b(n): return a(n - 1)",
            "print(fib(10), a(9))",
        ),
    ),
    Case(
        name="an empty closure cell is filled later",
        steps=(
            "def make():\n    def read(): return late\n    def fill(v):\n        nonlocal late\n"
            "        late = v\n    if False: late = 0\n    return read, fill\nread, fill = make()",
            "fill(7)",
            "print(read())",
        ),
    ),
    Case(
        name="a mutable default goes on",
        steps=("def f(x, acc=[]):\n    acc.append(x)\n    return acc", "f(1)", "print(f(2))"),
    ),
    Case(
        name="keyword defaults, annotations, attributes, name and doc",
        steps=(
            'def f(a: int, *, k: "str" = "v") -> list[int]:\n    "Doc."\n    return k\n'
            "f.calls = [0]\nf.__name__ = 'renamed'",
            "f.calls.append(1)",
            "print(f(1), f.__annotations__, f.calls, f.__name__, f.__qualname__, f.__doc__,"
            " f.__module__)",
        ),
    ),
    Case(
        name="lru_cache",
        expected=Warned("ML313"),
        steps=(
            "from functools import lru_cache\n@lru_cache(maxsize=7)\ndef fib(n):\n"
            "    return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib.tag = 'x'",
            "print(fib(30), fib.cache_info().maxsize, fib.tag, fib.__name__)",
        ),
    ),
    Case(
        name="lru_cache within a closure that refers to it",
        expected=Warned("ML313"),
        steps=(
            "from functools import lru_cache\ndef make():\n    @lru_cache(None)\n    def f(n):\n"
            "        return 1 if n < 2 else n * f(n - 1)\n    return f\nf = make()",
            "print(f(6), f.__wrapped__.__closure__[0].cell_contents is f)",
        ),
    ),
    Case(
        name="what an lru_cache kept is not carried",
        expected=Warned("ML313", differs="c"),
        steps=(
            "import functools\n@functools.cache\ndef f(x): return [x]",
            "f(1).append(2)",
            "print(f(1), f.cache_info())",
        ),
    ),
    Case(
        name="singledispatch",
        steps=(
            "from functools import singledispatch\n@singledispatch\ndef show(x): return 'any'\n"
            "@show.register\ndef _(x: int): return 'int'",
            "@show.register\ndef _(x: str): return 'str'",
            "print(show(1), show('a'), show(1.5))",
        ),
    ),
    Case(
        name="a decorator with wraps and a registry",
        steps=(
            "import functools\nregistry = {}\ndef register(f):\n    @functools.wraps(f)\n"
            "    def wrapper(*a): return f(*a) + 1\n    registry[f.__name__] = wrapper\n"
            "    return wrapper\n@register\ndef f(x): return x",
            "@register\ndef g(x): return 2 * x",
            "print(sorted(registry), registry['f'] is f, f(1), registry['g'](2), f.__wrapped__(1))",
        ),
    ),
    Case(
        name="partial and bound method",
        steps=(
            "import functools\nbox = []\nput = functools.partial(box.append)\npush = box.append\n"
            "class C:\n    def __init__(self): self.n = 0\n    def up(self): self.n += 1\n"
            "c = C()\nup = c.up",
            "put(1); push(2); up()",
            "up(); print(box, c.n, up.__self__ is c)",
        ),
    ),
    Case(
        name="a lambda in a dictionary of a class instance",
        steps=(
            "class Box: pass\nb = Box()\nb.rules = {'double': lambda x: factor * x}\nfactor = 2",
            "factor = 5",
            "print(b.rules['double'](3))",
        ),
    ),
    Case(
        name="an alias of a function is the function",
        steps=("def f(): return 1\ng = f\ntable = {f: 'f'}", "print(g is f, table[g])"),
    ),
    Case(
        name="a comprehension and a generator function",
        steps=("base = 3\ndef gen(n):\n    yield from (base * i for i in range(n))", "print(list(gen(3)))"),
    ),
    Case(
        name="a function made by exec in a dictionary of its own",
        steps=("space = {'k': 2}\nexec('def f(x): return x * k', space)\nf = space['f']",
               "space['k'] = 10", "print(f(3))"),
    ),
    Case(
        name="a shadowed builtin that a function reads",
        steps=("def sum(xs): return 'mine'\ndef f(): return sum([1])", "print(f())"),
    ),
    Case(
        name="a coroutine function",
        steps=("import asyncio\nasync def f(): return 3", "print(asyncio.run(f()))"),
    ),
    Case(
        name="the source of a function, for tracebacks and inspect",
        steps=(
            "# first line\ndef f(\n    x,\n):\n    return [\n        x,\n    ]\ndef h(): return f(1)",
            "import inspect\nprint(inspect.getsource(f), inspect.getsource(h))",
            "import inspect, traceback\ndef g(): raise ValueError\nprint(inspect.getsource(h), inspect.getsource(f))",
        ),
    ),
    Case(
        name="globals() kept in a variable is the namespace",
        steps=("g = globals()\nx = 1", "g['y'] = 2", "print(g is globals(), y, g['x'])"),
    ),
    Case(
        name="a contextmanager function",
        steps=(
            "from contextlib import contextmanager\nlog = []\n@contextmanager\ndef noting(x):\n"
            "    log.append(x)\n    yield\n    log.append(-x)",
            "with noting(1): pass",
            "with noting(2): pass\nprint(log)",
        ),
    ),
)  # fmt: skip

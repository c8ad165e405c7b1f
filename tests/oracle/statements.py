"""The statements that random programs are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """A template.

    Attributes:
        source: ``{0}``, ``{1}`` … are the names taken, ``{new}`` and ``{other}`` those bound,
            ``{n}`` a small number.
        takes: kinds of the names taken; of ``KINDS``.
        gives: kinds of the names bound.
        pins: a function may assign the first name later: it keeps its kind for ever.
        deletes: the first name is not bound any more.
        refusable: binds what cannot be carried.
    """

    source: str
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    pins: bool = False
    deletes: bool = False
    refusable: bool = False


_SINGLE = (
    "int", "tuple", "list", "dict", "set", "numbers", "deque", "array", "objects", "frame",
    "series", "func", "cached", "bound", "class", "instance", "iterator", "generator", "module",
    "path", "rng", "numpy rng", "enum",
)  # fmt: skip
KINDS = {kind: frozenset({kind}) for kind in _SINGLE} | {
    "any": frozenset(_SINGLE),
    "callable": frozenset({"func", "cached", "bound"}),
    "attributed": frozenset({"func", "cached", "instance", "class"}),
    "hashable": frozenset({"int", "tuple of ints", "func", "class", "instance", "module"}),
    "sized": frozenset({"list", "dict", "set", "numbers", "deque", "array"}),
}


def _s(source: str, *takes: str, gives: str | tuple[str, ...] = (), **more: bool) -> Statement:
    return Statement(source, takes, (gives,) if isinstance(gives, str) else gives, **more)


NAMES = (
    _s("{new} = {0}", "list", gives="list"),
    _s("{new} = {0}", "dict", gives="dict"),
    _s("{new} = {0}", "array", gives="array"),
    _s("{new} = {0}", "frame", gives="frame"),
    _s("{new} = {0}", "instance", gives="instance"),
    _s("{new} = {0}", "class", gives="class"),
    _s("{new} = {0}", "func", gives="func"),
    _s("{new} = {n}", gives="int"),
    _s("del {0}", "any", deletes=True),
    _s("print({0} is {1})", "any", "any"),
    _s("for {new} in range({n} + 1):\n    pass", gives="int"),
    _s("print([({new} := i) for i in range({n} + 1)])", gives="int"),
    _s("try:\n    1 / 0\nexcept ZeroDivisionError as {0}:\n    print({0})", "any", deletes=True),
    _s("if len({0}) > {n}:\n    {1} = [{0}]", "sized", "list"),
    _s("match {n}:\n    case 0:\n        {0} = [0]\n    case {new}:\n        pass\n{new} = {n}",
       "list", gives="int"),
    _s("with open(os.devnull) as {0}:\n    pass\ndel {0}", "any", deletes=True),
    _s("{0}, {1} = {1}, {0}", "list", "list"),
    _s("import os.path as {new}", gives="module"),
    _s("import collections.abc, json as {new}\nprint(collections.abc.Sized.__name__)",
       gives="module"),
    _s("from math import pi as {new}\nprint({new})\n{new} = {n}", gives="int"),
)  # fmt: skip

CONTAINERS = (
    _s("{new} = [{n}, {n}]", gives="list"),
    _s("{new} = [{0}, {1}]", "any", "any", gives="list"),
    _s("{0}.append({1})", "list", "any"),
    _s("{0} += [{1}]", "list", "any"),
    _s("{0}[:1] = [{1}]", "list", "any"),
    _s("del {0}[:1]", "list"),
    _s("{new} = list({0})", "list", gives="list"),
    _s("{new} = {{'k': {0}}}", "any", gives="dict"),
    _s("{0}['k'] = {1}", "dict", "any"),
    _s("{0}[{n}] = {1}", "dict", "any"),
    _s("{0}.update({1})", "dict", "dict"),
    _s("{new} = {0}.setdefault({n}, [{n}])\n{new} = [{new}]", "dict", gives="list"),
    _s("{new} = collections.defaultdict(list)\n{new}['k'].append({0})", "any", gives="dict"),
    _s("{new} = {{{n}, 9}}", gives="set"),
    _s("{0}.add({1})", "set", "hashable"),
    _s("{new} = set(range({n}, 33, 8))", gives="numbers"),
    _s("{new} = {{{n}, 'one', 17, 'two', 9, 25}}", gives="numbers"),
    _s("{new} = {0} | {1}", "numbers", "numbers", gives="numbers"),
    _s("{0}.update(range(40, 40 + 8 * {n}, 8))", "numbers"),
    _s("{0}.difference_update(range(9, {n} * 16, 8))", "numbers"),
    _s("show(call({0}.pop))", "numbers"),
    _s("{new} = list({0})", "numbers", gives="list"),
    _s("{new} = frozenset({0})\n{new} = ({new}, {0})", "numbers", gives="tuple"),
    _s("{new} = collections.deque([{0}], maxlen=2)", "any", gives="deque"),
    _s("{0}.append({1})", "deque", "any"),
    _s("{new} = ({0}, {n})", "any", gives="tuple"),
    _s("{new} = {0}[0]\n{new} = ({new}, {0})", "tuple", gives="tuple"),
)

FUNCTIONS = (
    _s("def {new}():\n    return {0}", "any", gives="func"),
    _s("{new} = lambda: [{0}, {1}]", "any", "any", gives="func"),
    _s("def {new}(x={0}):\n    return x", "any", gives="func"),
    _s("def {new}(x=[]):\n    x.append({n})\n    return x", gives="func"),
    _s("def {new}():\n    global {0}\n    {0} = {0} + [{n}]", "list", gives="func", pins=True),
    _s("def {new}():\n    global {0}\n    {0} = [{n}]\n    return {0}", "list", gives="func",
       pins=True),
    _s("def {new}():\n    {0}.append({n})", "list", gives="func"),
    _s("def {new}():\n    {0}.append({n})\n    return {0}\nshow(call({new}))", "list",
       gives="func"),
    _s("def {new}():\n    return {0}(), {1}\nshow(call({new}))", "callable", "any",
       gives="func"),
    _s("{new} = [f() for f in [lambda: {0}]]", "any", gives="list"),
    _s("def {new}():\n    {0}['k'] = {1}", "dict", "any", gives="func"),
    _s("def {new}():\n    return {0}()", "callable", gives="func"),
    _s("def {new}():\n    return call({0}), call({1})", "callable", "callable", gives="func"),
    _s("def pair():\n    n = [{n}]\n    def up():\n        nonlocal n\n        n = [*n, {n}]\n"
       "        return n\n    def get():\n        return n\n    return up, get\n"
       "{new}, {other} = pair()", gives=("func", "func")),
    _s("def keep(x):\n    return lambda: x\n{new} = keep({0})", "any", gives="func"),
    _s("def count():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n"
       "        return n, {0}\n    return up\n{new} = count()", "any", gives="func"),
    _s("def wrap(fn):\n    @functools.wraps(fn)\n    def inner():\n        {1}.append(1)\n"
       "        return fn()\n    return inner\n{new} = wrap({0})", "func", "list", gives="func"),
    _s("def register(fn):\n    {0}.append(fn)\n    return fn\n\n@register\ndef {new}():\n"
       "    return len({0})", "list", gives="func"),
    _s("@functools.lru_cache\ndef {new}():\n    return [{0}]", "any", gives="cached"),
    _s("@functools.lru_cache(maxsize=None)\ndef {new}(x={n}):\n    return [x]", gives="cached"),
    _s("print({0}.cache_info())", "cached"),
    _s("{new} = functools.partial({0}, {1})", "callable", "any", gives="bound"),
    _s("{0}.note = {1}", "attributed", "any"),
    _s("show(call({0}))", "callable"),
    _s("{new} = [call({0})]", "callable", gives="list"),
    _s("{new} = [call({0}) for _ in range(2)]", "callable", gives="list"),
    _s("print(call({0}) is call({0}))", "callable"),
)  # fmt: skip

CLASSES = (
    _s("class {new}:\n    tally = [{n}]\n\n    def __init__(self):\n        self.own = [{n}]\n\n"
       "    def add(self):\n        self.own.append({0})\n        {new}.tally.append({n})\n"
       "        return self.own", "any", gives="class"),
    _s("class {new}({0}):\n    def add(self):\n        return [super().add(), {n}]", "class",
       gives="class"),
    _s("class {new}({0}):\n    tally = {1}", "class", "list", gives="class"),
    _s("class {new}({0}):\n    def __eq__(self, other):\n        return type(self) is type(other)\n"
       "    def __hash__(self):\n        return {n}", "class", gives="class"),
    _s("class {new}:\n    __slots__ = ('own', 'note')\n\n    def __init__(self):\n"
       "        self.own = {0}\n\n    def add(self):\n        self.own.append({n})\n"
       "        return self.own", "list", gives="class"),
    _s("@dataclasses.dataclass\nclass {new}:\n    own: list = dataclasses.field(default_factory="
       "lambda: call(lambda: [{0}]))\n    size: int = {n}\n\n    def add(self):\n"
       "        self.size += 1\n        return self", "any", gives="class"),
    _s("class {new}(enum.Enum):\n    ONE = {n}\n    TWO = 'two'", gives="enum"),
    _s("print({0}('two') is {0}.TWO)\n{new} = [{0}.TWO]", "enum", gives="list"),
    _s("{new} = [{0}('two')]\n{new}[0].__class__.seen = [{n}]", "enum", gives="list"),
    _s("{new} = {0}()", "class", gives="instance"),
    _s("{new} = {0}.add", "instance", gives="bound"),
    _s("show(call({0}.add))", "instance"),
    _s("show(call(getattr, {0}, 'size'))", "instance"),
    _s("{0}.own = {1}", "instance", "any"),
    _s("{0}.own = [{0}]", "instance"),
    _s("{0}.tally = [{1}]", "class", "any"),
    _s("show(call(lambda: {0}.tally.append({1})))", "class", "any"),
    _s("{0}.add = lambda self: [{1}]", "class", "any"),
    _s("show(isinstance({0}, {1}), type({0}) is {1})", "instance", "class"),
    _s("{new} = [type({0})]", "instance", gives="list"),
)  # fmt: skip

LIBRARIES = (
    _s("{new} = np.arange({n}, {n} + 6.0)", gives="array"),
    _s("{new} = {0}[1:4]", "array", gives="array"),
    _s("{new} = {0}[::-1]", "array", gives="array"),
    _s("{new} = {0}.copy()", "array", gives="array"),
    _s("{new} = np.asarray({0})", "array", gives="array"),
    _s("{new} = {0}.reshape(-1, 1)[:, 0]", "array", gives="array"),
    _s("{0} += {n}", "array"),
    _s("{0}[:1] = {n}", "array"),
    _s("{0}.sort()", "array"),
    _s("{new} = np.array([{0}, None], dtype=object)", "dict", gives="objects"),
    _s("{0}[1] = {1}", "objects", "dict"),
    _s("{new} = pd.DataFrame({{'k': [3, 1, 2], 'v': [{n}, 5, 6]}})", gives="frame"),
    _s("{0}['w'] = {0}['k'] * {n}", "frame"),
    _s("{0}.sort_values('k', inplace=True)", "frame"),
    _s("{0}.loc[{0}.index[0], 'k'] = {n}", "frame"),
    _s("{0}.attrs['note'] = {n}\nprint({0}.attrs)", "frame"),
    _s("{new} = {0}[['k']]", "frame", gives="frame"),
    _s("{new} = {0}[{0}['k'] > 1]\nprint(len({new}))\n{new} = {0}.copy()", "frame",
       gives="frame"),
    _s("{new} = {0}['k']", "frame", gives="series"),
    _s("{0}.iloc[:1] = {n}", "series"),
    _s("{new} = {0}['k'].to_numpy().copy()", "frame", gives="array"),
    _s("{new} = iter({0})", "list", gives="iterator"),
    _s("{new} = enumerate([{0}, {n}, {n}])", "any", gives="iterator"),
    _s("{new} = itertools.count({n})", gives="iterator"),
    _s("{new} = itertools.cycle({0})", "list", gives="iterator"),
    _s("{new} = map({0}, [1, 2, 3])", "callable", gives="iterator"),
    _s("{new} = zip({0}, [1, 2])", "list", gives="iterator"),
    _s("show(call(next, {0}, None))", "iterator"),
    _s("{new} = (i for i in [{n}, {n}])", gives="generator", refusable=True),
    _s("print(next({0}, None))", "generator"),
    _s("{new} = random.Random({n})", gives="rng"),
    _s("print({0}.random())", "rng"),
    _s("{new} = np.random.default_rng({n})", gives="numpy rng"),
    _s("print({0}.random())", "numpy rng"),
    _s("print(random.random(), np.random.rand())"),
    _s("random.shuffle({0})", "list"),
    _s("np.set_printoptions(precision={n} + 2)\nprint(np.array([1 / 3]))"),
    _s("os.environ['NOTE'] = '{n}'"),
    _s("print(os.environ.get('NOTE'))"),
)  # fmt: skip

FILES = (
    _s("{new} = 'f{n}.txt'", gives="path"),
    _s("{new} = Path('f{n}.txt')", gives="path"),
    _s("print(Path({0}).write_text('{n}'))", "path"),
    _s("Path('f{n}.txt').write_text('{n}')"),
    _s("with open({0}, 'a') as out:\n    out.write('{n}')", "path"),
    _s("print(call(Path({0}).read_text))", "path"),
    _s("print(call(Path('f{n}.txt').read_text))"),
    _s("print(call(os.rename, {0}, {1}))", "path", "path"),
    _s("print(call(os.rename, {0}, 'f{n}.txt'))", "path"),
    _s("print(call(os.remove, {0}))", "path"),
    _s("print(sorted(glob.glob('**/*.txt', recursive=True)))"),
    _s("os.makedirs('sub{n}', exist_ok=True)\nprint(call(os.rename, {0}, 'sub{n}/f.txt'))",
       "path"),
    _s("os.makedirs('sub{n}', exist_ok=True)\nos.chdir('sub{n}')"),
    _s("np.save('x{n}.npy', {0})\nprint(np.load('x{n}.npy'))", "array"),
    _s("{0}.to_csv('t{n}.csv')\nprint(open('t{n}.csv').read())", "frame"),
    _s("print(os.path.basename(os.getcwd()) if 'sub' in os.getcwd() else '')"),
)  # fmt: skip

THEMES = (NAMES, CONTAINERS, FUNCTIONS, CLASSES, LIBRARIES, FILES)
"""A program has one or two of them, so that its statements have to do with each other."""

"""Classes and their instances."""

from __future__ import annotations

from table import Case, Warned

CASES = (
    Case(
        name="class, instance and isinstance",
        steps=("class C:\n    def __init__(self, v): self.v = v\nx = C(1)",
               "x.v += 1",
               "print(isinstance(x, C), x.v, type(x) is C, C(3).v, C.__module__, C.__qualname__)"),
    ),
    Case(
        name="only an instance is asked for, and its class reads a global",
        steps=("rate = 3\nclass C:\n    def pay(self): return rate\nx = C()", "print(x.pay())"),
    ),
    Case(
        name="a class attribute is mutated",
        steps=("class C:\n    seen = []\n    n = 0", "C.seen.append(1); C.n += 1\nc = C()",
               "print(C.seen, C.n, c.seen is C.seen)"),
    ),
    Case(
        name="super, property, classmethod, staticmethod, cached_property",
        steps=(
            "from functools import cached_property\nclass A:\n    def hi(self): return 'A'\n"
            "    @classmethod\n    def make(cls): return cls()\n    @staticmethod\n"
            "    def two(): return 2\n    @property\n    def p(self): return self._p\n"
            "    @p.setter\n    def p(self, v): self._p = v\n    @cached_property\n"
            "    def c(self): return [1]\nclass B(A):\n    def hi(self): return super().hi() + 'B'\n"
            "b = B.make(); b.p = 5",
            "print(b.hi(), B.two(), b.p, b.c is b.c, B.__mro__[1] is A, A.c.func.__name__)"),
    ),
    Case(
        name="subclass hooks do not run again",
        steps=(
            "made = []\nclass Base:\n    def __init_subclass__(cls, **kw): made.append(cls.__name__)\n"
            "class Meta(type):\n    def __new__(m, n, b, d):\n        made.append('meta ' + n)\n"
            "        return super().__new__(m, n, b, d)\nclass One(Base): pass\n"
            "class Two(metaclass=Meta): pass",
            "class Three(Base): pass",
            "print(made, type(Two) is Meta)"),
    ),
    Case(
        name="dataclasses",
        steps=(
            "from dataclasses import dataclass, field, fields, replace\n@dataclass(order=True)\n"
            "class P:\n    x: int\n    tags: list = field(default_factory=list)\n"
            "@dataclass(frozen=True, slots=True, kw_only=True)\nclass Q:\n    y: float = 1.5\n"
            "p = P(1); q = Q()",
            "p.tags.append('a')",
            "print(p, replace(q, y=2), p < P(2), [f.name for f in fields(P)], hash(q) == hash(Q()),"
            " P(3).tags, isinstance(q, Q), hasattr(q, '__dict__'))"),
    ),
    Case(
        name="enumerations, with attributes, aliases and flags",
        steps=(
            "from enum import Enum, IntFlag, auto\nclass Planet(Enum):\n    EARTH = (1, 'e')\n"
            "    MARS = (2, 'm')\n    RED = (2, 'm')\n    def __init__(self, n, s): self.n = n\n"
            "    def up(self): return self.n + 1\nclass F(IntFlag):\n    A = auto()\n    B = auto()\n"
            "p = Planet.MARS; f = F.A | F.B",
            "print(p is Planet.MARS, p.up(), Planet.RED is p, list(Planet), f, F.B in f,"
            " Planet((1, 'e')).name)"),
    ),
    Case(
        name="named tuples and typed dictionaries",
        steps=(
            "from collections import namedtuple\nfrom typing import NamedTuple, TypedDict\n"
            "P = namedtuple('P', 'x y')\nclass N(NamedTuple):\n    a: int\n    b: str = 'z'\n"
            "    def both(self): return (self.a, self.b)\nclass T(TypedDict):\n    k: int\n"
            "p, n, t = P(1, 2), N(3), T(k=1)",
            "print(p._replace(x=5), n.both(), type(n) is N, t, T.__annotations__, P._fields)"),
    ),
    Case(
        name="slots stay slots",
        steps=("class S:\n    __slots__ = ('a', '__b')\n    def __init__(self): self.a, self.__b = 1, 2\n"
               "    def b(self): return self.__b\ns = S()",
               "try:\n    s.other = 1\nexcept AttributeError:\n    print('no other', s.a, s.b())"),
    ),
    Case(
        name="abstract classes, registration, generics and protocols",
        steps=(
            "from abc import ABC, abstractmethod\nfrom typing import Generic, Protocol, TypeVar\n"
            "T = TypeVar('T')\nclass A(ABC):\n    @abstractmethod\n    def f(self): ...\n"
            "class B(A):\n    def f(self): return 1\nclass V: pass\nA.register(V)\n"
            "class Box(Generic[T]):\n    def __init__(self, v: T): self.v = v\n"
            "class Has(Protocol):\n    def f(self) -> int: ...",
            "try:\n    A()\nexcept TypeError:\n    print('abstract', B().f(), isinstance(V(), A), "
            "Box[int](3).v, Box.__parameters__ == (T,), issubclass(Has, Protocol))"),
    ),
    Case(
        name="an instance of a local class, and another of the same",
        steps=("def make():\n    class L: pass\n    return L(), L()\na, b = make()",
               "print(type(a) is type(b), type(a).__qualname__)"),
    ),
    Case(
        name="an instance refers to itself and to a parent",
        steps=("class Node:\n    def __init__(self, up=None): self.up, self.me = up, self\n"
               "root = Node(); leaf = Node(root); root.kids = {leaf}",
               "print(leaf.up is root, root.me is root, leaf in root.kids)"),
    ),
    Case(
        name="a sentinel by identity, also in a default",
        steps=("MISSING = object()\ndef f(x=MISSING): return x is MISSING\nd = {MISSING: 1}",
               "print(f(), f(1), d[MISSING])"),
    ),
    Case(
        name="a redefined class leaves old instances as they were",
        steps=("class C:\n    v = 1\nold = C()", "class C:\n    v = 2\nnew = C()",
               "print(old.v, new.v, isinstance(old, C), type(new) is C)"),
    ),
    Case(
        name="a class with custom pickling",
        expected=Warned("ML310"),
        steps=("class R:\n    def __init__(self, n): self.n = n; self.cache = lambda: 0\n"
               "    def __reduce__(self): return (R, (self.n,))\nr = R(4)", "print(r.n)"),
    ),
    Case(
        name="a descriptor with __set_name__ and a class decorator",
        steps=("class Typed:\n    def __set_name__(self, owner, name): self.name = '_' + name\n"
               "    def __get__(self, obj, kind=None): return getattr(obj, self.name)\n"
               "    def __set__(self, obj, v): setattr(obj, self.name, int(v))\n"
               "registry = []\ndef reg(c):\n    registry.append(c)\n    return c\n"
               "@reg\nclass P:\n    x = Typed()\np = P(); p.x = '3'",
               "p.x = '4'; print(p.x, p._x, registry[0] is P)"),
    ),
    Case(
        name="an exception class that a later step catches",
        steps=("class Bad(ValueError): pass\ndef fail(): raise Bad('no')",
               "try:\n    fail()\nexcept Bad as e:\n    print(e)"),
    ),
    Case(
        name="an enumeration whose members have a `__new__` of their own",
        steps=("import enum\nclass C(enum.Enum):\n    def __new__(cls, value, label):\n        o = object.__new__(cls)\n"
               "        o._value_, o.label = value, label\n        return o\n    A = 1, 'one'\n    B = 2, 'two'\nc = C.B",
               "print(C(2).label, c is C.B, C.A.label, list(C))"),
    ),
    Case(
        name="members of an enumeration that are bytes and have a `__new__` of their own",
        steps=("import enum\nclass C(bytes, enum.Enum):\n    def __new__(cls, value, label):\n        o = bytes.__new__(cls, [value])\n"
               "        o._value_, o.label = value, label\n        return o\n    A = 1, 'one'\nc = C.A",
               "print(c.label, c == b'\\1', c is C(1), C.__new_member__.__qualname__)"),
    ),
    Case(
        name="enumerations that inherit `__new__` and `__init__`, and whose members are tuples, dates, data",
        steps=("import dataclasses, datetime, enum\n"
               "class Base(enum.Enum):\n    def __new__(cls, v, label):\n        o = object.__new__(cls)\n        o._value_ = v\n"
               "        print('new', label)\n        return o\n    def __init__(self, v, label): self.label = label\n"
               "class A(Base):\n    X = 1, 'x'\n    Y = 2, 'y'\n    Z = 1, 'z'\n"
               "class T(tuple, enum.Enum):\n    P = 1, 2\nclass D(datetime.date, enum.Enum):\n    NEW = 2020, 1, 1\n"
               "@dataclasses.dataclass\nclass Data:\n    a: int\n    b: list\n"
               "class E(Data, enum.Enum):\n    V = 1, [2]\nE.V.b.append(3)",
               "print(list(A), A.Z is A.X, A(2).label, A.X.label, T.P == (1, 2), D.NEW.year, E.V, E.V.b, '__init__' in vars(A), E(E.V.value) is E.V)"),
    ),
    Case(
        name="an instance that says when it dies, where it was read",
        steps=("class D:\n    def __init__(self, n): self.n = n\n    def __del__(self): print('del', self.n)\nd = D(1)", "print(d.n)", "del d\nprint('after')"),
        expected=Warned("ML312"),
    ),
    Case(
        name="an instance that says when it dies, where another is bound to its name",
        steps=("class D:\n    def __init__(self, n): self.n = n\n    def __del__(self): print('del', self.n)\nd = D(1)", "print(1)\nd = None", "print('after')"),
        expected=Warned("ML312", differs="b"),
    ),
)  # fmt: skip

"""Values: aliases, containers, arrays, frames, models, figures, imports."""

from __future__ import annotations

from table import Case, Refused

CASES = (
    Case(
        name="an alias is mutated in a middle step",
        steps=("a = [1]\nb = a", "b.append(2)", "print(a, b is a)"),
    ),
    Case(
        name="an alias across containers and steps",
        steps=("inner = {}\nouter = {'i': inner}", "more = [outer['i']]", "inner['k'] = 1\nprint(outer, more)"),
    ),
    Case(
        name="a copy is no alias",
        steps=("import copy\na = [[1]]\nb = a", "b = copy.deepcopy(a)", "b[0].append(2); print(a, b)"),
    ),
    Case(
        name="a recursive list and a dictionary that holds itself",
        steps=("a = [1]; a.append(a)\nd = {}; d['d'] = d", "print(a[1] is a, d['d'] is d)"),
    ),
    Case(
        name="an iterator keeps its position",
        steps=("xs = [1, 2, 3]\nit = iter(xs); next(it)", "next(it)", "xs.append(4); print(list(it))"),
    ),
    Case(
        name="a view of a dictionary stays a view",
        steps=("d = {'a': 1}\nks = d.keys(); vs = d.values()", "d['b'] = 2", "print(list(ks), list(vs))"),
    ),
    Case(
        name="a name is deleted",
        steps=("x = 1\ny = [x]", "del x", "print('x' in globals(), y)"),
    ),
    Case(
        name="one of two aliases is deleted",
        steps=("a = b = [1]", "del a; b.append(2)", "print('a' in globals(), b)"),
    ),
    Case(
        name="a group of which the step asks for nothing is passed on",
        steps=("a = [1]; b = a; c = 0", "c += 1", "a.append(2); print(b, c)"),
    ),
    Case(
        name="unicode names and large integers",
        steps=("größe = 10 ** 40\nπ = 3.5", "größe += 1", "print(größe, π)"),
    ),
    Case(
        name="ordered, default and counter dictionaries, deque, heap",
        steps=("from collections import Counter, OrderedDict, defaultdict, deque\n"
               "c = Counter('aab'); o = OrderedDict(b=1, a=2); dd = defaultdict(list); q = deque([1], 2)",
               "c['a'] += 1; o.move_to_end('b'); dd['k'].append(1); q.extend([2, 3])",
               "print(c, list(o), dict(dd), q, dd['new'])"),
    ),
    Case(
        name="a weak dictionary and a string buffer",
        steps=("import weakref, io\nclass K: pass\nk = K()\nw = weakref.WeakKeyDictionary({k: 'v'})\n"
               "buf = io.StringIO(); buf.write('a')",
               "buf.write('b'); print(w[k], buf.getvalue())"),
    ),
    Case(
        name="a NumPy view and its base",
        steps=("import numpy as np\nbase = np.arange(10)\nview = base[2:8:2]", "view[0] = 99",
               "base[4] = -1; print(base, view, np.shares_memory(base, view))"),
    ),
    Case(
        name="NumPy views without their base, reversed, transposed, fields, read-only",
        steps=("import numpy as np\nm = np.arange(12.).reshape(3, 4)\nt = m.T\nr = m[::-1, ::-2]\n"
               "rec = np.zeros(3, dtype=[('a', 'i4'), ('b', 'f8')])\nb = rec['b']\n"
               "ro = m[1]; ro.flags.writeable = False\ndel m",
               "t[0, 0] = 100; b[1] = 2.5",
               "print(r[-1], rec['b'], ro.flags.writeable, np.shares_memory(t, r), t.strides)"),
    ),
    Case(
        name="NumPy views within one container",
        steps=("import numpy as np\nd = {'a': np.zeros(4)}\nd['tail'] = d['a'][2:]", "d['tail'][:] = 7",
               "print(d['a'])"),
    ),
    Case(
        name="a small slice does not stay bound to a large array",
        steps=("import numpy as np\nsmall = np.arange(1000)[:3]", "small[0] = 5; print(small)"),
    ),
    Case(
        name="an object array and a view of it",
        steps=("import numpy as np\nitem = [1]\no = np.array([item, None, 'x'], dtype=object)\nv = o[1:]",
               "v[0] = 'new'; item.append(2)",
               "print(o, o[0] is item, v[0])"),
    ),
    Case(
        name="a frame is changed in place",
        steps=("import pandas as pd\ndf = pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})\nalias = df",
               "df['c'] = df['a'] * 2; df.drop(index=0, inplace=True)",
               "print(alias.to_dict('list'), alias is df)"),
    ),
    Case(
        name="frames taken from a frame are copies or not, as pandas says",
        steps=("import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3]})\ns = df['a']\nhead = df.head(2)\n"
               "arr = df['a'].to_numpy()",
               "s.iloc[0] = 100; head.loc[1, 'a'] = 200",
               "df.loc[2, 'a'] = 300\nare_views = int(pd.__version__.split('.')[0]) < 3\n"
               "print((df['a'].tolist() == [100, 200, 300]) == are_views, (s.iloc[2] == 300) == are_views,"
               " (head.loc[0, 'a'] == 100) == are_views)"),
    ),
    Case(
        name="categories, time zones, multi-index, group-by, attrs",
        steps=("import pandas as pd\ndf = pd.DataFrame({'k': pd.Categorical(['a', 'b', 'a']), 'v': [1, 2, 3],"
               " 't': pd.date_range('2020', periods=3, tz='UTC')}).set_index(['k', 't'])\n"
               "df.attrs['unit'] = 'kg'\ng = df.groupby(level='k', observed=True)",
               "print(df.index.names, g.sum().to_dict(), df.attrs, str(df.index.levels[1].tz), g.obj is df)"),
    ),
    Case(
        name="a mutable object in an object column",
        steps=("import pandas as pd\ncell = [1]\ndf = pd.DataFrame({'o': [cell]})", "cell.append(2)",
               "print(df.loc[0, 'o'], df.loc[0, 'o'] is cell)"),
    ),
    Case(
        name="a fitted model predicts, and is fitted again",
        steps=("import numpy as np\nfrom sklearn.linear_model import LinearRegression\n"
               "X = np.arange(6.).reshape(-1, 1); y = 2 * X[:, 0] + 1\nmodel = LinearRegression().fit(X, y)\n"
               "best = model",
               "model.fit(X, -y)",
               "print(best.predict([[10.]]).round(6), best is model)"),
    ),
    Case(
        name="a pipeline with a notebook function and a notebook class",
        steps=("import numpy as np\nfrom sklearn.base import BaseEstimator, TransformerMixin\n"
               "from sklearn.pipeline import make_pipeline\n"
               "from sklearn.preprocessing import FunctionTransformer\nscale = 2\n"
               "def times(X): return X * scale\n"
               "class Add(TransformerMixin, BaseEstimator):\n    def __init__(self, n=1): self.n = n\n"
               "    def fit(self, X, y=None):\n        self.fitted_ = True\n        return self\n    def transform(self, X): return X + self.n\n"
               "p = make_pipeline(FunctionTransformer(times), Add(3)).fit(np.ones((1, 1)))",
               "scale = 10",
               "print(p.transform(np.ones((1, 1))), p.steps[1][1], isinstance(p[1], Add))"),
    ),
    Case(
        name="a sparse matrix shares its data with an array",
        steps=("import numpy as np\nfrom scipy.sparse import csr_matrix\nm = csr_matrix(np.eye(3))\nd = m.data",
               "d[1] = 5", "print(m.diagonal())"),
    ),
    Case(
        name="figure and axes",
        steps=("from matplotlib.figure import Figure\nfig = Figure(); ax = fig.subplots()", "ax.set_title('t')",
               "print(ax.figure is fig, fig.axes[0] is ax, fig.axes[0].get_title())"),
    ),
    Case(
        name="imports travel by their path",
        steps=("import os.path as p, collections, math as m\nfrom math import sin\nfrom json import JSONDecoder as D\n"
               "import numpy as np\nfrom numpy import add as plus, float64 as f8",
               "import os, json\nprint(p is os.path, m.sin is sin, D is json.JSONDecoder, plus is np.add,"
               " f8 is np.float64, collections.OrderedDict())"),
    ),
    Case(
        name="import a.b.c brings the submodule along",
        steps=("import wsgiref.simple_server, xml.dom.pulldom",
               "print(wsgiref.simple_server.__name__, xml.dom.pulldom.__name__)",
               "print(wsgiref.simple_server.__name__, xml.dom.pulldom.__name__)"),
    ),
    Case(
        name="singletons of libraries: environ, rcParams, stdout, random, MISSING",
        steps=("from os import environ\nfrom matplotlib import rcParams\nfrom random import random as rnd, shuffle\n"
               "from sys import stdout, path\nfrom dataclasses import MISSING\nfrom numpy.random import rand\n"
               "box = {'m': MISSING, 'e': environ, 'path': path}",
               "import os, matplotlib, random, sys, dataclasses, numpy.random\n"
               "print(environ is os.environ, rcParams is matplotlib.rcParams, rnd.__self__ is random._inst,"
               " shuffle.__self__ is random._inst, box['m'] is dataclasses.MISSING, box['e'] is environ,"
               " path is sys.path, box['path'] is path, rand.__self__ is numpy.random.rand.__self__)"),
    ),
    Case(
        name="a module of the working folder on a changed sys.path",
        steps=("import os, sys\nos.makedirs('lib', exist_ok=True)\n"
               "with open('lib/helper_mod.py', 'w') as f: f.write('class H:\\n    v = 1\\ndef f(): return 2')\n"
               "sys.path.insert(0, 'lib')\nimport helper_mod\nfrom helper_mod import H, f\nh = H()",
               "print(isinstance(h, H), f(), helper_mod.H is H, H.__module__)"),
    ),
    Case(
        name="a star import",
        steps=("from math import *", "print(floor(pi))"),
    ),
    Case(
        name="an exception object, a path, a pattern, a decimal, dates",
        steps=("import re, datetime as dt\nfrom decimal import Decimal\nfrom pathlib import Path\n"
               "e = ValueError('x'); p = Path('a') / 'b'; r = re.compile('a+'); d = Decimal('1.10')\n"
               "t = dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)",
               "print(repr(e), p.as_posix(), r.findall('aab'), d + 1, t.isoformat())"),
    ),
    Case(
        name="a dead generator does no harm",
        steps=("g = (i for i in range(3))\nx = sum(g)\ndel g", "print(x)"),
    ),
    Case(
        name="arrays that may not be written stay so: mapped, of objects, of a class of their own, empty",
        steps=("import numpy as np\nnp.arange(20_000.0).tofile('m.bin')\nm = np.memmap('m.bin', dtype=float, mode='r')\n"
               "class Own(np.ndarray): pass\narrays = [m, m[:5], np.array([{}, 1], dtype=object), np.arange(3).view(Own), np.array([])]\n"
               "for a in arrays: a.flags.writeable = False",
               "print([(type(a).__name__, a.flags.writeable, len(a)) for a in arrays], m.sum())"),
    ),
    Case(
        name="a refused name is read and bound anew",
        steps=("f = open('a.txt', 'w')", "f.close()\nf = 5\nprint(f)"),
        expected=Refused("ML602", "b"),
    ),
)  # fmt: skip

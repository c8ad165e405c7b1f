"""Objects of libraries: pandas, SciPy, scikit-learn, Matplotlib, torch."""

from __future__ import annotations

from table import Case, Refused, Warned

TORCH = "torch"
KINDS = (
    "df = pd.DataFrame({'s': ['a', 'b'], 'i': pd.array([1, None], dtype='Int64'), 'c': pd.Categorical(['a', 'b']),\n"
    "    't': pd.to_datetime(['2020', '2021']).tz_localize('UTC'), 'v': pd.interval_range(0, 2), 'f': [.5, 1]})"
)
CHANGED = "for name in df: df.loc[0, name] = df.loc[1, name]"

CASES = (
    Case(
        name="pandas with copy-on-write, switched on where it is an option",
        shared="import warnings\nimport pandas as pd",
        steps=("if int(pd.__version__.split('.')[0]) < 3:\n    pd.set_option('mode.copy_on_write', True)\n"
               "df = pd.DataFrame({'a': [1, 2, 3]})\npart = df['a']\nhead = df.iloc[:2]",
               "part.iloc[0] = 100\nhead.iloc[1, 0] = 200", "df.loc[2, 'a'] = 300\nprint(df.a.tolist(), part.tolist(), head.a.tolist())"),
    ),
    Case(
        name="arrays taken from a frame see what it changes in place",
        shared="import pandas as pd",
        steps=("df = pd.DataFrame({'t': [1., 2], 'u': [3., 4], 'n': [1, 2], 'd': pd.date_range('2020', periods=2)})\n"
               "X = df[['t', 'u']].to_numpy(); y = df['t'].values; n = df.n.to_numpy(); d = df['d'].values",
               "df.loc[0, 't'] = 9; df.loc[1, 'n'] = 7; df.loc[0, 'd'] = pd.Timestamp('2021')\nprint(df)",
               "print(X, y, n, d, y.flags.writeable)\ndf.loc[1, 'u'] = 8", "df['t'] += 1; df['v'] = 0\nprint(X, y, df.to_dict('list'))"),
    ),
    Case(
        name="columns of every kind, taken from a frame before it is changed in place",
        shared="import pandas as pd",
        steps=(f"{KINDS}\ntaken = {{name: df[name] for name in df}}\nletters = df['s'].str", CHANGED,
               "print(df, {name: part.tolist() for name, part in taken.items()}, letters.upper().tolist())\n"
               "for part in taken.values(): part.iloc[1] = part.iloc[0]", "print(df, {name: part.tolist() for name, part in taken.items()})"),
    ),
    Case(
        name="frames and indexes taken from a frame before it is changed in place",
        shared="import pandas as pd",
        steps=(f"{KINDS}\nsame, upper, more, some = df, df.rename(columns=str.upper), df.assign(k=1), df[['i', 'c', 's']]\n"
               "by_text, by_kind = pd.Index(df['s']), pd.Index(df['c'])", CHANGED,
               "print(df, same is df, upper, more, some, by_text, by_kind, by_text.get_loc('a'))"),
    ),
    Case(
        name="arrays of columns and parts of them see what is changed in place",
        shared="import pandas as pd",
        steps=(f"{KINDS}\narrays = {{name: df[name].array for name in df}}\nparts = {{name: df[name].array[:1] for name in 'ctif'}}\n"
               "alone = pd.Series([1., 2]); wrapped = alone.array", f"{CHANGED}\nalone.iloc[0] = 5",
               "print({n: list(a) for n, a in (arrays | parts).items()}, list(wrapped))\nwrapped[1] = 7; arrays['i'][1] = 8; arrays['s'][1] = 'z'",
               "print(df, alone.tolist(), {n: list(a) for n, a in arrays.items()})"),
    ),
    Case(
        name="Arrow: columns of its types, tables and parts of them",
        needs="pyarrow",
        shared="import pandas as pd\nimport pyarrow as pa",
        steps=("df = pd.DataFrame({'n': pd.array([1, None], dtype='int64[pyarrow]'), 's': pd.array(['a', None], dtype='string[pyarrow]'),\n"
               "    'l': pd.Series([[1], [2, 3]], dtype=pd.ArrowDtype(pa.list_(pa.int64())))})\nn = df['n']\n"
               "table = pa.table({'a': [1, 2, 3], 'b': ['x', None, 'z']}); part = table.slice(1, 2); coded = table['b'].dictionary_encode()",
               "df.loc[0, 'n'] = 7; df.loc[1, 's'] = 'b'\ntable = table.append_column('c', pa.array([True, False, None]))",
               "print(df, df.dtypes.astype(str).to_dict(), n.tolist(), table, part.to_pydict(), coded, table.schema)"),
    ),
    Case(
        name="an array taken from a frame is read by a step that does not name the frame",
        shared="import pandas as pd",
        steps=("df = pd.DataFrame({'t': [1., 2], 'u': [3., 4]})\ny = df['t'].values", "print(y.sum())", "df.loc[0, 't'] = 9", "print(y)"),
    ),
    Case(
        name="an array taken from a frame that others share until one of them changes",
        shared="import pandas as pd",
        steps=("raw = pd.DataFrame({'t': [1., 2], 'u': [3., 4]})\ndf = raw.rename(columns=str.upper)\ny = df['T'].values\ndf.head()",
               "df.loc[0, 'T'] = 9", "print(y, raw, df)\nraw.loc[1, 't'] = 6", "print(y, raw, df)"),
    ),
    Case(
        name="frames and series made of arrays that they share memory with",
        expected=Warned("ML311"),
        shared="import numpy as np\nimport pandas as pd",
        steps=("base = np.arange(4.0)\ns = pd.Series(base, copy=False)\nm = np.zeros((2, 3)); f = pd.DataFrame(m, copy=False)",
               "base[0] = 10; m[1, 1] = 4; f.iloc[0, 0] = 5", "print(base, s.tolist(), m, f)\nf.iloc[0, 1] = 8; s.iloc[3] = 1",
               "print(base, s.tolist(), m, f)"),
    ),
    Case(
        name="an array and two frames that share its memory",
        expected=Warned("ML311", differs="c"),
        shared="import numpy as np\nimport pandas as pd",
        steps=("base = np.arange(4.0)\ndf = pd.DataFrame({'a': base}, copy=False)\ns = df.a\ncolumn = df['a'].to_numpy()",
               "base[0] = 10\ns += 1", "df['a'] *= 2\nprint(base, df.a.tolist(), s.tolist(), column)"),
    ),
    Case(
        name="pandas changed in place: columns, index, order, values",
        steps=("import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': list('xyz')})\nsame, index = df, df.index",
               "df['c'] = df.a * 2\ndf.sort_values('a', inplace=True)\ndf.columns = [c.upper() for c in df.columns]",
               "print(same is df, list(same), df.index.tolist(), index.tolist())\ndf"),
    ),
    Case(
        name="a string column, missing values, an interval, a period, a sparse column",
        steps=("import pandas as pd\ndf = pd.DataFrame({'s': pd.array(['a', None], dtype='string'), 'i': pd.array([1, None], dtype='Int64'),\n"
               "    'p': pd.period_range('2020-01', periods=2, freq='M'), 'x': pd.arrays.SparseArray([0, 1])})",
               "df['iv'] = pd.cut([1, 5], [0, 2, 6])", "print(df.dtypes.astype(str).to_dict())\ndf"),
    ),
    Case(
        name="sparse matrices of several kinds, one changed in place",
        steps=("import numpy as np\nfrom scipy import sparse\nm = sparse.csr_array(np.eye(3))\nl = sparse.lil_array((2, 2)); d = sparse.dok_array((2, 2))",
               "m.data[1] = 5\nl[0, 1] = 7\nd[1, 1] = 9", "print(m.toarray(), l.toarray(), d.toarray(), (m @ m).nnz)"),
    ),
    Case(
        name="a model in a pipeline, searched and scored",
        steps=("import numpy as np\nfrom sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\n"
               "from sklearn.linear_model import LogisticRegression\nrng = np.random.default_rng(0)\n"
               "X = rng.normal(size=(40, 3)); y = (X[:, 0] > 0).astype(int)",
               "model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)",
               "print(model.score(X, y), model.predict(X[:5]), model[-1].n_features_in_)"),
    ),
    Case(
        name="arrays of dates, text and records, a masked array, a matrix of objects",
        steps=("import numpy as np\nd = np.array(['2020-01-01'], dtype='M8[D]'); t = np.array(['a', 'bc'])\n"
               "m = np.ma.array([1, 2], mask=[False, True]); r = np.rec.array([(1, 'x')], names='n,s')",
               "d += 1; m[1] = 5; r.n[0] = 7", "print(d, t.dtype, m, r.n, r[0].s)"),
    ),
    Case(
        name="Fortran order, zero dimensions, an empty array, big-endian numbers",
        steps=("import numpy as np\nf = np.asfortranarray(np.arange(6).reshape(2, 3)); z = np.array(5); e = np.empty((0, 3)); b = np.array([1, 2], dtype='>i4')",
               "f[0, 1] = 9; z[()] = 6; b[0] = 3", "print(f.flags.f_contiguous, f, z, e.shape, b, b.dtype)"),
    ),
    Case(
        name="a map of a file that is only read",
        steps=("import numpy as np\nnp.save('m.npy', np.arange(5))\nm = np.load('m.npy', mmap_mode='r')", "part = m[1:3]", "print(m.sum(), part)"),
    ),
    Case(
        name="a frame of a hundred megabytes",
        parameters="rows = 6_250_000",
        steps=("import numpy as np\nimport pandas as pd\nbig = pd.DataFrame(np.arange(2.0 * rows).reshape(rows, 2), columns=['a', 'b'])\nsmall = 1",
               "small += 1\nprint(small)", "big.loc[0, 'a'] = -1.0\nprint(len(big), big.a.iloc[:2].tolist(), big.b.sum())"),
    ),
    Case(
        name="an open figure goes on in the variable that holds it",
        shared="import matplotlib.pyplot as plt",
        steps=("fig, axes = plt.subplots(1, 2)\naxes[0].plot([1, 2], label='l')\nplt.close(fig)", "axes[1].set_title('right')\naxes[0].legend()",
               "print(fig.axes[1].get_title(), axes[0].get_legend_handles_labels()[1], axes[0].figure is fig)\nfig"),
    ),
    Case(
        name="torch: a tensor, its view and its alias",
        needs=TORCH,
        steps=("import torch\nt = torch.arange(6.0)\nview = t[2:4]\nsame = t\nrow = t.view(2, 3)[1]", "view[0] = 100\nrow[1] = -1",
               "same += 1\nprint(t, view, row, same is t)"),
    ),
    Case(
        name="torch: a tensor and the NumPy array that it shares memory with",
        expected=Warned("ML311", differs="c"),
        needs=TORCH,
        steps=("import numpy as np\nimport torch\na = np.zeros(3)\nt = torch.from_numpy(a)", "t[0] = 5", "a[1] = 7\nprint(t, a)"),
    ),
    Case(
        name="torch: a seeded generator goes on",
        needs=TORCH,
        steps=("import torch\ntorch.manual_seed(0)\ng = torch.Generator().manual_seed(1)\ntorch.rand(1)", "x = torch.rand(2), torch.rand(1, generator=g)",
               "print(x, torch.rand(2), torch.rand(1, generator=g))"),
    ),
    Case(
        name="torch: a model is trained further, with its optimiser",
        needs=TORCH,
        steps=("import torch\nfrom torch import nn\ntorch.manual_seed(0)\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
               "        self.l = nn.Linear(2, 1)\n    def forward(self, x): return self.l(x) * scale\nscale = 2.0\nnet = Net()\n"
               "opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)\nX = torch.eye(2)",
               "for _ in range(2):\n    opt.zero_grad(); loss = net(X).pow(2).sum(); loss.backward(); opt.step()\nloss = loss.item()",
               "opt.zero_grad(); net(X).pow(2).sum().backward(); opt.step()\nprint(loss, net(X).detach(), opt.param_groups[0]['params'][0] is net.l.weight)"),
    ),
    Case(
        name="torch: default type and print options",
        needs=TORCH,
        steps=("import torch\ntorch.set_default_dtype(torch.float64)\ntorch.set_printoptions(precision=2)", "t = torch.ones(1) / 3", "print(t, torch.ones(1).dtype)"),
    ),
    Case(
        name="torch: gradients stay with their tensor, switched off they stay off",
        needs=TORCH,
        steps=("import torch\nw = torch.ones(2, requires_grad=True)\n(w * 3).sum().backward()", "w.grad += 1\ntorch.set_grad_enabled(False)",
               "print(w.grad, w.requires_grad, (w * 2).requires_grad)"),
    ),
    Case(
        name="torch: a tensor that remembers how it was computed",
        needs=TORCH,
        expected=Refused("ML601", "b"),
        steps=("import torch\nw = torch.ones(2, requires_grad=True)\nloss = (w * 3).sum()", "loss.backward()\nprint(w.grad)"),
    ),
)  # fmt: skip

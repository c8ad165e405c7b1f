"""Calls and methods that a library does not take any more, as it takes them now."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from drafts import draft_of
from mending import Case, failure_in, mended

from jupyter_mlops.legacy.failure import Scene
from jupyter_mlops.legacy.rules import formulas

HAS_NO = "AttributeError: '{}' object has no attribute '{}'"
GONE = "AttributeError: module '{}' has no attribute '{}'"
UNEXPECTED = "TypeError: {}() got an unexpected keyword argument '{}'"
POSITIONAL = "TypeError: {}() takes from 1 to 2 positional arguments but 3 were given"

CASES = [
    Case(
        cell="with open('a.tsv', mode='rU') as f: rows = f.read().split('rU')",
        raises="ValueError: invalid mode: 'rU'",
        traceback="Cell In[1], line 1",
        becomes="with open('a.tsv', mode='r') as f: rows = f.read().split('rU')",
        rule="mode",
    ),
    Case(
        cell="a = pd.read_table(url, sep='|', names=names)\nb = pd.read_table('b.tsv')",
        raises="UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 7: invalid",
        traceback="Cell In[1], line 1",
        becomes="a = pd.read_table(url, sep='|', names=names, encoding=\"latin-1\")\n"
        "b = pd.read_table('b.tsv')",
        rule="encoding",
    ),
    Case(
        cell="file = open('a.txt')\nrows = file.read()",
        raises="UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 7: invalid",
        traceback="Cell In[1], line 2",
        becomes="file = open('a.txt', encoding=\"latin-1\")\nrows = file.read()",
        rule="encoding",
    ),
    Case(
        cell="near = [abs(x - y) < 2]\nx[near] = x[near] * x[where]",
        raises="IndexError: too many indices for array: array is 1-dimensional, but 2 were indexed",
        traceback="Cell In[1], line 2",
        becomes="near = [abs(x - y) < 2]\nx[tuple(near)] = x[tuple(near)] * x[where]",
        rule="list-index",
    ),
    Case(
        cell="e = OneHotEncoder(categorical_features=[0], sparse=False)\nOneHotEncoder()",
        above="from sklearn.preprocessing import OneHotEncoder",
        raises=UNEXPECTED.format("OneHotEncoder.__init__", "categorical_features"),
        becomes="e = __import__('sklearn.compose', fromlist=['ColumnTransformer'])."
        "ColumnTransformer([('encoded', OneHotEncoder(sparse=False), [0])], "
        "remainder='passthrough', sparse_threshold=1)\nOneHotEncoder()",
        rule="one-hot",
    ),
    Case(
        cell="xs.sort(by_size)",
        raises="TypeError: sort() takes no positional arguments",
        traceback="Cell In[1], line 1",
        becomes="xs.sort(key=__import__('functools').cmp_to_key(by_size))",
        rule="comparison",
    ),
    Case(
        cell="best = sorted(xs, lambda a, b: cmp(a, b), reverse=True)[0]",
        raises="TypeError: sorted expected 1 argument, got 2",
        traceback="Cell In[1], line 1",
        becomes="best = sorted(xs, key=__import__('functools').cmp_to_key(lambda a, b: cmp(a, b)), "
        "reverse=True)[0]",
        rule="comparison",
    ),
    Case(
        cell="xs.sort(cmp=by_size)",
        raises="TypeError: 'cmp' is an invalid keyword argument for sort()",
        traceback="Cell In[1], line 1",
        becomes="xs.sort(key=__import__('functools').cmp_to_key(by_size))",
        rule="comparison",
    ),
    Case(
        cell="cmp(1, 2)",
        raises="NameError: name 'cmp' is not defined",
        becomes="cmp = lambda a, b: (a > b) - (a < b)\ncmp(1, 2)",
        rule="comparison",
    ),
    Case(
        cell="Z = mlab.bivariate_normal(X, Y, 1.0, 1.0)",
        above="import matplotlib.mlab as mlab",
        raises=GONE.format("matplotlib.mlab", "bivariate_normal"),
        becomes=f"{formulas.BIVARIATE_NORMAL}\nZ = bivariate_normal(X, Y, 1.0, 1.0)",
        rule="formula",
    ),
    Case(
        cell="from matplotlib.mlab import PCA as mlabPCA\np = mlabPCA(x)",
        raises="ImportError: cannot import name 'PCA' from 'matplotlib.mlab' (/lib/mlab.py)",
        becomes=f"{formulas.PCA}\nmlabPCA = MlabPCA\np = mlabPCA(x)",
        rule="formula",
    ),
    Case(
        cell="sorted(self.gs.grid_scores_, key=lambda x: x.mean_validation_score)",
        raises=HAS_NO.format("GridSearchCV", "grid_scores_"),
        becomes=f"{formulas.GRID_SCORES}\n"
        "sorted(grid_scores(self.gs), key=lambda x: x.mean_validation_score)",
        rule="formula",
    ),
    Case(
        cell="plot(y.real, 'o', lw=2)\nplot(x, np.asarray(y))",
        above="import numpy as np",
        raises="ValueError: 'vertices' must be 2D with shape (N, 2), but your input has (1, 16)",
        traceback="Cell In[1], line 1",
        becomes="plot(np.asarray(y.real), 'o', lw=2)\nplot(x, np.asarray(y))",
        rule="matrix",
    ),
    Case(
        cell="model = GaussianMixture(2).fit(x)",
        above="import numpy as np",
        raises="ValueError: Expected 2D array, got 1D array instead:\narray=[1. 2.].",
        traceback="Cell In[1], line 1\nFile /s/m.py:7, in GaussianMixture.fit(self, X)",
        becomes="model = GaussianMixture(2).fit(np.reshape(x, (-1, 1)))",
        rule="sample",
    ),
    Case(
        cell="from json import dumps\ndumps(x, True, **more)",
        raises="TypeError: dumps() takes 1 positional argument but 2 were given",
        traceback="Cell In[1], line 2",
        becomes="from json import dumps\ndumps(x, skipkeys=True, **more)",
        rule="argument",
    ),
    Case(
        cell="m.fit(X, y); m.predict(25)",
        raises="ValueError: Expected 2D array, got scalar array instead:\narray=25.",
        traceback="Cell In[1], line 1",
        becomes="m.fit(X, y); m.predict([[25]])",
        rule="sample",
    ),
    Case(
        cell="print(m.predict_proba(X[0]))",
        raises="ValueError: Expected 2D array, got 1D array instead:\narray=[1. 2.].",
        traceback="Cell In[1], line 1",
        becomes="print(m.predict_proba([X[0]]))",
        rule="sample",
    ),
    Case(
        cell="m = KMeans(k=3); f(k=3)",
        raises=UNEXPECTED.format("KMeans.__init__", "k"),
        traceback="Cell In[1], line 1",
        becomes="m = KMeans(n_clusters=3); f(k=3)",
        rule="argument",
    ),
    Case(
        cell="ax = plt.figure().gca(projection='3d')",
        raises=UNEXPECTED.format("FigureBase.gca", "projection"),
        traceback="Cell In[1], line 1",
        becomes="ax = plt.figure().add_subplot(projection='3d')",
        rule="argument",
    ),
    Case(
        cell="x = f.sort_index(by='a').sort_index()",
        raises=UNEXPECTED.format("DataFrame.sort_index", "by"),
        becomes="x = f.sort_values(by='a').sort_index()",
        rule="argument",
    ),
    Case(
        cell="display('a', \"pd.concat([a, b], join_axes=[a.columns])\")",
        raises=UNEXPECTED.format("concat", "join_axes"),
        traceback="Cell In[2], line 14, in display.__repr__(self)\nFile <string>:1",
        becomes="display('a', \"pd.concat([a, b]).reindex(columns=a.columns)\")",
        rule="argument",
    ),
    Case(
        cell="pd.concat([a, b], axis=1, join_axes=[a.index]).head()",
        raises=UNEXPECTED.format("concat", "join_axes"),
        becomes="pd.concat([a, b], axis=1).reindex(index=a.index).head()",
        rule="argument",
    ),
    Case(
        cell="folds = [KFold(n_splits=n, random_state=1) for n in (2, 3)]\nf(random_state=1)",
        raises="ValueError: Setting a random_state has no effect since shuffle is False. You",
        traceback="Cell In[1], line 1",
        becomes="folds = [KFold(n_splits=n) for n in (2, 3)]\nf(random_state=1)",
        rule="argument",
    ),
    *(
        Case(
            cell=f"d.sortlevel({arguments})",
            raises="AttributeError: 'DataFrame' object has no attribute 'sortlevel'",
            becomes=f"d.sort_index({becomes})",
            rule="method",
        )
        for arguments, becomes in (
            ("'Patient', ascending=False", "level='Patient', ascending=False"),
            ("ascending=False", "level=0, ascending=False"),
            ("axis=1, level=2", "axis=1, level=2"),
            ("", "level=0"),
        )
    ),
    Case(
        cell="pd.rolling_mean(ts, 12).plot()",
        above="import pandas as pd",
        raises=GONE.format("pandas", "rolling_mean"),
        becomes="ts.rolling(12).mean().plot()",
        rule="method",
    ),
    *(
        Case(
            cell=cell,
            above="import pandas as p\nimport networkx as net",
            raises=raises,
            becomes=becomes,
            rule="method",
        )
        for cell, raises, becomes in (
            ("g.node[1]['a']", HAS_NO.format("DiGraph", "node"), "g.nodes[1]['a']"),
            ("g.add_path([1, 2])", HAS_NO.format("Graph", "add_path"), "net.add_path(g, [1, 2])"),
            (
                "d = p.DataFrame.from_csv('a.csv')",
                "AttributeError: type object 'DataFrame' has no attribute 'from_csv'",
                "d = p.read_csv('a.csv', index_col=0, parse_dates=True)",
            ),
            (
                "net.connected_component_subgraphs(g)",
                GONE.format("networkx", "connected_component_subgraphs"),
                "(g.subgraph(part) for part in net.connected_components(g))",
            ),
            (
                "s.groupby(p.TimeGrouper('M'))",
                GONE.format("pandas", "TimeGrouper"),
                "s.groupby(p.Grouper(freq='M'))",
            ),
        )
    ),
    Case(
        cell="df.ix[3, 'a']",
        raises=HAS_NO.format("DataFrame", "ix"),
        becomes="df.loc[3, 'a']",
        rule="method",
    ),
    Case(
        cell="x = df.sort(columns=['a', 'b'], ascending=False)",
        raises=HAS_NO.format("DataFrame", "sort"),
        becomes="x = df.sort_values(by=['a', 'b'], ascending=False)",
        rule="method",
    ),
    Case(
        cell="df.sort()",
        raises=HAS_NO.format("DataFrame", "sort"),
        becomes="df.sort_index()",
        rule="method",
    ),
    Case(
        cell="df = df.append(row, ignore_index=True)\nnames.append(3)",
        above="import pandas as pd",
        raises=HAS_NO.format("DataFrame", "append"),
        becomes="df = pd.concat([df, row], ignore_index=True)\nnames.append(3)",
        rule="method",
    ),
    Case(
        cell="X = df.as_matrix()",
        raises=HAS_NO.format("DataFrame", "as_matrix"),
        becomes="X = df.to_numpy()",
        rule="method",
    ),
    Case(
        cell="plt.hist(x, 50, normed=True)",
        raises="AttributeError: Rectangle.set() got an unexpected keyword argument 'normed'",
        becomes="plt.hist(x, 50, density=True)",
        rule="argument",
    ),
    Case(
        cell="sns.barplot('a', 'b', data=df)",
        raises=POSITIONAL.format("barplot"),
        becomes="sns.barplot(x='a', y='b', data=df)",
        rule="argument",
    ),
    Case(
        cell="sns.jointplot('a', 'b', df, kind='kde')",
        raises=POSITIONAL.format("jointplot"),
        becomes="sns.jointplot(x='a', y='b', data=df, kind='kde')",
        rule="argument",
    ),
    Case(
        cell="sns.lmplot('a', 'b', df, 'c')",
        raises=POSITIONAL.format("lmplot"),
        becomes="sns.lmplot(x='a', y='b', data=df, hue='c')",
        rule="argument",
    ),
    Case(
        cell="sns.catplot('a', data=df, kind='count')",
        raises="TypeError: catplot() got multiple values for argument 'data'",
        becomes="sns.catplot(x='a', data=df, kind='count')",
        rule="argument",
    ),
    Case(
        cell="df.drop('a', 1)",
        raises=POSITIONAL.format("DataFrame.drop"),
        becomes="df.drop('a', axis=1)",
        rule="argument",
    ),
    Case(
        cell="df.fillna(method='ffill', inplace=True)",
        raises=UNEXPECTED.format("NDFrame.fillna", "method"),
        becomes="df.ffill(inplace=True)",
        rule="argument",
    ),
    Case(
        cell="f = pd.read_table('a.dat', delim_whitespace=True, header=None)",
        raises=UNEXPECTED.format("read_table", "delim_whitespace"),
        becomes="f = pd.read_table('a.dat', sep=r'\\s+', header=None)",
        rule="argument",
    ),
    Case(
        cell="s = pd.read_csv('a.csv', squeeze=True)",
        raises=UNEXPECTED.format("read_csv", "squeeze"),
        becomes="s = pd.read_csv('a.csv').squeeze(\"columns\")",
        rule="argument",
    ),
    Case(
        cell="for train, test in KFold(len(X), n_folds=5, shuffle=True): pass",
        raises="TypeError: KFold.__init__() got an unexpected keyword argument 'n_folds'",
        becomes="for train, test in list(KFold(n_splits=5, shuffle=True).split(range(len(X)))): "
        "pass",
        rule="folds",
    ),
    Case(
        cell="cv = cross_validation.StratifiedKFold(y, 3)",
        raises="TypeError: StratifiedKFold.__init__() takes from 1 to 2 positional arguments but 3 "
        "were given",
        becomes="cv = list(cross_validation.StratifiedKFold(n_splits=3).split(y, y))",
        rule="folds",
    ),
    Case(
        cell="x = [s[0], d['a'][1]]\ny = s[0] + t[1]",
        raises="KeyError: 0",
        traceback="Cell In[1], line 2\nFile series.py:970, in Series.__getitem__(self, key)",
        becomes="x = [s[0], d['a'][1]]\ny = s.iloc[0] + t[1]",
        rule="position",
    ),
    Case(
        cell="m = LinearRegression(normalize=True)",
        raises=UNEXPECTED.format("LinearRegression.__init__", "normalize"),
        becomes="m = LinearRegression()",
        rule="argument",
    ),
    Case(
        cell="f = sns.lmplot('a', 'b', d, size=5)\nplt.text(0, 0, 'x', size=9)",
        raises=UNEXPECTED.format("lmplot", "size"),
        becomes="f = sns.lmplot('a', 'b', d, height=5)\nplt.text(0, 0, 'x', size=9)",
        rule="argument",
    ),
    Case(
        cell="def draw(n):\n    plt.hist(n, normed=1)\nplt.bar(n, normed=n)",
        raises="AttributeError: Rectangle.set() got an unexpected keyword argument 'normed'",
        traceback="Cell In[2], line 1\nCell In[1], line 2, in draw(n)",
        above="draw(3)",
        becomes="def draw(n):\n    plt.hist(n, density=1)\nplt.bar(n, normed=n)",
        rule="argument",
    ),
    Case(
        cell="import json\njson.dumps(x, True, indent=2)",
        raises="TypeError: dumps() takes 1 positional argument but 2 positional arguments (and 1 "
        "keyword-only argument) were given",
        traceback="Cell In[1], line 2",
        becomes="import json\njson.dumps(x, skipkeys=True, indent=2)",
        rule="argument",
    ),
    Case(
        cell="from configparser import RawConfigParser as Parser\nParser(None, dict, True, '=')",
        raises="TypeError: RawConfigParser.__init__() takes from 1 to 4 positional arguments but 5 "
        "were given",
        traceback="Cell In[1], line 2",
        becomes="from configparser import RawConfigParser as Parser\n"
        "Parser(None, dict, True, delimiters='=')",
        rule="argument",
    ),
    Case(
        cell="print('{} {:^9} {:.2f}'.format(n, rows, x))",
        raises="TypeError: unsupported format string passed to numpy.ndarray.__format__",
        traceback="Cell In[1], line 1",
        becomes="print('{} {!s:^9} {:.2f}'.format(n, rows, x))",
        rule="alignment",
    ),
    Case(
        cell="y = n / 4\nx = values[:n / 2]",
        raises="TypeError: slice indices must be integers or None or have an __index__ method",
        traceback="Cell In[1], line 2",
        becomes="y = n / 4\nx = values[:n // 2]",
        rule="division",
    ),
    Case(
        cell="half = len(x) / 2\nthird = n / 3",
        above="for i in range(half): pass",
        raises="TypeError: 'float' object cannot be interpreted as an integer",
        traceback="Cell In[2], line 1",
        becomes="half = len(x) // 2\nthird = n / 3",
        rule="division",
    ),
    Case(
        cell="x = np.linspace(0, 2.5, 1e3)",
        raises="TypeError: 'float' object cannot be interpreted as an integer",
        traceback="Cell In[1], line 1",
        becomes="x = np.linspace(0, 2.5, int(1e3))",
        rule="division",
    ),
    Case(
        cell="Z = scaler.transform(X); Y = m.transform(X, threshold='mean')",
        raises=HAS_NO.format("RandomForestRegressor", "transform"),
        traceback="Cell In[1], line 1",
        becomes="Z = scaler.transform(X); Y = __import__('sklearn.feature_selection', "
        "fromlist=['SelectFromModel']).SelectFromModel(m, threshold='mean', prefit=True)"
        ".transform(X)",
        rule="selection",
    ),
    Case(
        cell="x = f.reindex(ids, method='ffill', columns=['b', 'a']).head()",
        raises="ValueError: index must be monotonic increasing or decreasing",
        traceback="Cell In[1], line 1",
        becomes="x = f.reindex(columns=['b', 'a']).reindex(ids, method='ffill').head()",
        rule="argument",
    ),
    Case(
        cell="x = s[[(R + 1) * a / 2, n]] / 2",
        raises="IndexError: only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) "
        "and integer or boolean arrays are valid indices",
        traceback="Cell In[1], line 1",
        becomes="x = s[[int((R + 1) * a / 2), n]] / 2",
        rule="division",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.cell[:40])
def test_a_call_is_mended(case: Case, tmp_path: Path) -> None:
    scene = Scene(folder=tmp_path, root=tmp_path, python=sys.executable)
    draft = draft_of(case.cell, case.above)
    found = mended(draft, failure_in("c1", case.raises, case.traceback), scene)
    assert found is not None
    assert found.cells[0].source == case.becomes
    assert [patch.rule for patch in found.patches] == [case.rule]


def test_values_given_twice_are_left_where_places_did_not_move(tmp_path: Path) -> None:
    scene = Scene(folder=tmp_path, root=tmp_path, python=sys.executable)
    twice = "TypeError: histplot() got multiple values for argument 'data'"
    draft = draft_of("sns.histplot('a', 'b', data=df)")
    assert mended(draft, failure_in("c1", twice, "Cell In[1], line 1"), scene) is None


IX = {
    "x = f.ix[2]": "x = f.iloc[2]",
    "x = f.ix[:3, 'a']": "x = f.loc[f.index[:3], 'a']",
    "x = f.ix['a', 0:2]": "x = f.loc['a', f.columns[0:2]]",
    "x = f.ix[tree['leaves']]": "x = f.iloc[tree['leaves']]",
    "x = f.ix[:, 1]": "x = f.iloc[:, 1]",
    "f.ix[i, n + 1] = 3; f.ix['a']": "f.iloc[i, n + 1] = 3; f.loc['a']",
}


@pytest.mark.parametrize("source", IX)
def test_ix_takes_positions_where_labels_are_no_numbers(source: str, tmp_path: Path) -> None:
    scene = Scene(folder=tmp_path, root=tmp_path)
    gone = failure_in("c1", HAS_NO.format("DataFrame", "ix"), "Cell In[1], line 1")
    by_label = mended(draft_of(source), gone, scene)
    assert by_label is not None
    found = mended(by_label, failure_in("c1", "KeyError: 0", "Cell In[1], line 1"), scene)
    assert found is not None
    assert found.cells[0].source == IX[source]

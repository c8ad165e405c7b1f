"""What only a notebook has: cells, magics, displays, history, tags."""

from __future__ import annotations

from table import Case, Refused, Tagged, Warned

CASES = (
    Case(
        name="untagged cells belong to the step above",
        steps=(("x = [1]", "x.append(2)\nlen(x)"), ("y = x * 2", "print(y)", "x.append(3)"), "print(x, y)"),
    ),
    Case(
        name="untagged cells above the first step: declarations, and work",
        steps=(Tagged(("step:start",), "import math\nbase = 2\nprint('work', base)"), "print(math.pow(base, 3))"),
    ),
    Case(
        name="a skipped cell counts for nothing",
        steps=("x = 1", (Tagged(("step:b",), "x += 1"), Tagged(("skip",), "x = 'skipped'")), "print(x)"),
    ),
    Case(
        name="a step's cells in two places",
        steps=(Tagged(("step:a",), "x = 1"), Tagged(("step:b",), "x += 1"), Tagged(("step:a",), "print(x)")),
        expected=Refused("ML106"),
    ),
    Case(
        name="cells after an exception that a tag allows",
        steps=("x = [1]", (Tagged(("step:b", "raises-exception"), "x.append(2)\n1 / 0\nx.append(3)"), "y = len(x)\ny"),
               "print(x, y)"),
    ),
    Case(
        name="an exception that nothing allows ends the notebook and the pipeline",
        steps=("x = [1]", ("print(x)", "x[5]"), "print('never')"),
    ),
    Case(
        name="nothing can reach the cells below",
        steps=("x = 1\nprint(x)", "raise SystemExit", "print(x)"),
        expected=Refused("ML305"),
    ),
    Case(
        name="results, several displays, and standard error",
        shared="import sys",
        steps=("x = {'b': 1, 'a': [2]}\nx", "display(x, 'text')\nprint('err', file=sys.stderr)\nx['a']", "x['c'] = 3; x"),
    ),
    Case(
        name="rich results of a class of the notebook",
        steps=("class Bold:\n    def __init__(self, text): self.text = text\n"
               "    def _repr_html_(self): return f'<b>{self.text}</b>'\nb = Bold('one')", "b.text = 'two'\nb", "display(b)\n[b.text]"),
    ),
    Case(
        name="HTML, Markdown, JSON and Latex objects",
        steps=("from IPython.display import HTML, JSON, Latex, Markdown, display as show\npage = HTML('<p>a</p>')\npage",
               "show(page, Markdown('**b**'))\nJSON({'k': [1]})", "show(Latex('$x$'))\npage.data += '<p>b</p>'\npage"),
    ),
    Case(
        name="frames and figures as they are shown",
        steps=("import pandas as pd\ndf = pd.DataFrame({'a': [1.25, None]})\ndf", "df.style.format(precision=1)",
               "df.describe()\ndf.T"),
    ),
    Case(
        name="%%capture of streams and displays, shown later",
        steps=("%%capture grabbed\nprint('out')\ndisplay({'shown': 1})\n[1, 2]",
               "print(repr(grabbed.stdout), len(grabbed.outputs))", "grabbed()\ngrabbed.show()"),
    ),
    Case(
        name="%env and %set_env, read and set",
        steps=("%env KS_ROW=one\n%set_env KS_OTHER=two", "import os\nos.environ['KS_ROW'] += '!'\nvalue = %env KS_OTHER",
               "print(os.environ['KS_ROW'], value)\n%env KS_ROW"),
    ),
    Case(
        name="%run of a script that reads and binds names",
        files={"script.py": "made = [1, 2]\ndef f(): return made\nprint('script ran', __name__)\n"},
        steps=("%run script.py", "made.append(3)", "print(made, f() is made, f())"),
    ),
    Case(
        name="%run -i reads the notebook's names",
        files={"script.py": "made = [given]\ngiven += 1\n"},
        steps=("given = 1", "%run -i script.py", "print(made, given)"),
    ),
    Case(
        name="%cd, %pwd and %%writefile",
        steps=("%mkdir sub\n%cd -q sub", "%%writefile note.txt\nhello", "import os\nprint(os.listdir(), open('note.txt').read())"),
    ),
    Case(
        name="shell lines, with names and without",
        steps=("word = 'hello'\nlines = !echo {word} there", "!echo $word again\n!echo plain > made.txt", "print(lines.n)\n!cat made.txt"),
    ),
    Case(
        name="%%bash, %%sh with its output in a name, and the exit code",
        steps=("%%bash\necho from bash > b.txt\necho shown", "%%sh --out text\ncat b.txt", "!false\nprint(_exit_code, text)"),
    ),
    Case(
        name="%%time and %time bind the names of their code",
        steps=("%%capture\n%time x = [1]", "%%capture\n%%time\nx.append(2)", "print(x)"),
    ),
    Case(
        name="%matplotlib inline in a step, figures drawn in others",
        steps=("%matplotlib inline\nimport matplotlib.pyplot as plt", "plt.plot([1, 2])\nplt.show()",
               "fig, ax = plt.subplots()\nax.plot([2, 1])\nplt.close(fig)\nfig"),
    ),
    Case(
        name="%precision and %pprint",
        steps=("%precision 2\n3.14159", "2.71828", "%precision\n2.71828"),
    ),
    Case(
        name="every expression of a cell is a result",
        steps=("from IPython.core.interactiveshell import InteractiveShell\n"
               "InteractiveShell.ast_node_interactivity = 'all'\n1\n2", "3\n4", "5\n6"),
        expected=Warned("ML307"),
    ),
    Case(
        name="every expression of a cell is a result, by %config",
        steps=("%config InteractiveShell.ast_node_interactivity = 'all'\n1\n2", "3\n4", "5\n6"),
    ),
    Case(
        name="a formatter of the notebook's own",
        steps=("class C: pass\nget_ipython().display_formatter.formatters['text/plain'].for_type(\n"
               "    C, lambda c, p, cycle: p.text('a C'))", "C()", "[C()]"),
    ),
    Case(
        name="a magic of the notebook's own",
        steps=("from IPython.core.magic import register_line_magic\n@register_line_magic\ndef twice(line): return line * 2",
               "%twice ab", "x = %twice cd\nprint(x)"),
    ),
    Case(
        name="an extension that brings magics",
        files={"ext.py": "def load_ipython_extension(shell):\n    shell.register_magic_function(lambda line: line.upper(), magic_name='up')\n"},
        steps=("%load_ext ext", "%up ab", "print('end')"),
    ),
    Case(
        name="top-level await",
        steps=("import asyncio\nasync def f(x):\n    await asyncio.sleep(0)\n    return [x]\nr = await f(1)",
               "async def gen():\n    for i in range(2): yield i\nr += [i async for i in gen()]",
               "r.append((await asyncio.gather(f(2), f(3)))[1])\nprint(r)"),
    ),
    Case(
        name="async for and async with at the top level",
        steps=("from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def door():\n    yield 'open'\n"
               "async def gen():\n    yield 1", "async with door() as d: pass\nasync for i in gen(): pass", "print(d, i)"),
    ),
    Case(
        name="the last result within a step",
        steps=(("x = [1]\nx", "_.append(2)\nprint(_ is x)"), "print(x)"),
    ),
    Case(name="the last result of another step", steps=("[1]", "print(_)"), expected=Refused("ML309")),
    Case(name="a numbered result", steps=("[1]", "print(Out[1])"), expected=Refused("ML309")),
    Case(name="the input of another cell", steps=("x = 1", "print(In[1])"), expected=Refused("ML309")),
    Case(
        name="cells that are meant to fail: an undefined name, no Python",
        steps=(("x = 1", Tagged(("raises-exception",), "x = 2\nundefined"), "x += 1"),
               (Tagged(("raises-exception",), "x = (5"), "x += 1"), "print(x)"),
    ),
    Case(
        name="a warning is shown once",
        steps=("import warnings\ndef old():\n    warnings.warn('old', UserWarning)\nold()", "old()\nold()", "old()\nprint('end')"),
    ),
    Case(
        name="a check that holds, and metrics",
        steps=("x = [1, 2]", Tagged(("step:b", "check"), "assert len(x) == 2"), Tagged(("step:c", "metrics"), "n = len(x)\nn")),
    ),
)  # fmt: skip

"""What cannot cross, refused where it is used, and harmless where it is not."""

from __future__ import annotations

from table import Case, Refused, Tagged, Warned

CASES = (
    Case(name="a generator that goes on", steps=("g = (i for i in range(3))\nnext(g)", "print('between')", "print(next(g))"), expected=Refused("ML601", "c")),
    Case(name="a coroutine that waits", steps=("async def f(): return 1\nco = f()", "print(await co)"), expected=Refused("ML601", "b")),
    Case(
        name="an asynchronous generator",
        steps=("async def f():\n    yield 1\nag = f()", "print([i async for i in ag])"),
        expected=Refused("ML601", "b"),
    ),
    Case(name="an open file within an object", steps=("class M: pass\nmodel = M(); model.log = open('a.txt', 'w')", "print(model.log.name)"), expected=Refused("ML602", "b")),
    Case(name="a closed file", steps=("f = open('a.txt', 'w')\nf.close()", "print(f.closed)"), expected=Refused("ML602", "b")),
    Case(
        name="a function that writes to an open file",
        steps=("def make():\n    log = open('a.txt', 'w')\n    def note(x): return log.write(x)\n    return note\nnote = make()", "print(note('x'))"),
        expected=Refused("ML602", "b"),
    ),
    Case(name="a connection to a database", steps=("import sqlite3\ndb = sqlite3.connect(':memory:')\ndb.execute('create table t (x)')", "print(db.execute('select * from t').fetchall())"), expected=Refused("ML603", "b")),
    Case(name="a socket", steps=("import socket\ns = socket.socket()", "print(s.family)"), expected=Refused("ML603", "b")),
    Case(name="a lock", steps=("import threading\nd = {'lock': threading.Lock()}", "with d['lock']: print('held')"), expected=Refused("ML604", "b")),
    Case(
        name="a thread that lives",
        steps=("import threading\ngo = threading.Event()\nseen = []\ndef work():\n    go.wait(20)\n    seen.append(1)\nt = threading.Thread(target=work, daemon=True)\nt.start()",
               "go.set()\nt.join()\nprint(seen)"),
        expected=Refused("ML604", "b"),
    ),
    Case(
        name="a thread that has ended, and is named no more",
        steps=("import threading\nseen = []\nt = threading.Thread(target=lambda: seen.append(1))\nt.start(); t.join()", "print(seen)"),
    ),
    Case(
        name="a thread that has ended, and is asked",
        steps=("import threading\nt = threading.Thread(target=print)\nt.start(); t.join()", "print(t.is_alive())"),
        expected=Refused("ML604", "b"),
    ),
    Case(
        name="a pool of workers",
        steps=("from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)", "print(list(pool.map(abs, [-1])))"),
        expected=Refused("ML604", "b"),
    ),
    Case(name="a queue between threads", steps=("import queue\nq = queue.Queue()\nq.put(1)", "print(q.get())"), expected=Refused("ML604", "b")),
    Case(name="a weak reference", steps=("import weakref\nclass C: pass\nc = C(); r = weakref.ref(c)", "print(r() is c)"), expected=Refused("ML605", "b")),
    Case(name="the handle of a display", steps=("h = display('x', display_id='a')", "h.update('y')"), expected=Refused("ML605", "b")),
    Case(
        name="the last exception, raised in another step",
        steps=(Tagged(("raises-exception",), "1 / 0"), "import traceback\ntraceback.print_last()"),
        expected=Refused("ML309"),
    ),
    Case(
        name="the last exception, raised in the same step",
        steps=("x = 0", (Tagged(("raises-exception",), "1 / x"), "import sys\nprint(repr(sys.last_value))")),
    ),
    Case(
        name="an exception that is kept, with its traceback",
        steps=("errors = []\ntry: 1 / 0\nexcept ZeroDivisionError as e:\n    errors.append(e)",
               "import traceback\nprint(repr(errors[0]), type(errors[0]))",
               "traceback.print_exception(errors[0])"),
        expected=Warned("ML314", differs="c"),
    ),
    Case(name="a view of memory", steps=("m = memoryview(bytearray(b'abc'))", "m[0] = 120\nprint(bytes(m))"), expected=Refused("ML605", "b")),
    Case(
        name="a mapped file that is written to",
        shared="import numpy as np",
        steps=("m = np.memmap('m.bin', mode='w+', shape=3)", "m[0] = 7\nprint(np.fromfile('m.bin', dtype='u1'))"),
        expected=Refused("ML606", "b"),
    ),
    Case(
        name="an object that says it cannot be pickled",
        steps=("class Odd: pass\ndef never(self): raise TypeError('never')\nOdd.__reduce__ = never\nxs = [Odd()]", "print(len(xs))"),
        expected=Refused("ML607", "b"),
    ),
    Case(
        name="a list that is nested too deeply",
        steps=("xs = []\nfor _ in range(100_000): xs = [xs]", "print(len(xs))"),
        expected=Refused("ML608", "b"),
    ),
    Case(
        name="a generator in an array of objects",
        steps=("import numpy as np\no = np.array([1, (i for i in range(2))], dtype=object)", "print(list(o[1]))"),
        expected=Refused("ML601", "b"),
    ),
    Case(
        name="an open file that a function reads",
        steps=("log = open('log.txt', 'w')\ndef f():\n    return log.name", "x = [f]\nprint(f())"),
        expected=Refused("ML602", "b"),
    ),
    Case(
        name="a shared list gets a generator and is rebound after something refers to it",
        shared="xs = [1]",
        steps=("h = [xs]; n = 1", "xs.append(x for x in [1])", "xs = 0\nprint(xs)", "print(h)"),
        expected=Refused("ML601", "d"),
    ),
    Case(
        name="a refusal that the notebook catches",
        steps=("import threading\nlock = threading.Lock()\ndef held(): return lock.locked()",
               "try:\n    print(held())\nexcept Exception:\n    print('caught')"),
        expected=Refused("ML604", "b"),
    ),
    Case(
        name="a refusal that the notebook catches when it asks for a figure",
        shared="import matplotlib.pyplot as plt",
        steps=("%config InlineBackend.close_figures = False\nplt.plot([1, 2])", "try:\n    print(len(plt.gcf().axes))\nexcept Exception:\n    print('none')"),
        expected=Refused("ML613", "b"),
    ),
    Case(
        name="a current figure without a name",
        shared="import matplotlib.pyplot as plt",
        steps=("%config InlineBackend.close_figures = False\nplt.plot([1, 2])\nprint(len(plt.gca().lines))", "print(len(plt.gca().lines))"),
        expected=Refused("ML613", "b"),
    ),
    Case(
        name="a log handler of the notebook's own",
        shared="import logging",
        steps=("class Kept(logging.Handler):\n    def emit(self, record): print(record.msg)\nlogging.getLogger('mine').addHandler(Kept())",
               "print('nothing logged')", "logging.getLogger('mine').warning('seen')"),
        expected=Refused("ML614", "c"),
    ),
    Case(
        name="a dead generator, a closed file and a lock that nobody asks for",
        steps=("import threading\ng = (i for i in range(3)); total = sum(g)\nf = open('a.txt', 'w'); f.close(); lock = threading.Lock()", "total += 1", "print(total)"),
    ),
    Case(
        name="what was refused is bound anew before it is read",
        steps=("f = open('a.txt', 'w')\nf.close()", "f = 5\nprint(f)", "print(f)"),
    ),
    Case(
        name="a class whose pickle leaves something out",
        steps=("class C:\n    def __init__(self): self.kept, self.cache = 1, [2]\n"
               "    def __getstate__(self): return {'kept': self.kept}\nc = C()", "c.kept += 1", "print(c.kept, c.cache)"),
    ),
    Case(
        name="a class whose pickle leaves out what it makes again",
        steps=("import threading\nclass C:\n    def __init__(self, n): self.n, self.lock = n, threading.Lock()\n"
               "    def __getstate__(self): return self.n\n    def __setstate__(self, n): self.__init__(n)\nc = C(4)",
               "with c.lock: c.n += 1", "print(c.n, c.lock.locked())"),
    ),
    Case(
        name="the current figure is the one that was, not the one that was loaded last",
        shared="import matplotlib.pyplot as plt",
        steps=("%config InlineBackend.close_figures = False\none = plt.figure()\ntwo = plt.figure()\nplt.figure(one.number)",
               "print(two.number, one.number, plt.gcf() is one, plt.get_fignums())",
               "plt.figure(two.number)\nprint(plt.gcf() is two)", "print(one is two, plt.gcf().number)"),
    ),
    Case(
        name="the current figure, when only another one is held by a variable",
        shared="import matplotlib.pyplot as plt",
        steps=("%config InlineBackend.close_figures = False\nfig = plt.figure()\nplt.figure()\nplt.plot([1, 2])\nprint(plt.gcf().number)",
               "print(len(fig.axes))\nprint(plt.gcf().number)"),
        expected=Refused("ML613", "b"),
    ),
)  # fmt: skip

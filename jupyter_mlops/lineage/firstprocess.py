"""The first process of an opened step's container, which runs the program that it is given.

Its source is handed to the image's interpreter, so it imports only the standard library. When it
ends, all others in the container end. It ends with its program, on SIGTERM, and when its standard
input is closed, as it is when the process dies that holds the other end.
"""

import json
import os
import signal
import sys
import threading


def main() -> None:
    """Read variables and files, one line of JSON; start the program; wait for the first end."""
    signal.signal(signal.SIGTERM, lambda number, frame: os._exit(128 + number))
    line = bytearray()
    while not line.endswith(b"\n"):
        if not (part := os.read(0, 1)):
            os._exit(1)
        line += part
    given = json.loads(line)
    for path, text in given["files"].items():
        private = os.open(path, os.O_WRONLY | os.O_CREAT, 0o400)
        with os.fdopen(private, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
    program = os.fork()
    if program == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execvpe(sys.argv[1], sys.argv[1:], {**os.environ, **given["variables"]})
    threading.Thread(target=wait_for, args=(program,), daemon=True).start()
    while os.read(0, 1):
        pass
    os._exit(1)


def wait_for(program: int) -> None:
    """End with the program; other children of the container that ended are taken note of."""
    while True:
        child, status = os.wait()
        if child == program:
            os._exit(os.waitstatus_to_exitcode(status) & 255)


if __name__ == "__main__":
    main()

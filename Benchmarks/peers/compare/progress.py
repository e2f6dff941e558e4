"""A line on a terminal that says what runs, for how long, and what is left; nothing where there is no terminal."""

import os
import shutil
import sys
import threading
import time

_lock = threading.Lock()
_visible = False


def is_shown():
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def duration(seconds):
    """`45 s`, `3 min 20 s`, `1 h 05 min`"""
    seconds = max(int(round(seconds)), 0)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02} min"


def _draw(text):
    global _visible
    with _lock:
        # The last column stays free: some terminals go to the next line as soon as it is written.
        sys.stderr.write("\r" + text[:shutil.get_terminal_size().columns - 1] + "\x1b[K")
        sys.stderr.flush()
        _visible = True


def clear():
    """Removes the line, so that something else can be printed in its place."""
    global _visible
    with _lock:
        if _visible:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            _visible = False


class Turns:
    """The steps of some programs, in turns. What a step takes is known from the one before of the same program, else from
    the mean of all."""

    def __init__(self, steps):
        self.left = list(steps)
        self.taken = {}
        self.done = 0

    def seconds_left(self, elapsed):
        """None before anything is known."""
        if not self.taken:
            return None
        mean = sum(self.taken.values()) / len(self.taken)
        expected = [self.taken.get(step, mean) for step in self.left]
        return max(expected[0] - elapsed, 0) + sum(expected[1:])

    def line(self, label, elapsed):
        left = self.seconds_left(elapsed)
        of_all = f"{self.done + 1} of {self.done + len(self.left)}"
        return f"{of_all}: {label}, {duration(elapsed)}" + (f", {duration(left)} left" if left is not None else "")

    def take(self, step, label, work):
        """Does the next step, and shows it each second."""
        start = time.monotonic()
        stop = threading.Event()

        def show():
            while not stop.wait(1):
                _draw(self.line(label, time.monotonic() - start))

        ticker = threading.Thread(target=show, daemon=True) if is_shown() else None
        if ticker:
            ticker.start()
        try:
            work()
        finally:
            stop.set()
            if ticker:
                ticker.join()
            clear()
            self.left.pop(0)
            self.done += 1
            self.taken[step] = time.monotonic() - start

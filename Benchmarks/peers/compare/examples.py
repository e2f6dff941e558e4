"""The programs in Examples beside their twins in PyTorch (Benchmarks/peers/examples): how long a step takes, and how many lines of
code each has."""

import io
import re
import statistics
import tokenize

import progress
from running import PEERS, ROOT, TORCH_EXAMPLES, Unavailable, build, note, processor, reason, run

# The folder in Examples, and the twin's file.
TWINS = {path.stem.replace("run_", "").replace("_", "-"): path for path in sorted((PEERS / "examples").glob("*.py"))}


def swift_lines(text):
    """Lines that hold something beside comments."""
    return sum(bool(line.strip()) and not line.strip().startswith("//") for line in text.splitlines())


def python_lines(text):
    """Lines that hold something beside comments and texts that stand alone."""
    lines, beginning = set(), True
    blank = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NEWLINE:
            beginning = True
        elif token.type not in blank and not (beginning and token.type == tokenize.STRING):
            lines.update(range(token.start[0], token.end[0] + 1))
            beginning = False
    return len(lines)


def seconds_of_steps(output):
    """What a program says of each of its models: `0.00123 seconds a step`."""
    found = [float(number) for number in re.findall(r"([0-9.e-]+) seconds a step", output)]
    if not found:
        raise Unavailable("it did not say how long a step takes")
    return found


class Pair:
    def __init__(self, name):
        self.name, self.twin = name, TWINS[name]
        self.own, self.peer, self.trouble = [], [], None
        self.lines = swift_lines((ROOT / "Examples" / name / "main.swift").read_text())
        self.peer_lines = python_lines(self.twin.read_text())

    def turn(self, options, environment):
        if self.trouble:
            return
        try:
            python = TORCH_EXAMPLES.python(environment)
            self.own.append(seconds_of_steps(run([build(f"example-{self.name}", environment)], environment)[0]))
            self.peer.append(seconds_of_steps(run([python, self.twin], environment)[0]))
        except (Unavailable, OSError) as error:
            self.trouble = reason(error)
            note(f"{self.name}: {self.trouble}")

    def rows(self):
        lines = f"{self.lines} | {self.peer_lines} | {self.lines / self.peer_lines:.2f}"
        if self.trouble:
            return [f"| {self.name} | not measured: {self.trouble} | | | {lines} |"]
        rows = []
        for number, (own, peer) in enumerate(zip(zip(*self.own), zip(*self.peer))):
            own, peer = 1000 * statistics.median(own), 1000 * statistics.median(peer)
            rows.append(f"| {self.name} | {own:.2f} | {peer:.2f} | {own / peer:.2f} | {lines if number == 0 else ' | | '} |")
        return rows


def compare(options, environment):
    names = list(TWINS) if options.examples == "all" else options.examples.split(",")
    unknown = [name for name in names if name not in TWINS]
    if unknown:
        note(f"no example is called '{unknown[0]}'; there are {', '.join(TWINS)}")
        return 2
    pairs = [Pair(name) for name in names]
    steps = progress.Turns([pair.name for pair in pairs] * options.rounds)
    for pair in pairs * options.rounds:
        steps.take(pair.name, pair.name, lambda: pair.turn(options, environment))
    print(f"{processor()}, all cores, medians of {options.rounds} rounds\n")
    print("| example | Latent, ms a step | PyTorch | ratio | lines | PyTorch | ratio |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    print("\n".join(row for pair in pairs for row in pair.rows()))
    return 1 if any(pair.trouble for pair in pairs) else 0

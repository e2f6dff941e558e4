#!/usr/bin/env python3
"""Writes the reference of all public symbols as Markdown, out of the compiler's symbol graphs, and the table of operations.

    scripts/parts/api.py GRAPHS FOLDER            writes FOLDER/README.md, MODULE.md and operations.md
    scripts/parts/api.py --check-names            whether NumPy, PyTorch and Keras have the names that the table gives them

Ends with 1 where an operation of variables has no line in operations.csv, or a line no operation.
"""

import csv
import importlib
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
KINDS = {"swift.struct": "struct", "swift.class": "class", "swift.enum": "enum", "swift.protocol": "protocol",
         "swift.actor": "actor", "swift.macro": "macro"}
OPERATORS = re.compile(r"^[-+*/.<>=]+$")
PEERS = ["NumPy", "PyTorch", "Keras", "mlx-swift"]


def declaration(symbol):
    return "".join(part["spelling"] for part in symbol.get("declarationFragments", []))


def comment(symbol):
    """As Markdown: links between symbols become code."""
    text = "\n".join(line["text"] for line in symbol.get("docComment", {}).get("lines", []))
    text = re.sub(r"``([^`]+)``", lambda found: "`" + re.sub(r"-[(a-z0-9].*$", "", found.group(1)).split("/")[-1] + "`", text)
    return re.sub(r"<doc:(\w+)>", r"*\1*", text).strip()


def read(graphs):
    """Symbols by the module that declares them, extensions of other modules' types among them."""
    modules = {}
    for path in sorted(pathlib.Path(graphs).glob("*.symbols.json")):
        module = path.name.split(".")[0].split("@")[0]
        symbols = json.loads(path.read_text())["symbols"]
        found = modules.setdefault(module, {})
        for symbol in symbols:
            unavailable = any(one.get("isUnconditionallyUnavailable") for one in symbol.get("availability", []))
            if "location" in symbol and symbol["kind"]["identifier"] != "swift.extension" and not unavailable:
                found[symbol["identifier"]["precise"]] = symbol
    return {module: list(symbols.values()) for module, symbols in modules.items() if symbols}


def page(module, symbols):
    """Types with their members, then free functions."""
    groups = {}
    for symbol in symbols:
        path = symbol["pathComponents"]
        is_type = symbol["kind"]["identifier"] in KINDS
        owner = ".".join(path if is_type else path[:-1])
        groups.setdefault(owner, []).append(symbol)
    lines = [f"# {module}", ""]
    for owner in sorted(groups, key=lambda name: (name == "", name)):
        members = groups[owner]
        own = [symbol for symbol in members if symbol["kind"]["identifier"] in KINDS
               and ".".join(symbol["pathComponents"]) == owner]
        lines += [f"## {owner or 'Functions'}", ""]
        for symbol in own:
            lines += ["```swift", declaration(symbol), "```", "", comment(symbol), ""]
        rest = sorted((symbol for symbol in members if symbol not in own),
                      key=lambda symbol: (symbol["pathComponents"][-1], declaration(symbol)))
        for symbol in rest:
            text = comment(symbol).replace("\n", "\n  ")
            lines.append(f"- `{declaration(symbol)}`  \n  {text}" if text else f"- `{declaration(symbol)}`")
        lines.append("")
    return re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).replace("`  \n", "`\\\n")).rstrip() + "\n"


def operations(symbols):
    """The operations of variables, by their names: how each is written."""
    found = {}
    for symbol in symbols:
        kind, path, text = symbol["kind"]["identifier"], symbol["pathComponents"], declaration(symbol)
        is_member = path[0] == "Variable" and kind in ("swift.method", "swift.type.method", "swift.func.op", "swift.op")
        is_free = len(path) == 1 and kind in ("swift.func", "swift.func.op") and "Variable" in text
        if not (is_member or is_free):
            continue
        name = path[-1].split("(")[0].strip()
        if OPERATORS.match(name):
            if name.endswith("=") and name not in (".<=", ".==", ".>="):
                continue
            written = f"a {name} b"
        elif kind == "swift.method":
            written = f"x.{path[-1]}"
        elif kind == "swift.type.method":
            written = f"Variable.{path[-1]}"
        else:
            written = path[-1]
        found.setdefault(name, set()).add(written)
    return found


def table(found):
    with open(HERE / "operations.csv", newline="") as file:
        rows = {row["operation"]: row for row in csv.DictReader(file)}
    missing, extra = sorted(set(found) - set(rows)), sorted(set(rows) - set(found))
    if missing or extra:
        sys.exit(f"scripts/parts/operations.csv: operations without a line: {missing}; lines without an operation: {extra}")
    lines = ["# Operations", "",
             "Every operation of `Variable`, and with the same name of `Tensor`, beside what other libraries call it. The left column",
             "is made of the sources. `scripts/parts/api.py --check-names` looks names up in NumPy, PyTorch and Keras where they are installed.",
             "",
             "| Latent | " + " | ".join(PEERS) + " |", "| --- |" + " --- |" * len(PEERS)]
    for name in sorted(found, key=lambda name: (not OPERATORS.match(name), name.lower())):
        own = "<br>".join(f"`{text}`" for text in sorted(found[name]))
        others = " | ".join(f"`{rows[name][peer]}`" if rows[name][peer] else "" for peer in PEERS)
        lines.append(f"| {own} | {others} |")
    return "\n".join(lines) + "\n"


def write(graphs, folder):
    modules = read(graphs)
    pages = {f"{module}.md": page(module, symbols) for module, symbols in modules.items()}
    pages["operations.md"] = table(operations(modules["Latent"]))
    index = ["# Reference", "", "All public symbols with their comments, made of the sources by `scripts/docs`.", "",
             "- [operations](operations.md), beside their names in NumPy, PyTorch, Keras and mlx-swift"]
    index += [f"- [{module}]({module}.md), {len(symbols)} symbols" for module, symbols in sorted(modules.items())]
    pages["README.md"] = "\n".join(index) + "\n"
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text)


def check_names():
    """Those names that a library which is installed here does not have."""
    wrong, looked = [], 0
    with open(HERE / "operations.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for library, peer in [("numpy", "NumPy"), ("torch", "PyTorch"), ("keras", "Keras")]:
        try:
            importlib.import_module(library)
        except ImportError:
            continue
        for row in rows:
            if row[peer]:
                looked += 1
                parts = row[peer].split(".")
                place = importlib.import_module(parts[0])
                for number, part in enumerate(parts[1:], 2):
                    if not hasattr(place, part):
                        try:
                            importlib.import_module(".".join(parts[:number]))
                        except ImportError:
                            wrong.append(row[peer])
                            break
                    place = getattr(place, part)
    print(f"{looked} names, {len(wrong)} that are not there: {wrong}")
    return 1 if wrong or not looked else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check-names"]:
        sys.exit(check_names())
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    write(*sys.argv[1:])

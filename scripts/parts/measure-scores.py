"""The measurements of scripts/measure-scores; see there."""

import argparse
import datetime
import importlib.util
import json
import math
import os
import random
import resource
import statistics
import subprocess
import sys
import time


def write_series(path, rows):
    random.seed(1)
    start = datetime.datetime(2020, 1, 1)
    with open(path, "w") as file:
        file.write("time,value\n")
        for row in range(rows):
            moment = start + datetime.timedelta(seconds=60 * row)
            file.write(f"{moment:%Y-%m-%d %H:%M:%S},{20 + 5 * math.sin(row / 50) + random.random():.4f}\n")


def run(*command):
    """Seconds of wall time, and the most memory in bytes."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)}: status {status}")
    return time.perf_counter() - start, 1024 * usage.ru_maxrss


def follow(program, model, series, rows, threads):
    """Milliseconds from a row that is written to its score that is read, row by row."""
    child = subprocess.Popen(
        [program, "score", "--model", model, "--follow", "--threads", str(threads)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE)
    times = []
    with open(series, "rb") as file:
        child.stdin.write(next(file))
        for number, line in zip(range(rows), file):
            start = time.perf_counter()
            child.stdin.write(line)
            child.stdin.flush()
            if number == 0:
                child.stdout.readline()  # the names
            child.stdout.readline()
            times.append(1000 * (time.perf_counter() - start))
    child.stdin.close()
    child.wait()
    return times[200:]


def main():
    parser = argparse.ArgumentParser()
    for name in ("program", "work", "peer", "series"):
        parser.add_argument("--" + name)
    for name in ("rounds", "hidden", "threads", "long"):
        parser.add_argument("--" + name, type=int)
    options = parser.parse_args()
    work, threads = options.work, str(options.threads)
    series = options.series
    if not series:
        series = work + "/series.csv"
        write_series(series, 22_695)
    with open(series) as file:
        rows = sum(1 for _ in file) - 1
    has_torch = importlib.util.find_spec("torch") is not None
    ours, theirs = [], []
    for number in range(options.rounds):
        model = f"{work}/run{number}"
        training, _ = run(
            options.program, "--data", series, "--window", "96", "--stride", "8", "--hidden-size", str(options.hidden),
            "--epochs", "30", "--threads", threads, "--output", model, "--quiet")
        with open(model + "/history.jsonl") as file:
            epochs = sum(json.loads(line)["train_seconds"] for line in file)
        scoring, _ = run(
            options.program, "score", "--model", model, "--data", series, "-o", work + "/scores.csv", "--force",
            "--threads", threads)
        times = follow(options.program, model, series, 2200, options.threads)
        ours.append({"training": epochs, "whole": training, "rows": rows / scoring,
                     "median": statistics.median(times), "late": sorted(times)[int(0.99 * len(times))]})
        if has_torch:
            theirs.append(json.loads(subprocess.check_output(
                [sys.executable, options.peer, series, "--hidden", str(options.hidden), "--threads", threads])))
    print(f"{rows} rows, windows of 96, LSTM({options.hidden}), {threads} threads, medians of {options.rounds}:\n")
    print("| what | vae-train |" + (" PyTorch |" if theirs else ""))
    print("| --- | --- |" + (" --- |" if theirs else ""))
    for name, key, digits in [("30 epochs of training, seconds", "training", 2),
                              ("the whole run, with pictures, page and thresholds, seconds", "whole", 2),
                              ("rows scored in a second (of ours: from file to file)", "rows", 0),
                              ("a row that comes alone, median, ms", "median", 3),
                              ("99 of 100 such rows, ms", "late", 3)]:
        cells = [f"{statistics.median(one[key] for one in ours):,.{digits}f}"]
        if theirs:
            cells.append(f"{statistics.median(one[key] for one in theirs):,.{digits}f}" if key in theirs[0] else "")
        print(f"| {name} | " + " | ".join(cells) + " |")
    if options.long:
        print("\n| rows | seconds | peak memory, MiB |\n| --- | --- | --- |")
        for rows in (options.long // 10, options.long):
            path = work + "/long.csv"
            write_series(path, rows)
            seconds, memory = run(options.program, "score", "--model", f"{work}/run0", "--data", path, "-o",
                                  work + "/scores.csv", "--force", "--threads", threads)
            print(f"| {rows:,} | {seconds:.1f} | {memory / 2**20:.0f} |")


if __name__ == "__main__":
    main()

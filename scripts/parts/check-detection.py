"""The Python half of scripts/check-detection: `write FOLDER RESULTS`, then (after the Swift half) `check FOLDER`.

`golden FILE` writes the golden values of the unit tests, Tests/LatentAnomaliesTests/Golden/detection.json.
"""
import glob
import json
import os
import sys
import warnings

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import genpareto
from sklearn import metrics as sklearn
from TSB_AD.evaluation.affiliation.generics import convert_vector_to_events
from TSB_AD.evaluation.affiliation.metrics import pr_from_events
from TSB_AD.evaluation.basic_metrics import basic_metricor
from TSB_AD.evaluation.metrics import get_metrics

warnings.filterwarnings("ignore")
mode, folder = sys.argv[1:3]  # or a file
rng = np.random.default_rng(0)


def labels_of(kind, count):
    labels = np.zeros(count, int)
    if kind == "rows":
        labels[rng.random(count) < 0.1] = 1
    elif kind == "dense":
        labels[rng.random(count) < 0.6] = 1
    elif kind == "end":
        labels[-max(1, count // 9):] = 1
    elif kind == "one row":
        labels[rng.integers(1, count)] = 1
    elif kind == "near":
        for start in range(count // 3, count // 3 + 40, 7):
            labels[start:start + rng.integers(1, 6)] = 1
    else:
        for start in rng.integers(1, count - 1, max(2, count // 150)):
            labels[start:start + rng.integers(1, max(2, count // 20))] = 1
    labels[0] = 0  # TSB-AD does not adjust row 0
    if labels.sum() == 0:
        labels[count // 2] = 1
    return labels


def scores_of(kind, labels):
    scores = rng.random(len(labels))
    if kind == "good":
        scores += 2 * np.convolve(labels, np.ones(5) / 5, "same") * (rng.random(len(labels)) < 0.7)
    elif kind == "ties":
        scores = np.round(4 * scores) / 4
    elif kind == "heavy":
        scores = rng.standard_t(1.5, len(labels)) + labels
    elif kind == "late":
        scores += np.roll(labels, 9)
    elif kind == "two":
        scores = (scores < 0.2).astype(float)
    return scores


def alarms_of(scores):
    limit = np.quantile(scores, rng.choice([0.8, 0.95, 0.99]))
    return (scores > limit if (scores > limit).any() else scores >= limit).astype(int)


def write():
    number = 0

    def put(scores, labels, window):
        nonlocal number
        alarms = alarms_of(scores)
        with open(f"{folder}/{number:04}.csv", "w") as file:
            file.write(f"{window}\n")
            for row in zip(scores, labels, alarms):
                file.write("%r,%d,%d\n" % (float(row[0]), row[1], row[2]))
        number += 1

    # TSB-AD's volumes take minutes where there are many anomalies and wide borders.
    for count, windows in (20, [0, 1, 5, 20]), (60, [0, 2, 7, 20]), (251, [0, 1, 8]), (700, [0, 3]):
        for label in ("rows", "dense", "end", "one row", "near", "runs"):
            for score in ("random", "good", "ties", "heavy", "late", "two"):
                labels = labels_of(label, max(count, 150 if label == "near" else 0))
                put(scores_of(score, labels), labels, int(rng.choice(windows)))
    for label in ("end", "one row", "near", "runs"):
        labels = labels_of(label, 1500)
        put(scores_of("good", labels), labels, 60)
    for path in filter(None, sys.argv[3:]):
        table = pd.read_csv(path)
        put(table.anomaly_score.to_numpy(float), table.label.to_numpy(int), 100)


    # Scores whose thresholds are compared: their peaks over threshold are fitted.
    for shape in -0.4, -0.1, 0, 0.1, 0.5, 1:
        for count in 1500, 4000, 30_000:
            scores = rng.choice([1e-6, 1, 1e5]) * genpareto.rvs(shape, size=count, random_state=rng) - 3
            np.savetxt(f"{folder}/{number:04}.scores", scores, "%.17g")
            number += 1


def f1(precision, recall):
    return 0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


# TSB-AD leaves the last row out of an anomaly that ends with the series.
events_of = basic_metricor._get_events
basic_metricor._get_events = lambda self, labels: events_of(self, np.append(labels, 0))


def expected(scores, labels, alarms, window):
    grader = basic_metricor()
    reference = get_metrics(scores, labels, slidingWindow=window)
    precision, recall, _ = sklearn.precision_recall_curve(labels, scores)
    result = {
        "AUC-PR": reference["AUC-PR"],
        "AUC-ROC": reference["AUC-ROC"],
        "VUS-PR": reference["VUS-PR"],
        "VUS-ROC": reference["VUS-ROC"],
        # TSB-AD adds 0.00001 to the sum of precision and recall.
        "best F1": max(f1(p, r) for p, r in zip(precision, recall)),
        "best event F1": reference["Event-based-F1"],
        "best range F1": reference["R-based-F1"],
        "best affiliation F1": reference["Affiliation-F"],
        "best point-adjusted F1": reference["PA-F1"],
    }
    if alarms.any():
        point = sklearn.precision_recall_fscore_support(labels, alarms, average="binary")
        range_recall = grader.range_recall_new(labels, alarms, 0.2)[0]
        range_precision = grader.range_recall_new(alarms, labels, 0)[0]
        near = pr_from_events(convert_vector_to_events(alarms), convert_vector_to_events(labels), (0, len(labels)))
        result |= {
            "precision": point[0],
            "recall": point[1],
            "F1": point[2],
            "event F1": grader.metric_EventF1PA(labels, scores, preds=alarms),
            "range precision": range_precision,
            "range recall": range_recall,
            "range F1": f1(range_precision, range_recall),
            "affiliation precision": near["Affiliation_Precision"],
            "affiliation recall": near["Affiliation_Recall"],
            "point-adjusted F1": grader.metric_PointF1PA(labels, scores, preds=alarms),
        }
        events = [np.arange(*event) for event in convert_vector_to_events(labels)]
        delays = [np.argmax(alarms[event]) for event in events if alarms[event].any()]
        false = [event for event in convert_vector_to_events(alarms) if not labels[slice(*event)].any()]
        result |= {
            "false alarms": len(false),
            "false alarms a day": len(false) / len(labels) * 1440,
            "anomalies missed": len(events) - len(delays),
            "mean delay": 60 * np.mean(delays) if delays else None,
            "longest delay": 60 * np.max(delays) if delays else None,
        }
    return result


def siffer_threshold(scores, risk):
    """Peaks over threshold as in Siffer's code, but with SciPy's search: his finds no heavy tails, and takes the exponential
    distribution too often, as the sign of its likelihood is wrong."""
    base = np.sort(scores)[int(0.98 * len(scores))]
    peaks = scores[scores > base] - base
    unit = peaks.mean()

    def loss(parameters):
        return -genpareto.logpdf(peaks / unit, parameters[0], scale=np.exp(parameters[1])).sum()

    shape, _, scale = genpareto.fit(peaks / unit, floc=0)
    found = minimize(
        loss, [shape, np.log(scale)], method="Nelder-Mead", options=dict(xatol=1e-12, fatol=1e-12, maxiter=9999))
    shape, scale = found.x[0], unit * np.exp(found.x[1])
    ratio = len(scores) * risk / len(peaks)
    return base + scale / shape * (ratio ** -shape - 1), found.fun + len(peaks) * np.log(unit)


def check_thresholds():
    largest, likelier, count = 0, 0, 0
    for path in sorted(glob.glob(f"{folder}/*.scores")):
        scores = np.loadtxt(path)
        with open(path[:-7] + ".json") as file:
            ours = json.load(file)
        threshold, loss = siffer_threshold(scores, 1e-4)
        largest = max(largest, abs(ours["pot=1e-4"] - threshold) / np.ptp(scores))
        likelier = max(likelier, -ours["log-likelihood"] - loss)
        for name, value in [
            ("quantile=0.999", np.quantile(scores, 0.999)),
            ("mad=6", np.median(scores) + 6 * 1.4826 * np.median(np.abs(scores - np.median(scores)))),
        ]:
            assert abs(ours[name] - value) <= 1e-12 * max(1, np.ptp(scores)), (path, name, ours[name], value)
        count += 1
    print(f"thresholds of {count} files of scores: the largest difference of pot is {largest:.1e} of their range; no fit of "
          f"SciPy's is likelier by more than {likelier:.1e}")
    if not (largest < 1e-5 and likelier < 1e-9 * 1e5):
        sys.exit("check-detection: the thresholds differ")


def check():
    check_thresholds()
    rows, values, largest = 0, 0, (0, "")
    for path in sorted(glob.glob(f"{folder}/*.csv")):
        with open(path) as file:
            window = int(file.readline())
            table = np.loadtxt(file, delimiter=",")
        scores, labels, alarms = table[:, 0], table[:, 1].astype(int), table[:, 2].astype(int)
        with open(path[:-4] + ".json") as file:
            ours = json.load(file)
        for name, value in expected(scores, labels, alarms, window).items():
            if isinstance(value, float) and np.isnan(value):
                value = 0  # TSB-AD has no best affiliation of scores that are all the same
            difference = 0 if value is None and ours[name] is None else abs(ours[name] - value)
            largest = max(largest, (difference, f"{name} of {os.path.basename(path)}: {ours[name]}, expected {value}"))
            values += 1
        rows += len(scores)
    print(f"{values:,} measures of {rows:,} rows: the largest difference is {largest[0]:.1e} ({largest[1]})")
    if not largest[0] < 1e-9:
        sys.exit("check-detection: the measures differ")


def golden():
    cases = []
    for count, label, score, window in [
        (40, "rows", "random", 6), (60, "end", "good", 11), (90, "near", "ties", 30), (120, "runs", "late", 20),
        (300, "runs", "good", 16), (50, "dense", "two", 3),
    ]:
        labels = labels_of(label, count)
        scores = np.round(scores_of(score, labels), 3)
        alarms = alarms_of(scores)
        measures = expected(scores, labels, alarms, window).items()
        measures = {name: float(value) for name, value in measures if value is not None and not np.isnan(value)}
        cases.append(
            dict(name=f"{label}, {score}", window=window, scores=scores.tolist(), labels=labels.tolist(),
                 alarms=alarms.tolist(), measures=measures))
    with open(folder, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


{"write": write, "check": check, "golden": golden}[mode]()
